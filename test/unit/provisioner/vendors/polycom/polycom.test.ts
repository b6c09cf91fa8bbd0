import assert from "node:assert/strict";
import { polycom } from "#provisioner/vendors/polycom/polycom";
import type { PhoneView } from "#provisioner/phone-view";
import { labelled, sampleKeys, samplePhone, sampleRegistration } from "#test/unit/provisioner/phone-views";
import { readDocument } from "#test/unit/provisioner/read-document";

function body(phone: PhoneView, name = `${phone.mac}-lines.cfg`): string {
  const rendered = polycom.render(phone, name);
  assert.ok(rendered.ok, rendered.ok ? "" : rendered.error);
  return rendered.value.body;
}

function lines(phone: PhoneView): ReadonlyMap<string, string> {
  return readDocument(body(phone)).values;
}

describe("the files of a Polycom phone", () => {
  it("names the phone's own file first, bare and in lower case, in one APPLICATION", () => {
    const { root } = readDocument(body(samplePhone(), "0000ffff0005.cfg"));
    assert.equal(root.name, "APPLICATION");
    assert.equal(root.attributes?.["CONFIG_FILES"], "0000ffff0005-lines.cfg");
    assert.equal(root.attributes["APP_FILE_PATH"], "");
  });

  it("holds the values of the requirement's sample", () => {
    const expected = {
      "call.callsPerLineKey": "24",
      "reg.1.address": "0000FFFF0005",
      "reg.1.auth.password": "welcome",
      "reg.1.auth.userId": "0000FFFF0005",
      "reg.1.label": "ATDG5",
      "reg.1.lineKeys": "1",
      "reg.1.outboundProxy.address": "",
      "attendant.reg": "1",
      "attendant.behaviors.display.spontaneousCallAppearances.normal": "1",
      "attendant.behaviors.display.remoteCallerID.normal": "1",
      "attendant.resourceList.1.address": "L1-0000FFFF0005_T1",
      "attendant.resourceList.1.label": "L1",
      "attendant.resourceList.1.type": "normal",
      "attendant.resourceList.2.address": "L2-0000FFFF0005_T2",
      "attendant.resourceList.2.label": "L2",
      "attendant.resourceList.2.type": "normal",
    };
    const values = lines(samplePhone());
    for (const [name, value] of Object.entries(expected)) assert.equal(values.get(name), value, name);
  });

  it("tells where and how to register", () => {
    const server = { host: "pbx.example", port: 5070, transport: "tcp", expiresSeconds: 600 } as const;
    const values = lines(samplePhone({ registrations: [{ ...sampleRegistration, server }] }));
    assert.deepEqual(
      ["address", "port", "transport", "expires", "register"].map((name) => values.get(`reg.1.server.1.${name}`)),
      ["pbx.example", "5070", "TCPOnly", "600", "1"],
    );
    assert.equal(lines(samplePhone()).get("reg.1.server.1.transport"), "UDPOnly");
    assert.equal(values.get("reg.1.type"), "private");
    const inTls = { ...sampleRegistration, server: { ...server, transport: "tls" as const } };
    assert.equal(lines(samplePhone({ registrations: [inTls] })).get("reg.1.server.1.transport"), "TLS");
  });

  it("numbers a second account and its keys", () => {
    const second = { ...sampleRegistration, address: "5001", label: "5001" };
    const values = lines(samplePhone({ registrations: [sampleRegistration, second], keys: sampleKeys(3) }));
    assert.equal(values.get("reg.2.address"), "5001");
    assert.equal(values.get("attendant.resourceList.3.label"), "L3");
  });

  it("reads the parameter of a target where this server writes it", () => {
    assert.equal(lines(samplePhone()).get("voIpProt.SIP.dialog.usePvalue"), "0");
  });

  it("writes no attendant into the file of a phone without keys", () => {
    assert.ok(!body(samplePhone({ keys: [] })).includes("attendant"));
  });

  it("closes every leaf itself and puts nothing but its schema on the root", () => {
    const { root } = readDocument(body(samplePhone()));
    assert.deepEqual(Object.keys(root.attributes ?? {}), ["xmlns:xsi", "xsi:noNamespaceSchemaLocation"]);
    assert.doesNotMatch(body(samplePhone()), /<([\w.]+)[^>]*><\/\1>/);
  });

  it("starts with the declaration and no byte order mark", () => {
    assert.ok(body(samplePhone()).startsWith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'));
  });

  it("gives hostile labels and passwords back letter for letter", () => {
    const hostile = [
      'Müller & "Söhne" <1>',
      "p&#65;ss",
      "&foo;",
      "it's ]]> {label} {n}",
      "a\nb\tc\r\nd",
      "☎️😀",
      "  two  blanks ",
      "$& $1 $$",
    ];
    for (const text of hostile) {
      const keys = [{ address: text, label: text, station: "", trunk: "" }];
      const values = lines(samplePhone({ registrations: [{ ...sampleRegistration, label: text, password: text }], keys }));
      for (const name of [
        "reg.1.label",
        "reg.1.auth.password",
        "attendant.resourceList.1.address",
        "attendant.resourceList.1.label",
      ]) {
        assert.equal(values.get(name), text, name);
      }
    }
  });

  it("changes the label's attribute alone when a label changes", () => {
    const [before, after] = [lines(samplePhone()), lines(labelled("Reception"))];
    const changed = [...after].filter(([name, value]) => before.get(name) !== value).map(([name]) => name);
    assert.deepEqual(changed, ["reg.1.label"]);
    assert.equal(before.size, after.size);
  });

  it("refuses a name that is not the phone's", () => {
    for (const name of ["0004f2000001.cfg", "000000000000.cfg", "", "__proto__"])
      assert.ok(!polycom.render(samplePhone(), name).ok);
  });
});

describe("what a model's release decides", () => {
  it("asks for held lamps from 5.9 on, and not before", () => {
    assert.equal(lines(samplePhone({ model: "VVX_400" })).get("attendant.displayHoldState.enable"), "1");
    assert.equal(lines(samplePhone({ model: "VVX_450" })).get("attendant.displayHoldState.enable"), "1");
    for (const model of ["SPIP_450", "generic", "no such model"])
      assert.equal(lines(samplePhone({ model })).get("attendant.displayHoldState.enable"), undefined, model);
  });

  it("gives small phones 8 calls a key", () => {
    for (const model of ["VVX_101", "VVX_150", "VVX_201", "SPIP_331"])
      assert.equal(lines(samplePhone({ model })).get("call.callsPerLineKey"), "8", model);
  });

  it("leaves watched keys out where the release has none", () => {
    assert.equal(lines(samplePhone({ model: "SPIP_601" })).get("attendant.resourceList.1.address"), undefined);
    assert.equal(lines(samplePhone({ model: "SPIP_430" })).get("attendant.resourceList.1.address"), "L1-0000FFFF0005_T1");
  });
});
