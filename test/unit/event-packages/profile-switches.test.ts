import assert from "node:assert/strict";
import type { DeviceDialog } from "#domain/lamp/device-state";
import type { LampView } from "#domain/lamp/lamp-view";
import type { PhoneProfile } from "#domain/lamp/phone-profile";
import { PHONE_PROFILES, profileNamed } from "#domain/lamp/phone-profiles";
import { dialogInfo } from "#event-packages/dialog/dialog-info";
import { dialogPackage } from "#event-packages/dialog/dialog-package";
import { splicedBody } from "#test/support/spliced-body";

const TYPE = "application/dialog-info+xml";

function lamp(state: LampView["state"], ...dialogs: readonly DeviceDialog[]): LampView {
  return { extension: "1001", context: "default", state, since: 0, dialogs };
}

function call(id: string, more: Partial<DeviceDialog> = {}): DeviceDialog {
  return { id, direction: "recipient", remote: { uri: `sip:${id}@h`, name: id }, ...more };
}

/** dialog elements as "id direction state", ids of one's own by number. */
function dialogs(body: string): string[] {
  const ids: string[] = [];
  return [...body.matchAll(/<dialog id="([^"]*)"(?: direction="(\w+)")?><state>(\w+)<\/state>/g)].map(
    ([, id = "", direction = "-", state = ""]) => {
      if (!ids.includes(id)) ids.push(id);
      return `${/^d[0-9a-f]{16}/.test(id) ? `#${ids.indexOf(id)}` : id} ${direction} ${state}`;
    },
  );
}

function written(view: LampView, switches: Partial<PhoneProfile>, before?: LampView): string {
  return splicedBody(dialogInfo(view, { ...profileNamed("single"), ...switches }, TYPE, before), 1, "sip:1001@h");
}

const shown = (view: LampView, switches: Partial<PhoneProfile>, before?: LampView): string[] =>
  dialogs(written(view, switches, before));

describe("switches of phone profiles (presence.md §6.3)", () => {
  it("have a name each, and single is what everybody gets that is not known", () => {
    const names = PHONE_PROFILES.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.equal(profileNamed("nobody").name, "single");
    assert.equal(profileNamed("__proto__").name, "single");
  });

  it("idleDocument: a terminated dialog, or none (D-1)", () => {
    assert.deepEqual(shown(lamp("Idle"), {}), ["1001 - terminated"]);
    assert.deepEqual(shown(lamp("Idle"), { idleDocument: "empty" }), []);
    assert.deepEqual(shown(lamp("InUse"), { idleDocument: "empty" }), ["1001 - confirmed"]);
  });

  it("callerEarly: whoever rings out (D-5)", () => {
    const out = lamp("InUse", call("b", { direction: "initiator", phase: "early" }));
    assert.deepEqual(shown(out, {}), ["1001 initiator confirmed"]);
    assert.deepEqual(shown(out, { callerEarly: "early" }), ["1001 initiator early"]);
    assert.deepEqual(shown(out, { callerEarly: "trying" }), ["1001 initiator trying"]);
    const answered = lamp("InUse", call("b", { direction: "initiator" }));
    assert.deepEqual(shown(answered, { callerEarly: "early" }), ["1001 initiator confirmed"]);
  });

  it("busyRinging: a second call, with the one that rings as the one that is told (D-7, T-26)", () => {
    const both = lamp("InUse&Ringing", call("talks", { direction: "initiator" }), call("rings", { phase: "early" }));
    assert.deepEqual(shown(both, {}), ["1001 initiator confirmed"]);
    assert.deepEqual(shown(both, { busyRinging: "early" }), ["1001 recipient early"]);
    assert.match(written(both, { busyRinging: "early" }), /sip:rings@h/);
    assert.deepEqual(shown(lamp("InUse&Ringing"), { busyRinging: "early" }), ["1001 recipient early"]);
  });

  it("hold: not rendered, blinking, or dark", () => {
    const held = lamp("Hold", call("x", { held: true }));
    assert.match(written(held, {}), /confirmed.*pval="no"/);
    assert.match(written(held, { parameter: "pvalue" }), / pvalue="no"/);
    assert.doesNotMatch(written(held, { parameter: "pvalue" }), / pval="no"/);
    assert.deepEqual(shown(held, { hold: "early" }), ["1001 recipient early"]);
    assert.doesNotMatch(written(held, { hold: "early" }), /rendering/);
    assert.deepEqual(shown(held, { hold: "terminated" }), ["1001 - terminated"]);
  });

  it("offline: dark, or lit (D-10)", () => {
    assert.deepEqual(shown(lamp("Unavailable"), {}), ["1001 - terminated"]);
    assert.deepEqual(shown(lamp("Unavailable"), { offline: "confirmed" }), ["1001 - confirmed"]);
  });

  it("nameAttribute and identityInConfirmed: who is on the other side (P-5)", () => {
    const talks = lamp("InUse", call("anna"));
    assert.match(written(talks, {}), /<identity display="anna">/);
    assert.match(written(talks, { nameAttribute: "display-name" }), /<identity display-name="anna">/);
    assert.match(written(talks, { nameAttribute: "both" }), /<identity display="anna" display-name="anna">/);
    assert.doesNotMatch(written(talks, { identityInConfirmed: false }), /anna/);
    assert.match(written(lamp("Ringing", call("anna")), { identityInConfirmed: false }), /anna/);
  });

  it("bodyMaxBytes: less is told in less room (C-20)", () => {
    const rings = lamp("Ringing", call("anna"));
    assert.ok(written(rings, { bodyMaxBytes: 300 }).length <= 330);
    assert.deepEqual(shown(rings, { bodyMaxBytes: 300 }), ["1001 recipient early"]);
    const many = lamp("InUse", ...Array.from({ length: 30 }, (_, at) => call(`c${at}`)));
    const body = written(many, { dialogElements: "all", bodyMaxBytes: 700 });
    assert.ok(body.length <= 700, String(body.length));
    assert.ok(dialogs(body).length >= 3);
  });

  it("dialogElements all: each call with an id that is not the peer's, the same for its life, ended once (D-2, D-3, P-1)", () => {
    const [one, two] = [call("a84b4c76e66710@h"), call("other", { phase: "early" })];
    const all = { dialogElements: "all" } as const;
    assert.deepEqual(shown(lamp("InUse", one), all), ["#0 recipient confirmed"]);
    assert.deepEqual(shown(lamp("InUse&Ringing", one, two), all), ["#0 recipient confirmed", "#1 recipient early"]);
    assert.doesNotMatch(written(lamp("InUse", one), all), / id="[^"]*a84b/);
    const idOf = (body: string): string | undefined => /<dialog id="([^"]*)"/.exec(body)?.[1];
    assert.equal(idOf(written(lamp("Ringing", one), all)), idOf(written(lamp("Idle"), all, lamp("InUse", one))));
    assert.deepEqual(shown(lamp("Idle"), all, lamp("InUse", one)), ["#0 recipient terminated"]);
    assert.deepEqual(shown(lamp("InUse", one), all, lamp("InUse&Ringing", one, two)), [
      "#0 recipient confirmed",
      "#1 recipient terminated",
    ]);
    assert.deepEqual(shown(lamp("Idle"), all), ["1001 - terminated"], "nothing is known of earlier calls");
    assert.deepEqual(shown(lamp("InUse"), all, lamp("Ringing", one)), ["1001 - confirmed", "#1 recipient terminated"]);
    assert.deepEqual(shown(lamp("InUse", call("x"), call("x")), all).length, 2, "two publishers, one name");
  });

  it("all: the package tells what ended", () => {
    const told = dialogPackage.change(lamp("InUse", call("a")), lamp("Idle"), "all", TYPE);
    assert.ok(told !== undefined);
    assert.deepEqual(dialogs(splicedBody(told.document, 2, "sip:1001@h")), ["#0 recipient terminated"]);
  });
});
