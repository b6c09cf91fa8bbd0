import assert from "node:assert/strict";
import { TimerRunner } from "#app/timer-runner";
import { quietLog } from "#base/log";
import type { Store } from "#store/store";
import { FakeClock } from "#test/support/fake-clock";

describe("timers of the store", () => {
  it("tells an outage of the store once, and the next one again", async () => {
    let isDown = true;
    const told: string[] = [];
    const clock = new FakeClock();
    const claimDue = (): Promise<never[]> => (isDown ? Promise.reject(new Error("away")) : Promise.resolve([]));
    const runner = new TimerRunner({
      store: { timers: { claimDue } } as unknown as Store,
      clock,
      log: { ...quietLog, warn: (message) => told.push(message) },
      handlers: new Map([["device", () => Promise.resolve()]]),
    });
    const pass = async (seconds: number): Promise<void> => {
      for (let at = 0; at < seconds; at += 1) await clock.advanceAndSettle(1000);
    };
    runner.start();
    await pass(60);
    assert.equal(told.length, 1);
    isDown = false;
    await pass(2);
    isDown = true;
    await pass(60);
    assert.equal(told.length, 2);
    await runner.stop();
  });
});
