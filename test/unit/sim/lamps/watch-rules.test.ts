import assert from "node:assert/strict";
import { readDialogDocument, type DialogDocument } from "#sim/lamps/dialog-document";
import { lampOf, type WatchedDialog } from "#sim/lamps/lamp";
import { NOTHING_SEEN, takeDocument, type WatchMemory, type WatchRules } from "#sim/lamps/watch-rules";

const ENTITY = "sip:100@10.0.0.1";
const RULES: WatchRules = { entity: ENTITY, strictVersion: true, showsHold: true };

function dialog(state: WatchedDialog["state"], changes: Partial<WatchedDialog> = {}): WatchedDialog {
  return { id: "100", state, direction: undefined, isHeld: false, ...changes };
}

const ringing = dialog("early", { direction: "recipient" });

function document(version: number, dialogs: readonly WatchedDialog[], changes: Partial<DialogDocument> = {}): DialogDocument {
  return { version, isPartial: false, entity: ENTITY, dialogs, ...changes };
}

/** Takes documents one after the other; gives the end and everything that was wrong. */
function takeAll(documents: readonly DialogDocument[], rules = RULES): { memory: WatchMemory; violations: string[] } {
  const violations: string[] = [];
  let memory = NOTHING_SEEN;
  for (const one of documents) {
    const taken = takeDocument(memory, one, rules);
    memory = taken.memory;
    violations.push(...taken.violations);
  }
  return { memory, violations };
}

describe("the lamp of dialogs", () => {
  for (const [what, dialogs, lamp] of [
    ["no dialog", [], "idle"],
    ["one that has ended", [dialog("terminated")], "idle"],
    ["one that is set up", [dialog("trying")], "busy"],
    ["one that is going out", [dialog("early", { direction: "initiator" })], "busy"],
    ["one that rings without saying to whom", [dialog("early")], "busy"],
    ["one that comes in", [ringing], "ringing"],
    ["one that is talked on", [dialog("confirmed")], "busy"],
    ["one that is held", [dialog("confirmed", { isHeld: true })], "held"],
    ["one held and one talked on", [dialog("confirmed", { isHeld: true }), dialog("confirmed", { id: "2" })], "busy"],
    ["one held and one coming in", [dialog("confirmed", { isHeld: true }), { ...ringing, id: "2" }], "busyRinging"],
    ["one talked on and one coming in", [dialog("confirmed"), { ...ringing, id: "2" }], "busyRinging"],
  ] as const) {
    it(`is ${lamp} for ${what}`, () => {
      assert.equal(lampOf(dialogs, true), lamp);
    });
  }

  it("is busy for a held one on a phone that does not show that", () => {
    assert.equal(lampOf([dialog("confirmed", { isHeld: true })], false), "busy");
  });
});

describe("what a phone makes of documents", () => {
  it("is the newest one", () => {
    const { memory, violations } = takeAll([document(0, []), document(1, [ringing]), document(5, [dialog("confirmed")])]);
    assert.deepEqual([memory.lamp, memory.version, violations], ["busy", 5, []]);
  });

  it("is nothing for a document about somebody else", () => {
    const { memory, violations } = takeAll([document(0, [ringing], { entity: "sip:101@10.0.0.1" })]);
    assert.equal(memory, NOTHING_SEEN);
    assert.match(violations[0] ?? "", /^entity mismatch/);
  });

  it("is nothing for a version that does not rise, unless the phone is told not to mind", () => {
    const documents = [document(7, [ringing]), document(7, []), document(3, [])];
    const strict = takeAll(documents);
    assert.deepEqual([strict.memory.lamp, strict.memory.version], ["ringing", 7]);
    assert.deepEqual(strict.violations, ["version went back: 7 after 7", "version went back: 3 after 7"]);
    const loose = takeAll(documents, { ...RULES, strictVersion: false });
    assert.deepEqual([loose.memory.lamp, loose.violations.length], ["idle", 2]);
  });

  it("forgets dialogs that a full document does not have, and keeps them after a partial one", () => {
    const second = { ...ringing, id: "2" };
    const full = takeAll([document(0, [dialog("confirmed")]), document(1, [second])]);
    assert.equal(full.memory.lamp, "ringing");
    const partial = takeAll([document(0, [dialog("confirmed")]), document(1, [second], { isPartial: true })]);
    assert.deepEqual([partial.memory.lamp, partial.violations], ["busyRinging", []]);
    assert.equal(takeAll([document(0, [], { isPartial: true })]).violations[0], "the first document is partial");
  });

  it("does not let a dialog ring that was in use, until it has ended", () => {
    const stuck = takeAll([document(0, [dialog("confirmed")]), document(1, [ringing])]);
    assert.equal(stuck.memory.lamp, "busy");
    assert.match(stuck.violations[0] ?? "", /^D-6/);
    const freed = takeAll([document(0, [dialog("confirmed")]), document(1, [dialog("terminated")]), document(2, [ringing])]);
    assert.deepEqual([freed.memory.lamp, freed.violations], ["ringing", []]);
  });
});

describe("a dialog-info document", () => {
  const body = (dialogs: string, root = `version="3" state="full" entity="${ENTITY}"`): string =>
    `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" ${root}>${dialogs}</dialog-info>`;
  const held = (spelling: string): string =>
    `<dialog id="1"><state>confirmed</state><local><target uri="x"><param pname="+sip.rendering" ${spelling}="no"/></target></local></dialog>`;

  it("is read with its dialogs", () => {
    const read = readDialogDocument(body(`<dialog id="a" direction="recipient"><state> early </state></dialog>`), false);
    assert.ok(read.ok);
    assert.deepEqual(read.value, {
      version: 3,
      isPartial: false,
      entity: ENTITY,
      dialogs: [{ id: "a", state: "early", direction: "recipient", isHeld: false }],
    });
  });

  it("tells a held call in the spelling that the phone was told to read", () => {
    for (const [spelling, usePvalue, isHeld] of [
      ["pval", false, true],
      ["pvalue", false, false],
      ["pvalue", true, true],
      ["pval", true, false],
    ] as const) {
      const read = readDialogDocument(body(held(spelling)), usePvalue);
      assert.equal(read.ok && read.value.dialogs[0]?.isHeld, isHeld, `${spelling} ${String(usePvalue)}`);
    }
  });

  it("is refused with a reason when it is none", () => {
    for (const [text, reason] of [
      ["", /^malformed XML/],
      ["<dialog-info", /^malformed XML/],
      ["<presence/>", /^not a dialog-info/],
      [body("", 'state="full" entity="x"'), /usable version/],
      [body("", 'version="-1" state="full"'), /usable version/],
      [body("", 'version="1" state="half"'), /state "half"/],
      [body("<dialog><state>early</state></dialog>"), /without id/],
      [body('<dialog id="1"/>'), /state ""/],
      [body('<dialog id="1"><state>asleep</state></dialog>'), /state "asleep"/],
      [`<!DOCTYPE x [<!ENTITY a "b">]>${body("")}`, /^malformed XML/],
    ] as const) {
      const read = readDialogDocument(text, false);
      assert.ok(!read.ok);
      assert.match(read.error, reason);
    }
  });
});
