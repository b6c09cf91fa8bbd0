import assert from "node:assert/strict";
import type { Slots } from "#domain/lamp/device-state";
import { applyReport, clearSlot, expireSlots, nextExpiry, NO_SLOTS, stateOfSlots } from "#domain/lamp/slots";

const RINGING = { state: "RINGING", cause: "the API said so" } as const;

describe("slots", () => {
  it("keep since while the state stays, and start anew when it changes", () => {
    const first = applyReport(NO_SLOTS, "api", RINGING, 10);
    const prolonged = applyReport(first, "api", { ...RINGING, expiresAt: 99 }, 20);
    const changed = applyReport(prolonged, "api", { state: "INUSE", cause: "answered" }, 30);
    assert.deepEqual(first, { api: { ...RINGING, since: 10 } });
    assert.deepEqual(prolonged, { api: { ...RINGING, since: 10, expiresAt: 99 } });
    assert.deepEqual(changed, { api: { state: "INUSE", cause: "answered", since: 30 } });
  });

  it("are the same object when nothing changes", () => {
    const dialog = { id: "1", direction: "recipient", remote: { uri: "sip:a@b", name: "A" } } as const;
    const slots = applyReport(NO_SLOTS, "api", { ...RINGING, dialogs: [dialog] }, 10);
    assert.equal(applyReport(slots, "api", { ...RINGING, dialogs: [{ ...dialog, held: false }] }, 20), slots);
    assert.notEqual(applyReport(slots, "api", { ...RINGING, dialogs: [{ ...dialog, id: "2" }] }, 20), slots);
    assert.equal(clearSlot(slots, "registrar"), slots);
    assert.equal(expireSlots(slots, Number.MAX_SAFE_INTEGER), slots);
  });

  it("end at their time, not before", () => {
    let slots: Slots = applyReport(NO_SLOTS, "api", { ...RINGING, expiresAt: 50 }, 10);
    slots = applyReport(slots, "registrar", { state: "NOT_INUSE", cause: "registered" }, 10);
    assert.equal(nextExpiry(slots), 50);
    assert.equal(expireSlots(slots, 49), slots);
    const left = expireSlots(slots, 50);
    assert.deepEqual(Object.keys(left), ["registrar"]);
    assert.equal(nextExpiry(left), undefined);
  });

  it("give one state, and none when nobody speaks", () => {
    const slots = applyReport(applyReport(NO_SLOTS, "api", RINGING, 1), "line", { state: "ONHOLD", cause: "held" }, 2);
    assert.equal(stateOfSlots(slots), "RINGINUSE");
    assert.equal(stateOfSlots(clearSlot(slots, "line")), "RINGING");
    assert.equal(stateOfSlots(clearSlot(clearSlot(slots, "line"), "api")), undefined);
  });

  it("hold sources of any name", () => {
    for (const source of ["__proto__", "constructor", "toString"]) {
      assert.equal(clearSlot(NO_SLOTS, source), NO_SLOTS);
      const slots = applyReport(NO_SLOTS, source, RINGING, 10);
      assert.equal(stateOfSlots(slots), "RINGING");
      assert.equal(applyReport(slots, source, RINGING, 20), slots);
      assert.equal(stateOfSlots(clearSlot(slots, source)), undefined);
    }
  });
});
