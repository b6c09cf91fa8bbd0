import assert from "node:assert/strict";
import fc from "fast-check";
import { TimerWheel } from "#base/timer-wheel";
import { FakeClock } from "#test/support/fake-clock";

const TICK_MS = 50;

function newWheel(): { clock: FakeClock; wheel: TimerWheel } {
  const clock = new FakeClock();
  return { clock, wheel: new TimerWheel(clock, TICK_MS) };
}

describe("timer wheel", () => {
  it("fires in the tick after a timer is due, never early", () => {
    const { clock, wheel } = newWheel();
    let fired = 0;
    clock.advance(20);
    wheel.start(500, () => (fired += 1));
    clock.advance(499);
    assert.equal(fired, 0);
    clock.advance(1 + TICK_MS);
    assert.equal(fired, 1);
  });

  it("fires a timer of delay 0 in the next tick, not at once", () => {
    const { clock, wheel } = newWheel();
    let fired = 0;
    wheel.start(0, () => (fired += 1));
    assert.equal(fired, 0);
    clock.advance(TICK_MS);
    assert.equal(fired, 1);
  });

  it("starts a timer again, though not one that runs", () => {
    const { clock, wheel } = newWheel();
    let fired = 0;
    const timer = wheel.start(100, () => (fired += 1));
    assert.throws(() => {
      wheel.startAgain(timer, 100);
    });
    clock.advance(100 + TICK_MS);
    wheel.startAgain(timer, 200);
    clock.advance(199);
    assert.equal(fired, 1);
    clock.advance(1 + TICK_MS);
    assert.equal(fired, 2);
  });

  it("does not fire a timer early that another one of its tick stopped and started again", () => {
    const { clock, wheel } = newWheel();
    const fired: string[] = [];
    wheel.start(100, () => {
      wheel.stop(second);
      wheel.startAgain(second, 500);
    });
    const second = wheel.start(100, () => fired.push("second"));
    clock.advance(100 + TICK_MS);
    assert.deepEqual(fired, []);
    clock.advance(500 + TICK_MS);
    assert.deepEqual(fired, ["second"]);
  });

  it("does not fire what was stopped, and stops twice without harm", () => {
    const { clock, wheel } = newWheel();
    const fired: string[] = [];
    const stopped = wheel.start(100, () => fired.push("stopped"));
    wheel.start(100, () => fired.push("kept"));
    wheel.stop(stopped);
    wheel.stop(stopped);
    wheel.stop(undefined);
    clock.advance(200);
    assert.deepEqual(fired, ["kept"]);
  });

  it("lets a timer stop another one that is due in the same tick", () => {
    const { clock, wheel } = newWheel();
    const fired: string[] = [];
    const timers = ["a", "b"].map((name, at) =>
      wheel.start(100, () => {
        fired.push(name);
        wheel.stop(timers[1 - at]);
      }),
    );
    clock.advance(200);
    assert.equal(fired.length, 1);
  });

  it("holds delays longer than one round of its slots", () => {
    const { clock, wheel } = newWheel();
    let firedAt = 0;
    const start = clock.now();
    wheel.start(3_600_000, () => (firedAt = clock.now()));
    clock.advance(3_599_999);
    assert.equal(firedAt, 0);
    clock.advance(100);
    assert.ok(firedAt - start >= 3_600_000 && firedAt - start <= 3_600_000 + TICK_MS);
  });

  it("does not drift in a chain counted from the due moment", () => {
    const { clock, wheel } = newWheel();
    clock.advance(13);
    const start = clock.now();
    const firedAfter: number[] = [];
    const again = (): void => {
      firedAfter.push(clock.now() - start);
      timer = wheel.startAfter(timer, 4010, again);
    };
    let timer = wheel.start(4010, again);
    clock.advance(401_100);
    assert.ok(firedAfter.length >= 99);
    firedAfter.forEach((after, at) => {
      assert.ok(after >= 4010 * (at + 1) && after <= 4010 * (at + 1) + TICK_MS, `link ${at} after ${after} ms`);
    });
  });

  it("uses no timer of the runtime while it is empty", () => {
    const { clock, wheel } = newWheel();
    assert.equal(clock.pending, 0);
    const timer = wheel.start(100, () => undefined);
    assert.equal(clock.pending, 1);
    wheel.stop(timer);
    assert.equal(clock.pending, 0);
    wheel.start(100, () => undefined);
    clock.advance(150);
    assert.equal(clock.pending, 0);
    assert.equal(wheel.size, 0);
  });

  it("serves the others when one owner throws, and tells the error", () => {
    const { clock, wheel } = newWheel();
    const fired: string[] = [];
    wheel.start(100, () => {
      throw new Error("owner");
    });
    wheel.start(100, () => fired.push("same tick"));
    wheel.start(150, () => fired.push("later tick"));
    assert.throws(() => {
      clock.advance(100);
    }, /owner/);
    clock.advance(100);
    assert.deepEqual(fired, ["same tick", "later tick"]);
  });

  it("catches up after the process was held, each timer once", () => {
    const fired: number[] = [];
    let now = 0;
    let tick: (() => void) | undefined;
    const clock = {
      now: () => now,
      elapsed: () => now,
      after: (_delayMs: number, fire: () => void) => {
        tick = fire;
        return () => (tick = undefined);
      },
    };
    const wheel = new TimerWheel(clock, TICK_MS);
    for (let at = 1; at <= 3000; at += 1) wheel.start(at * 40, () => fired.push(at));
    now = 300_000;
    tick?.();
    assert.equal(new Set(fired).size, 3000);
    assert.equal(fired.length, 3000);
    assert.equal(wheel.size, 0);
  });

  it("goes on when the machine's clock is set back", () => {
    let now = 1_000_000;
    let tick: (() => void) | undefined;
    const clock = {
      now: () => now,
      elapsed: () => now,
      after: (_delayMs: number, fire: () => void) => {
        tick = fire;
        return () => (tick = undefined);
      },
    };
    const wheel = new TimerWheel(clock, TICK_MS);
    let fired = 0;
    wheel.start(100, () => (fired += 1));
    now -= 600_000;
    tick?.();
    now += 100;
    tick?.();
    now += 50;
    tick?.();
    assert.equal(fired, 1);
  });

  it("fires every timer that is not stopped exactly once, between due and due + one tick, for any order of starts and stops", () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.record({ type: fc.constant("start" as const), ms: fc.integer({ min: 0, max: 120_000 }) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant("stop" as const), ms: fc.nat(1000) }) },
      { weight: 3, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 60_000 }) }) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const { clock, wheel } = newWheel();
        const open = new Map<ReturnType<TimerWheel["start"]>, number>();
        for (const { type, ms } of actions) {
          if (type === "wait") clock.advance(ms);
          else if (type === "stop") {
            const timer = [...open.keys()][ms % Math.max(1, open.size)];
            wheel.stop(timer);
            if (timer !== undefined) open.delete(timer);
          } else {
            const dueAt = clock.now() + ms;
            const timer = wheel.start(ms, () => {
              assert.ok(open.delete(timer), "fired twice or after its stop");
              assert.ok(clock.now() >= dueAt && clock.now() <= dueAt + TICK_MS, `${clock.now() - dueAt} ms late`);
            });
            open.set(timer, dueAt);
          }
          assert.equal(wheel.size, open.size);
        }
        clock.advance(200_000);
        assert.equal(open.size, 0);
        assert.equal(clock.pending, 0);
      }),
      { numRuns: 2000 },
    );
  }).timeout(20_000);
});
