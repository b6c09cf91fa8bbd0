import assert from "node:assert/strict";
import type { DeviceState, Slots } from "#domain/lamp/device-state";
import { LampBoard } from "#domain/lamp/lamp-board";
import { publishedDevice } from "#domain/lamp/published-device";

const HINTS = ["a", "b"].map((context) => ({ extension: "100", context, devices: ["SIP/x"], origin: "test" }));
const slots = (state: DeviceState): Slots => ({ publish: { state, since: 5, cause: "test" } });
const idle = (): DeviceState => "NOT_INUSE";

describe("what is published for an extension (design §9.15)", () => {
  let board: LampBoard;
  beforeEach(() => {
    board = new LampBoard();
    board.replaceHints(HINTS, idle, 0);
  });
  const states = (): (string | undefined)[] => ["a", "b"].map((context) => board.lamp("100", context)?.state);

  it("is shown beside the hint's devices, in one context or in all", () => {
    assert.equal(board.setDeviceSlots(publishedDevice("100"), slots("RINGING"), 1).length, 2);
    assert.deepEqual(states(), ["Ringing", "Ringing"]);
    assert.equal(board.setDeviceSlots(publishedDevice("100", "a"), slots("INUSE"), 2).length, 1);
    assert.deepEqual(states(), ["InUse&Ringing", "Ringing"]);
    assert.deepEqual(board.devicesOf({ extension: "100", context: "a" }), ["SIP/x", "Publish:100", "Publish:100@a"]);
    board.setDeviceSlots("SIP/x", { line: { state: "BUSY", since: 3, cause: "test" } }, 3);
    board.setDeviceSlots(publishedDevice("100"), {}, 4);
    assert.deepEqual(states(), ["Busy", "Busy"]);
    board.setDeviceSlots(publishedDevice("100", "a"), {}, 5);
    assert.deepEqual(board.devicesOf({ extension: "100", context: "a" }), ["SIP/x"]);
    assert.deepEqual([...board.devices()], ["SIP/x"]);
  });

  it("waits for a hint that comes later, also one of a pattern", () => {
    board.setDeviceSlots(publishedDevice("200"), slots("INUSE"), 1);
    assert.deepEqual([...board.devices()], ["SIP/x"]);
    const hint = { extension: "200", context: "a", devices: ["SIP/y"], pattern: "_2XX", origin: "test" };
    const view = board.addHint(hint, 9);
    assert.deepEqual([view.state, view.since], ["InUse", 5]);
    board.replaceHints([...HINTS, hint], idle, 10);
    assert.equal(board.lamp("200", "a")?.state, "InUse");
    board.setDeviceSlots(publishedDevice("200"), {}, 11);
    assert.equal(board.lamp("200", "a")?.state, "Idle");
    board.removeHint(hint);
    assert.deepEqual(board.setDeviceSlots(publishedDevice("200"), slots("INUSE"), 12), []);
  });

  it("is a device as any other where a hint names it", () => {
    board.replaceHints([{ extension: "1", context: "a", devices: ["Publish:100", "Publish:1"], origin: "test" }], idle, 0);
    board.setDeviceSlots("Publish:100", slots("INUSE"), 1);
    assert.equal(board.lamp("1", "a")?.state, "InUse");
    board.setDeviceSlots("Publish:1", slots("RINGING"), 2);
    board.setDeviceSlots("Publish:1", {}, 3);
    board.setDeviceSlots("Publish:1", slots("RINGING"), 4);
    assert.equal(board.lamp("1", "a")?.state, "InUse&Ringing");
  });
});
