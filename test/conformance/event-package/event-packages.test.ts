import assert from "node:assert/strict";
import { escapeAttribute } from "#base/xml/escape-xml";
import { all, attributeOf, childNames, readBody, textOf } from "./body-reader.ts";
import { profileNamed } from "#domain/lamp/phone-profiles";
import { BODIES, bodyOf, LAMP_PACKAGES, VERSION } from "./hostile-bodies.ts";
import { ENTITIES, NAMES, STATES } from "./hostile-lamps.ts";

const DIALOG_STATES: Readonly<Record<string, string>> = {
  Idle: "terminated",
  Unavailable: "terminated",
  Ringing: "early",
  InUse: "confirmed",
  Busy: "confirmed",
  "InUse&Ringing": "confirmed",
  Hold: "confirmed",
};

const PIDF: Readonly<Record<string, string>> = {
  Idle: "Ready open",
  Unavailable: "Unavailable closed",
  Ringing: "Ringing open",
  "InUse&Ringing": "Ringing open",
  InUse: "On the phone open",
  Busy: "On the phone open",
  Hold: "On hold open",
};

// eslint-disable-next-line no-control-regex -- what XML forbids, and the marks of holes
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ue000-\ue002]/g;
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The name as a phone may show it: cut, and without what XML and we cannot carry. */
function shown(name: string): string {
  const cut = Array.from(name).slice(0, 40).join("");
  return cut.replace(UNSPEAKABLE, "\ufffd").replace(LONE_SURROGATES, "\ufffd");
}

describe("event packages", () => {
  it("are all looked at here", () => {
    assert.deepEqual(
      [...new Set(BODIES.map((body) => body.package.name))],
      LAMP_PACKAGES.map(({ name }) => name),
    );
    assert.ok(BODIES.length >= STATES.length * NAMES.length * 4);
  });

  it("write a document that a strict reader reads, with an XML declaration, double quotes and no DOCTYPE (presence.md 2.2) (X-14)", () => {
    for (const { template, label } of BODIES) {
      const body = bodyOf(template);
      readBody(body, label);
      assert.ok(body.startsWith('<?xml version="1.0" encoding="UTF-8"?><'), label);
      assert.ok(!/<!|='|\r/.test(body), label);
      assert.equal(template.pieces.length, template.holes.length + 1);
    }
  });

  it("stay within 900 bytes for one dialog, and within a datagram for any name (presence.md 2.2, 8.4, C-20)", () => {
    for (const { template, label } of BODIES) assert.ok(bodyOf(template).length <= 900, `${label}: ${bodyOf(template).length}`);
  });

  it("fill the version exactly once and leave no mark", () => {
    for (const {
      template,
      label,
      package: { name },
    } of BODIES) {
      assert.equal(template.holes.filter((hole) => hole === "version").length, name === "dialog" ? 1 : 0, label);
      const text = Buffer.from(bodyOf(template), "latin1").toString("utf8");
      assert.ok(!/[\ue000-\ue002]/.test(text), label);
    }
  });

  it("name the entity as each watcher wrote it", () => {
    for (const { template, label, name } of BODIES) {
      if (name !== NAMES[0]) continue;
      for (const entity of ENTITIES) {
        const root = readBody(bodyOf(template, entity), label);
        if (template.contentType === "application/xpidf+xml")
          assert.equal(attributeOf(root, "presentity", "uri"), `${entity};method=SUBSCRIBE`, label);
        else assert.equal(attributeOf(root, root.name, "entity"), entity, label);
        for (const local of all(root, "local")) assert.equal(attributeOf(local, "target", "uri"), entity);
        for (const contact of all(root, "contact")) assert.equal(textOf(contact, "contact"), entity);
      }
    }
  });

  it("dialog: say the state of sla.md §4.5 for every extension state (D-1, D-7, D-10)", () => {
    for (const {
      template,
      label,
      lamp,
      profile,
      package: { name },
    } of BODIES) {
      if (name !== "dialog") continue;
      const root = readBody(bodyOf(template), label);
      assert.deepEqual(
        ["version", "state"].map((name) => attributeOf(root, root.name, name)),
        [String(VERSION), "full"],
        label,
      );
      assert.equal(textOf(root, "state"), DIALOG_STATES[lamp.state], label);
      const dialogs = all(root, "dialog");
      assert.equal(dialogs.length, 1, "D-1, D-3");
      if (profile === "all") assert.match(attributeOf(root, "dialog", "id") ?? "", /^(1001|d[0-9a-f]{16})$/, "P-1");
      else assert.equal(attributeOf(root, "dialog", "id"), "1001", "D-2");
      const isOver = DIALOG_STATES[lamp.state] === "terminated";
      assert.equal(attributeOf(root, "dialog", "direction"), isOver ? undefined : "recipient", label);
      assert.equal(all(root, "remote").length, isOver ? 0 : 1, label);
    }
  });

  it("dialog: show hold under the local target, spelled as the profile says (sla.md §4.6, design §9.5)", () => {
    for (const {
      template,
      label,
      lamp,
      profile,
      package: { name },
    } of BODIES) {
      if (name !== "dialog") continue;
      const parameters = all(readBody(bodyOf(template), label), "local").flatMap((local) => all(local, "param"));
      const both = profileNamed(profile).parameter === "both" ? { pvalue: "no" } : {};
      const wanted = { pname: "+sip.rendering", pval: "no", ...both };
      assert.deepEqual(
        parameters.map(({ attributes }) => ({ ...attributes })),
        lamp.state === "Hold" ? [wanted] : [],
        label,
      );
    }
  });

  it("dialog: show the caller's name, cut at 40 characters, or none when there is no room for it (C-20)", () => {
    for (const {
      template,
      label,
      name,
      profile,
      package: { name: packageName },
    } of BODIES) {
      if (packageName !== "dialog") continue;
      for (const remote of all(readBody(bodyOf(template), label), "remote")) {
        const display = attributeOf(remote, "identity", profile === "strict" ? "display-name" : "display");
        if (display !== undefined) assert.equal(display, shown(name), label);
        else if (name !== "")
          assert.ok(Buffer.byteLength(escapeAttribute(Buffer.from(shown(name)).toString("latin1"))) > 150, label);
        assert.equal(textOf(remote, "identity"), "sip:+15550100@pbx.example");
      }
    }
  });

  it("presence: say note, basic and activity of sla.md §4.5, children in the schema's order (E-1, E-2, E-5)", () => {
    for (const {
      template,
      label,
      lamp,
      profile,
      package: { name },
    } of BODIES) {
      if (name !== "presence" || template.contentType === "application/xpidf+xml") continue;
      const root = readBody(bodyOf(template), label);
      assert.equal(`${textOf(root, "note") ?? ""} ${textOf(root, "basic") ?? ""}`, PIDF[lamp.state], label);
      const isBusy = !["Idle", "Unavailable"].includes(lamp.state);
      assert.equal(all(root, "rpid:on-the-phone").length, isBusy ? 1 : 0, label);
      const tuples = profile === "digium" ? ["tuple", "tuple"] : ["tuple"];
      assert.deepEqual(childNames(root), isBusy ? [...tuples, "note", "dm:person"] : [...tuples, "note"], label);
      assert.equal(attributeOf(root, "digium_presence", "subtype"), profile === "digium" ? textOf(root, "note") : undefined);
      assert.match(attributeOf(root, "tuple", "id") ?? "", /^t[\w.-]*$/);
    }
  });
});
