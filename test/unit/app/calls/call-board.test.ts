import assert from "node:assert/strict";
import { CallBoard, type LegRecord } from "#app/calls/call-board";
import { COLLECTIONS } from "#app/collections";
import type { Stop } from "#base/lifecycle";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import type { SlotReport } from "#domain/lamp/slots";
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";
import { openAwayStore, type AwayStore } from "./away-store.ts";

const LEG: Omit<LegRecord, "node"> = {
  ...{ id: "a", account: "ann", direction: "outgoing", phase: "ringing", isHeld: false },
  ...{ remote: { number: '7"0<1>', name: "Bob" }, since: 1, call: "c" },
};

describe("the board of calls (B-26)", () => {
  const started = stopAfterEach();
  let away: AwayStore;

  beforeEach(async () => {
    away = started(await openAwayStore());
  });

  /** The board of a node, and what it says of devices. */
  async function board(
    node: string,
  ): Promise<{ readonly board: CallBoard; readonly said: Map<string, SlotReport>; readonly stop: Stop }> {
    const said = new Map<string, SlotReport>();
    const lamps = {
      report: (device: string, _source: string, report: SlotReport): void => void said.set(device, report),
      forget: (device: string): void => void said.delete(device),
    };
    const parts = {
      store: away.store,
      clock: systemClock,
      log: quietLog,
      node,
      lamps,
      domain: () => "pbx.example",
      busyFrom: () => undefined,
    };
    const made = new CallBoard(parts);
    const stop = started(await made.start());
    return { board: made, said, stop };
  }

  it("tells the calls of each node on all of them, as slots of their phones", async () => {
    const [one, other] = [await board("one"), await board("other")];
    one.board.put(LEG);
    assert.equal(one.said.get("SIP/ann")?.state, "RINGING", "at once");
    await eventually(() => {
      assert.equal(other.said.get("PJSIP/ann")?.state, "RINGING");
    });
    assert.equal(other.board.countOf("ann"), 1);
    assert.equal(other.said.get("SIP/ann")?.dialogs?.[0]?.remote?.uri, "sip:7%220%3C1%3E@pbx.example");
    one.board.change("a", { phase: "up", isHeld: true });
    await eventually(() => {
      assert.equal(other.said.get("SIP/ann")?.state, "ONHOLD");
    });
    one.board.remove("a");
    await eventually(() => {
      assert.equal(other.said.size, 0);
    });
    assert.equal(one.said.size, 0);
  });

  it("tells the end of a call when the store is back that was away when it ended", async () => {
    const [one, other] = [await board("one"), await board("other")];
    one.board.put(LEG);
    await eventually(() => {
      assert.equal(other.said.size, 2);
    });
    away.isAway = true;
    one.board.remove("a");
    assert.equal(one.said.size, 0);
    await new Promise((resolve) => setImmediate(resolve));
    away.isAway = false;
    await eventually(() => {
      assert.equal(other.said.size, 0);
    });
  });

  it("writes what is on its way when it stops, and nothing more", async () => {
    const one = await board("one");
    one.board.put(LEG);
    await one.stop();
    assert.equal((await away.store.readAll(COLLECTIONS.leg)).length, 1);
    away.isAway = true;
    one.board.remove("a");
    assert.equal(away.refused, 0, "asked the store after its stop");
  });

  it("forgets the calls of a process of its name that was, and of a node that is gone", async () => {
    const first = await board("one");
    first.board.put(LEG);
    const other = await board("other");
    await eventually(() => {
      assert.equal(other.said.size, 2);
    });
    await board("one");
    await eventually(() => {
      assert.equal(other.said.size, 0);
    });
    first.board.put({ ...LEG, id: "b" });
    await eventually(() => {
      assert.equal(other.said.size, 2);
    });
    await other.board.nodeGone("one");
    await eventually(() => {
      assert.equal(other.said.size, 0);
    });
  });
});
