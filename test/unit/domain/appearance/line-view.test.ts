import assert from "node:assert/strict";
import { lineView } from "#domain/appearance/line-view";
import type { Seizure } from "#domain/appearance/seizures";
import type { DeviceDialog } from "#domain/lamp/device-state";
import type { Lamp } from "#domain/lamp/lamp";

const seizure = (index: number): Seizure => ({
  index,
  holder: { account: "a", device: "d" },
  isRegistered: true,
  subscription: `s${index}`,
  until: 1,
});

function shown(calls: Partial<Lamp>, seized: readonly number[] = [], holdsPrivately = false): readonly string[] {
  const facts = { seizures: seized.map(seizure), calls: { state: "Idle" as const, dialogs: [], ...calls }, holdsPrivately };
  return lineView(facts).appearances.map(({ index, state }) => `${index} ${state}`);
}

const dialog = (parts: Partial<DeviceDialog>): DeviceDialog => ({ id: "d", direction: "recipient", ...parts });

describe("what a shared line shows (presence.md §2.3)", () => {
  it("follows what its devices show", () => {
    assert.deepEqual(shown({}), []);
    assert.deepEqual(shown({ state: "Unavailable" }), []);
    assert.deepEqual(shown({ state: "Ringing" }), ["1 alerting"]);
    assert.deepEqual(shown({ state: "Ringing", dialogs: [dialog({ direction: "initiator" })] }), ["1 progressing"]);
    assert.deepEqual(shown({ state: "InUse" }), ["1 active"]);
    assert.deepEqual(shown({ state: "InUse", dialogs: [dialog({ direction: "initiator", phase: "trying" })] }), [
      "1 progressing",
    ]);
    assert.deepEqual(shown({ state: "InUse", dialogs: [dialog({ phase: "early" })] }), ["1 alerting"]);
    assert.deepEqual(shown({ state: "Busy" }), ["1 active"]);
    assert.deepEqual(shown({ state: "InUse&Ringing" }), ["1 active"]);
    assert.deepEqual(shown({ state: "Hold" }), ["1 held"]);
    assert.deepEqual(shown({ state: "Hold" }, [], true), ["1 held-private"]);
  });

  it("shows what is seized, and a call before the hand that took the line off hook for it", () => {
    assert.deepEqual(shown({}, [1, 3]), ["1 seized", "3 seized"]);
    assert.deepEqual(shown({ state: "InUse" }, [1, 3]), ["1 active", "3 seized"]);
    assert.deepEqual(shown({ state: "InUse" }, [2]), ["1 active", "2 seized"]);
  });
});
