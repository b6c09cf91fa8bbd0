import assert from "node:assert/strict";
import type { DeviceDialog } from "#domain/lamp/device-state";
import type { LampView } from "#domain/lamp/lamp-view";
import { dialogPackage } from "#event-packages/dialog/dialog-package";
import type { BodyTemplate } from "#sip/subscription/package";
import { splicedBody } from "#test/support/spliced-body";
import { tellings, wholeDocument } from "#test/support/tellings";

const ENTITY = "sip:1001@pbx.example";
const OPEN = `<?xml version="1.0" encoding="UTF-8"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="3" state="full" entity="${ENTITY}">`;

function lamp(state: LampView["state"], dialogs: readonly DeviceDialog[] = []): LampView {
  return { extension: "1001", context: "default", state, since: 0, dialogs };
}

function bodyOf(template: BodyTemplate | undefined): string {
  assert.ok(template !== undefined);
  return Buffer.from(splicedBody(template, 3, ENTITY), "latin1").toString("utf8");
}

/** What stands inside of dialog-info. */
function inside(view: LampView, profile = "single"): string {
  const body = bodyOf(wholeDocument(dialogPackage, view, profile, "application/dialog-info+xml"));
  assert.ok(body.startsWith(OPEN) && body.endsWith("</dialog-info>"), body);
  return body.slice(OPEN.length, -"</dialog-info>".length);
}

function states(before: LampView | undefined, after: LampView, profile = "single"): (string | undefined)[] {
  const documents = tellings(dialogPackage, before, after, profile, "application/dialog-info+xml");
  return documents.map((template) => /<state>(.*)<\/state>/.exec(bodyOf(template))?.[1]);
}

const caller = (name: string, more: Partial<DeviceDialog> = {}): DeviceDialog => ({
  id: name,
  direction: "recipient",
  remote: { uri: `sip:${name}@h`, name },
  ...more,
});

describe("dialog-info documents (sla.md §4.6, presence.md §2.2)", () => {
  it("are these for the states of a key (D-1, D-3, D-7)", () => {
    const local = `<local><identity>${ENTITY}</identity><target uri="${ENTITY}"/></local>`;
    assert.equal(inside(lamp("Idle")), '<dialog id="1001"><state>terminated</state></dialog>');
    assert.equal(inside(lamp("Unavailable")), '<dialog id="1001"><state>terminated</state></dialog>');
    assert.equal(inside(lamp("InUse")), '<dialog id="1001"><state>confirmed</state></dialog>');
    assert.ok(inside(lamp("Ringing")).startsWith('<dialog id="1001" direction="recipient"><state>early</state><local>'));
    assert.equal(
      inside(lamp("Hold")),
      `<dialog id="1001"><state>confirmed</state>${local.replace(/<identity>.*<\/identity>/, "").replace("/>", '><param pname="+sip.rendering" pval="no"/></target>')}</dialog>`,
    );
    assert.match(inside(lamp("Hold"), "compatible"), / pval="no" pvalue="no"\/>/);
  });

  it("show the first dialog of the lamp, which is the one that counts (D-4)", () => {
    const view = lamp("InUse&Ringing", [caller("talks", { direction: "initiator" }), caller("rings")]);
    assert.match(inside(view), /^<dialog id="1001" direction="initiator"><state>confirmed<\/state>.*sip:talks@h/);
    const held = lamp("InUse", [caller("active", { direction: "initiator" }), caller("held", { held: true })]);
    assert.match(inside(held), /sip:active@h/);
  });

  it("show no caller when the dialog is over", () => {
    assert.equal(inside(lamp("Idle", [caller("gone")])), '<dialog id="1001"><state>terminated</state></dialog>');
  });

  it("are shortened in the order of presence.md §8.4: name, local block, target, remote; never state and direction (C-20)", () => {
    const long = (bytes: number, state: LampView["state"] = "Ringing"): string =>
      inside(lamp(state, [caller("x", { remote: { uri: `sip:${"5".repeat(bytes)}@h`, name: "☎".repeat(40) } })]));
    const parts = (text: string): string =>
      ["display=", "<local>", "<remote>", "<remote><identity>", '<target uri="sip:5']
        .filter((part) => text.includes(part))
        .join(" ");
    assert.equal(parts(long(10)), 'display= <local> <remote> <target uri="sip:5');
    assert.equal(parts(long(100)), '<local> <remote> <remote><identity> <target uri="sip:5');
    assert.equal(parts(long(150)), '<remote> <remote><identity> <target uri="sip:5');
    assert.equal(parts(long(300)), "<remote> <remote><identity>");
    assert.equal(parts(long(1000)), "");
    assert.equal(long(1000), '<dialog id="1001" direction="recipient"><state>early</state></dialog>');
    assert.match(long(1000, "Hold"), /<local><target uri="[^"]*"><param /, "hold is state, not detail");
  });

  it("are none for a move that nobody can see, two for Polycom where it needs the end in between (D-6, D-9)", () => {
    assert.deepEqual(states(undefined, lamp("InUse")), ["confirmed"]);
    assert.deepEqual(states(lamp("InUse"), lamp("Busy")), []);
    assert.deepEqual(states(lamp("InUse"), lamp("InUse", [caller("a")])), ["confirmed"]);
    assert.deepEqual(states(lamp("InUse"), lamp("Ringing")), ["early"]);
    for (const busy of ["InUse", "Busy", "Hold", "InUse&Ringing"] as const)
      assert.deepEqual(states(lamp(busy), lamp("Ringing"), "polycom"), ["terminated", "early"]);
    assert.deepEqual(states(lamp("Idle"), lamp("Ringing"), "polycom"), ["early"]);
    assert.deepEqual(states(lamp("Ringing"), lamp("InUse"), "polycom"), ["confirmed"]);
  });

  it("end first for a Polycom of which nobody knows what it shows, before it rings: after a restart or a lost NOTIFY (D-6, S-91)", () => {
    assert.deepEqual(states(undefined, lamp("Ringing"), "polycom"), ["terminated", "early"]);
    assert.deepEqual(states(undefined, lamp("InUse"), "polycom"), ["confirmed"]);
    assert.deepEqual(states(undefined, lamp("Ringing")), ["early"]);
  });

  it("are written in the profile of a family by User-Agent, unless the site names another", () => {
    const profile = (userAgent: string, chosen?: string): string =>
      dialogPackage.profileFor(userAgent, { profile: chosen, seesCallers: true });
    assert.equal(profile("PolycomVVX-VVX_411-UA/5.9.0"), "polycom");
    assert.equal(profile("polycomSoundPointIP-SPIP_650-UA/4.0.15"), "polycom");
    assert.equal(profile("Yealink SIP-T46S 66.85.0.5"), "yealink");
    assert.equal(profile("Cisco/SPA504G-7.6.2"), "cisco-spa");
    assert.equal(profile("Linksys/SPA962-6.1.5(a)"), "cisco-spa");
    assert.equal(profile("snomD785/10.1.127.10"), "snom");
    assert.equal(profile("Grandstream GXP2170 1.0.11.35"), "grandstream");
    assert.equal(profile("Aastra 6757i/3.3.1"), "aastra");
    assert.equal(profile("Mitel 6920/5.1"), "aastra");
    assert.equal(profile("Digium D70 1_4_0_0"), "digium");
    assert.equal(profile("My Polycom"), "single");
    assert.equal(profile(""), "single");
    assert.equal(profile("PolycomVVX-VVX_411-UA/5.9.0", "strict"), "strict", "what the site says wins");
  });
});
