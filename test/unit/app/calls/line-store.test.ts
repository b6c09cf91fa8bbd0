import assert from "node:assert/strict";
import { LineStore } from "#app/calls/line-store";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import type { LineEffect } from "#domain/line/line-effect";
import type { LineEvent } from "#domain/line/line-event";
import type { LineRules } from "#domain/line/line-rules";
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";
import { openAwayStore, type AwayStore } from "./away-store.ts";

const RULES: LineRules = {
  ...{ name: "T1", device: "SIP/provider", barge: true, hold: "open", attemptCallerId: true },
  ...{ ringTimeoutMs: 0, dialTimeoutMs: 120_000 },
  stations: ["S1", "S2"].map((name) => ({ name, hold: "open", holdMode: "keep" })),
};

const press = (station: string, node: string): LineEvent => ({
  ...{ type: "press", at: 1, station, node, isOwnDevice: true },
  ...{ leg: `${node} ${station}`, newLeg: `${node} trunk` },
});

describe("lines in the store (R15)", () => {
  const started = stopAfterEach();
  let away: AwayStore;

  beforeEach(async () => {
    away = started(await openAwayStore());
  });

  /** The lines of a node, and what they were told to do. */
  async function lines(): Promise<{ readonly lines: LineStore; readonly done: LineEffect[] }> {
    const done: LineEffect[] = [];
    const made = new LineStore({
      ...{ store: away.store, clock: systemClock, log: quietLog, rules: () => RULES },
      perform: (_, effects) => done.push(...effects),
      changed: () => undefined,
    });
    started(await made.start());
    return { lines: made, done };
  }

  it("of two keys pressed at two nodes at once one dials, and both nodes know which", async () => {
    for (let round = 0; round < 20; round += 1) {
      const [one, other] = [await lines(), await lines()];
      await Promise.all([one.lines.feed("T1", press("S1", "one")), other.lines.feed("T1", press("S2", "other"))]);
      const dials = [...one.done, ...other.done].filter(({ type }) => type === "dialTrunk");
      assert.equal(dials.length, 1, `round ${round}`);
      await eventually(() => {
        assert.deepEqual(one.lines.line("T1"), other.lines.line("T1"));
      });
      for (const node of ["one", "other"]) await one.lines.feed("T1", { type: "nodeLost", at: 2, node });
      assert.equal(one.lines.line("T1").phase, "idle");
    }
  });

  it("calls go on while the store is away, and are told when it is back", async () => {
    const [one, other] = [await lines(), await lines()];
    away.isAway = true;
    await one.lines.feed("T1", press("S1", "one"));
    assert.deepEqual(
      one.done.map(({ type }) => type),
      ["dialTrunk"],
    );
    await one.lines.feed("T1", { type: "trunkAnswered", at: 3, leg: "one trunk" });
    assert.equal(one.lines.line("T1").phase, "up");
    assert.equal(other.lines.line("T1").phase, "idle");
    away.isAway = false;
    await eventually(() => {
      assert.deepEqual(other.lines.line("T1"), one.lines.line("T1"));
    });
    await one.lines.feed("T1", { type: "left", at: 4, leg: "one trunk" });
    await eventually(() => {
      assert.equal(other.lines.line("T1").phase, "idle");
    });
  });
});
