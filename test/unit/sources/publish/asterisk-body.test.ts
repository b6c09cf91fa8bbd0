import assert from "node:assert/strict";
import { readAsteriskBody } from "#sources/publish/asterisk-body";

const EID = "52:54:00:AB:cd:ef";

function said(packageName: string, body: object): unknown {
  const read = readAsteriskBody(packageName, JSON.stringify({ eid: EID, ...body }));
  assert.ok(read.ok, JSON.stringify(read));
  assert.equal(read.value.eid, EID.toLowerCase());
  return read.value.said;
}

describe("JSON of an Asterisk beside us", () => {
  it("tells the state of a device, but none that is of the moment only", () => {
    const body = { type: "devicestate", device: "Custom:lamp1", state: "RINGINUSE" };
    assert.deepEqual(said("asterisk-devicestate", body), { device: "Custom:lamp1", state: "RINGINUSE", cause: "published" });
    assert.deepEqual(said("asterisk-devicestate", { ...body, cachable: 0 }), {
      device: "Custom:lamp1",
      state: undefined,
      cause: "published",
    });
  });

  it("tells the messages of a mailbox as its MWI device has them", () => {
    const body = { type: "mailboxstate", uniqueid: "1001@default", old: 3, new: 0 };
    assert.deepEqual(said("asterisk-mwi", body), {
      device: "MWI:1001@default",
      state: "NOT_INUSE",
      cause: "0 new and 3 old messages",
      messages: { new: 0, old: 3 },
    });
    assert.equal((said("asterisk-mwi", { ...body, new: 2 }) as { state: string }).state, "INUSE");
  });

  it("may ask for our states, in either package (J-10)", () => {
    for (const name of ["asterisk-devicestate", "asterisk-mwi"]) assert.equal(said(name, { type: "refresh" }), undefined);
  });

  it("takes names of 255 characters, and no more (J-6)", () => {
    const read = (length: number): boolean =>
      readAsteriskBody(
        "asterisk-devicestate",
        JSON.stringify({ type: "devicestate", device: `SIP/${"a".repeat(length - 4)}`, state: "INUSE", eid: EID }),
      ).ok;
    assert.deepEqual([read(255), read(256)], [true, false]);
  });
});
