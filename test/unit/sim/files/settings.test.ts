import assert from "node:assert/strict";
import type { XmlElement } from "#base/xml/element";
import { readMasterFile } from "#sim/files/master-file";
import { mergeParameters, readSettings } from "#sim/files/phone-settings";

const READER = { mac: "0004f2000001", model: "VVX400", partNumber: "3111-46157-002" };

function file(attributes: Readonly<Record<string, string>>, ...children: XmlElement[]): XmlElement {
  return { name: "polycomConfig", attributes, children };
}

const REGISTERED = { "reg.1.address": "0000FFFF0005", "reg.1.server.1.address": "10.0.0.1" };

describe("a master file", () => {
  it("names files by attributes, whatever the elements are called", () => {
    const master = readMasterFile(
      {
        name: "APPLICATION",
        attributes: { APP_FILE_PATH: "" },
        children: [{ name: "any", attributes: { CONFIG_FILES: " a.cfg ,, b.cfg " } }],
      },
      READER,
    );
    assert.deepEqual([master.appFilePath, master.configFiles], ["", ["a.cfg", "b.cfg"]]);
  });

  it("is read for the phone's own model first, with what stands in brackets filled in", () => {
    const attributes = {
      CONFIG_FILES: "all.cfg",
      CONFIG_FILES_VVX400: "[PHONE_MAC_ADDRESS]-[PHONE_MODEL].cfg, [MACADDRESS].cfg",
      CONFIG_FILES_SPIP450: "other.cfg",
      APP_FILE_PATH: "[PHONE_PART_NUMBER].ld",
    };
    const master = readMasterFile({ name: "APPLICATION", attributes }, READER);
    assert.deepEqual(master.configFiles, ["0004f2000001-VVX400.cfg", "0004f2000001.cfg"]);
    assert.equal(master.appFilePath, "3111-46157-002.ld");
  });
});

describe("parameters of a phone", () => {
  it("are those of the first file that has them", () => {
    const merged = mergeParameters([file({ a: "1" }), file({ a: "2", b: "2" }, file({ c: "2" })), file({ c: "3" })]);
    assert.deepEqual(
      [...merged],
      [
        ["a", "1"],
        ["b", "2"],
        ["c", "2"],
      ],
    );
  });

  it("say where to register and what to watch", () => {
    const settings = readSettings(
      new Map(
        Object.entries({
          "reg.1.address": "0000FFFF0005",
          "reg.1.auth.userId": "user",
          "reg.1.auth.password": " secret with blanks ",
          "reg.1.label": "ATDG5",
          "reg.1.server.1.address": "10.0.0.1",
          "reg.1.server.1.port": "15060",
          "reg.1.server.1.transport": "TCPOnly",
          "reg.1.server.1.expires": "600",
          "attendant.resourceList.1.address": "L1-0000FFFF0005_T1",
          "attendant.resourceList.1.label": "L1",
          "attendant.resourceList.3.address": "L2-0000FFFF0005_T2",
          "attendant.displayHoldState.enable": "1",
        }),
      ),
    );
    assert.ok(settings.ok);
    const { registration, resources, displayHoldState, strictVersion, usePvalue, lineKeys } = settings.value;
    assert.deepEqual(registration, {
      user: "0000FFFF0005",
      authUser: "user",
      password: " secret with blanks ",
      label: "ATDG5",
      displayName: "",
      server: "10.0.0.1",
      targetHost: "10.0.0.1",
      targetPort: 15060,
      transport: "tcp",
      expiresSeconds: 600,
      subscribeExpiresSeconds: 3600,
    });
    assert.deepEqual(resources, [
      { number: 1, address: "L1-0000FFFF0005_T1", label: "L1" },
      { number: 3, address: "L2-0000FFFF0005_T2", label: "L2-0000FFFF0005_T2" },
    ]);
    assert.deepEqual([displayHoldState, strictVersion, usePvalue, lineKeys], [true, true, false, 1]);
  });

  it("fall back as on a phone: server of all lines, default port, user as authentication name", () => {
    const read = (extra: Readonly<Record<string, string>>) =>
      readSettings(
        new Map(Object.entries({ "reg.1.address": "100@office.example", "voIpProt.server.1.address": "10.0.0.2", ...extra })),
      );
    const plain = read({});
    assert.ok(plain.ok);
    assert.deepEqual(
      [plain.value.registration.server, plain.value.registration.targetHost, plain.value.registration.targetPort],
      ["office.example", "10.0.0.2", 5060],
    );
    assert.deepEqual([plain.value.registration.authUser, plain.value.registration.transport], ["100", "udp"]);
    const own = read({ "reg.1.server.1.address": "10.0.0.3", "voIpProt.server.1.port": "7000", "reg.1.server.1.port": "0" });
    assert.ok(own.ok);
    assert.deepEqual([own.value.registration.targetHost, own.value.registration.targetPort], ["10.0.0.3", 5060]);
    const proxied = read({ "reg.1.outboundProxy.address": "10.0.0.4", "reg.1.outboundProxy.port": "5070" });
    assert.ok(proxied.ok);
    assert.deepEqual([proxied.value.registration.targetHost, proxied.value.registration.targetPort], ["10.0.0.4", 5070]);
  });

  it("watch 48 resources at most", () => {
    const keys = Array.from({ length: 60 }, (_, at) => [`attendant.resourceList.${at + 1}.address`, `k${at + 1}`] as const);
    const settings = readSettings(new Map([...Object.entries(REGISTERED), ...keys]));
    assert.ok(settings.ok);
    assert.equal(settings.value.resources.length, 48);
  });

  it("are refused without an account or a server", () => {
    for (const [parameters, reason] of [
      [{}, /reg\.1\.address/],
      [{ "reg.1.address": " " }, /reg\.1\.address/],
      [{ "reg.1.address": "100" }, /server\.1\.address/],
    ] as const) {
      const settings = readSettings(new Map(Object.entries(parameters)));
      assert.ok(!settings.ok);
      assert.match(settings.error, reason);
    }
  });
});
