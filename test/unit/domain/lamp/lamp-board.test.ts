import assert from "node:assert/strict";
import type { DeviceDialog, DeviceState, Slots } from "#domain/lamp/device-state";
import { LampBoard } from "#domain/lamp/lamp-board";
import type { Hint } from "#domain/site/site";
import { quickly } from "../site/cpu-time.ts";

function hint(extension: string, devices: readonly string[], context = "sla"): Hint {
  return { extension, context, devices, origin: "test" };
}

function slot(state: DeviceState, since = 0, dialogs?: readonly DeviceDialog[]): Slots[string] {
  return { state, since, cause: "test", ...(dialogs === undefined ? {} : { dialogs }) };
}

function idle(): DeviceState {
  return "NOT_INUSE";
}

describe("LampBoard", () => {
  it("gives exactly the lamps that show something else", () => {
    const board = new LampBoard();
    board.replaceHints([hint("1", ["SLA:a", "SIP/b"]), hint("2", ["SLA:a"]), hint("3", ["SIP/c"])], idle, 100);
    const ringing = board.setDeviceSlots("SLA:a", { api: slot("RINGING") }, 200);
    assert.deepEqual(
      ringing.map((view) => `${view.extension} ${view.state} ${view.since}`),
      ["1 Ringing 200", "2 Ringing 200"],
    );
    assert.deepEqual(board.setDeviceSlots("SLA:a", { api: slot("RINGING", 5) }, 300), []);
    assert.deepEqual(
      board.setDeviceSlots("SIP/b", { line: slot("INUSE") }, 400).map((view) => `${view.extension} ${view.state} ${view.since}`),
      ["1 InUse&Ringing 400"],
    );
    assert.equal(board.lamp("3", "sla")?.since, 100);
    assert.equal(board.lamp("3", "other"), undefined);
    assert.deepEqual(board.setDeviceSlots("SIP/unwatched", { api: slot("BUSY") }, 500), []);
    assert.equal(board.deviceState("SIP/unwatched"), "BUSY");
  });

  it("keeps the view object of a lamp that shows the same", () => {
    const board = new LampBoard();
    board.replaceHints([hint("1", ["SIP/a", "SIP/b"])], idle, 0);
    board.setDeviceSlots("SIP/a", { api: slot("INUSE") }, 1);
    const view = board.lamp("1", "sla");
    board.setDeviceSlots("SIP/b", { api: slot("ONHOLD") }, 2);
    assert.equal(board.lamp("1", "sla"), view);
  });

  it("shows the dialogs of the winning slots only, active before held, called before calling", () => {
    const called: DeviceDialog = { id: "called", direction: "recipient" };
    const calling: DeviceDialog = { id: "calling", direction: "initiator" };
    const held: DeviceDialog = { id: "held", direction: "recipient", held: true };
    const board = new LampBoard();
    board.replaceHints([hint("1", ["SIP/a", "SIP/b"])], idle, 0);
    board.setDeviceSlots("SIP/a", { z: slot("INUSE", 0, [held, calling]), registrar: slot("NOT_INUSE") }, 1);
    board.setDeviceSlots("SIP/b", { a: slot("INUSE", 0, [called]) }, 2);
    assert.deepEqual(board.lamp("1", "sla")?.dialogs, [called, calling, held]);
    board.setDeviceSlots("SIP/b", { a: slot("RINGING", 0, [called]) }, 3);
    assert.equal(board.lamp("1", "sla")?.state, "InUse&Ringing");
    assert.deepEqual(board.lamp("1", "sla")?.dialogs, [calling, held, { ...called, phase: "early" }], "told from the calls");
    board.setDeviceSlots("SIP/b", { a: slot("BUSY") }, 4);
    assert.deepEqual(board.lamp("1", "sla")?.dialogs, []);
  });

  it("tells a change of dialogs as a change, without a new since", () => {
    const board = new LampBoard();
    board.replaceHints([hint("1", ["SIP/a"])], idle, 0);
    board.setDeviceSlots("SIP/a", { api: slot("RINGING") }, 10);
    const dialogs: DeviceDialog[] = [{ id: "1", direction: "recipient" }];
    const [view] = board.setDeviceSlots("SIP/a", { api: slot("RINGING", 0, dialogs) }, 20);
    assert.deepEqual(view, { extension: "1", context: "sla", state: "Ringing", since: 10, dialogs });
  });

  it("falls back to the default when the last slot goes, and is Unavailable without devices", () => {
    const board = new LampBoard();
    board.replaceHints([hint("1", ["SIP/a"]), hint("2", [])], () => "UNAVAILABLE", 0);
    board.setDeviceSlots("SIP/a", { api: slot("INUSE") }, 1);
    const [view] = board.setDeviceSlots("SIP/a", {}, 2);
    assert.equal(view?.state, "Unavailable");
    assert.equal(board.lamp("2", "sla")?.state, "Unavailable");
  });

  it("tells what a reload added, removed and changed, and keeps slots and since over it", () => {
    const board = new LampBoard();
    board.replaceHints([hint("1", ["SIP/a"]), hint("2", ["SIP/b"]), hint("3", ["SIP/c"])], idle, 0);
    board.setDeviceSlots("SIP/a", { api: slot("INUSE", 40) }, 50);
    const kept = board.lamp("1", "sla");
    const changes = board.replaceHints(
      [hint("1", ["SIP/a"]), hint("3", ["SIP/a"]), hint("4", ["SIP/a"]), hint("4", [])],
      idle,
      100,
    );
    assert.deepEqual(
      changes.added.map((view) => `${view.extension} ${view.state} ${view.since}`),
      ["4 InUse 40"],
    );
    assert.deepEqual(
      changes.removed.map((view) => view.extension),
      ["2"],
    );
    assert.deepEqual(
      changes.changed.map((view) => `${view.extension} ${view.state} ${view.since}`),
      ["3 InUse 100"],
    );
    assert.equal(board.lamp("1", "sla"), kept);
    assert.equal(board.lamps().length, 3);
    assert.equal(board.setDeviceSlots("SIP/b", { api: slot("BUSY") }, 200).length, 0);
    assert.equal(board.setDeviceSlots("SIP/a", {}, 200).length, 3);
  });

  it("keeps names of any kind apart", () => {
    const names = ["__proto__", "constructor", "toString", "a@b", ""];
    const board = new LampBoard();
    const hints = names.flatMap((name) => names.map((context) => hint(name, [`${name}\n${context}`], context)));
    board.replaceHints(hints, idle, 0);
    assert.equal(board.lamps().length, 25);
    const changed = board.setDeviceSlots("__proto__\nconstructor", { ["__proto__"]: slot("BUSY") }, 1);
    assert.deepEqual(
      changed.map((view) => [view.extension, view.context, view.state]),
      [["__proto__", "constructor", "Busy"]],
    );
    assert.equal(board.lamp("valueOf", "__proto__"), undefined);
  });

  it("forgets 40,000 lamps of one device in the time of 40,000", () => {
    const board = new LampBoard();
    const hints = Array.from({ length: 40_000 }, (_, at) => hint(String(at), ["SIP/shared"]));
    board.replaceHints(hints, idle, 0);
    quickly(() => {
      for (const one of hints) board.removeHint(one);
    }, 2000);
    assert.deepEqual([...board.devices()], []);
  });
});
