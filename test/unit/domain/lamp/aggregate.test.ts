import assert from "node:assert/strict";
import { aggregate } from "#domain/lamp/aggregate";
import { DEVICE_STATES, type DeviceState } from "#domain/lamp/device-state";
import { extensionState } from "#domain/lamp/extension-state";
import { parseDeviceState } from "#domain/lamp/parse-device-state";

/** sla.md §4.3, written out: row and column in the order of strength; * = RINGINUSE by mixture. */
const SHORT: Readonly<Record<string, DeviceState>> = {
  inv: "INVALID",
  unk: "UNKNOWN",
  una: "UNAVAILABLE",
  not: "NOT_INUSE",
  hol: "ONHOLD",
  rin: "RINGING",
  inu: "INUSE",
  bus: "BUSY",
  riu: "RINGINUSE",
};
const TABLE = `
      inv unk una not hol rin inu bus riu
  inv inv unk una not hol rin inu bus riu
  unk unk unk una not hol rin inu bus riu
  una una una una not hol rin inu bus riu
  not not not not not hol rin inu bus riu
  hol hol hol hol hol hol riu inu bus riu
  rin rin rin rin rin riu rin riu riu riu
  inu inu inu inu inu inu riu inu bus riu
  bus bus bus bus bus bus riu bus bus riu
  riu riu riu riu riu riu riu riu riu riu`;

function state(short: string): DeviceState {
  const found = SHORT[short];
  assert.ok(found !== undefined, short);
  return found;
}

describe("aggregate", () => {
  it("gives what the table of sla.md §4.3 gives, for all 81 pairs", () => {
    const [head = [], ...rows] = TABLE.trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/));
    let pairs = 0;
    for (const [row = "", ...cells] of rows) {
      for (const [at, cell] of cells.entries()) {
        const pair = [state(row), state(head[at] ?? "")];
        assert.equal(aggregate(pair), state(cell), pair.join(" with "));
        pairs += 1;
      }
    }
    assert.equal(pairs, 81);
  });

  it("is INVALID for nobody", () => {
    assert.equal(aggregate([]), "INVALID");
  });

  it("finds the mixture in any order among several", () => {
    assert.equal(aggregate(["RINGING", "NOT_INUSE", "ONHOLD"]), "RINGINUSE");
    assert.equal(aggregate(["ONHOLD", "INUSE", "RINGING"]), "RINGINUSE");
    assert.equal(aggregate(["RINGING", "UNAVAILABLE", "RINGING"]), "RINGING");
  });
});

describe("extensionState", () => {
  it("gives what the table of sla.md §4.4 gives", () => {
    assert.deepEqual(
      DEVICE_STATES.map((device) => `${device} ${extensionState(device)}`),
      [
        "UNKNOWN Idle",
        "NOT_INUSE Idle",
        "INUSE InUse",
        "BUSY Busy",
        "INVALID Unavailable",
        "UNAVAILABLE Unavailable",
        "RINGING Ringing",
        "RINGINUSE InUse&Ringing",
        "ONHOLD Hold",
      ],
    );
  });
});

describe("parseDeviceState", () => {
  it("takes names in any case and nothing else", () => {
    assert.equal(parseDeviceState("not_InUse"), "NOT_INUSE");
    assert.equal(parseDeviceState("RINGING"), "RINGING");
    for (const other of ["", "In use", "constructor", "__proto__", "RINGING ", "2"])
      assert.equal(parseDeviceState(other), undefined);
  });
});
