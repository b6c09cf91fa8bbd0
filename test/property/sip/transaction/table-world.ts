import assert from "node:assert/strict";
import fc from "fast-check";
import { step, type Step, type Table } from "#base/machine";

/** What the four tables have in common: effects by name, timers by the RFC's letters. */
export interface AnyEffect {
  readonly type: string;
  readonly timer?: string;
  readonly delayMs?: number;
}

export interface WorldParts<P extends string, S extends { phase: P }, E extends { type: string }, F extends AnyEffect> {
  readonly table: Table<P, S, E, F>;
  readonly first: Step<S, F>;
  /** Every event of the table that comes from outside, by its name. */
  readonly outside: Readonly<Record<string, E>>;
  /** The event of a timer that fires. */
  readonly fired: (timer: string) => E;
  /** A or E, G: the timer that repeats. It has a place of its own in the shell; all others share one. */
  readonly repeatTimer: string;
}

/** A table in a toy world that performs its effects and checks the promises which all four make, at every step. */
export class TableWorld<P extends string, S extends { phase: P }, E extends { type: string }, F extends AnyEffect> {
  state: S;
  /** Effects in the order they were performed. */
  readonly performed: F[] = [];
  /** Pauses of the repeat timer. */
  readonly pauses: number[] = [];
  readonly running = new Set<string>();
  terminated = 0;
  readonly #parts: WorldParts<P, S, E, F>;

  constructor(parts: WorldParts<P, S, E, F>) {
    this.#parts = parts;
    this.state = parts.first.state;
    this.#perform(parts.first.effects);
  }

  get phase(): string {
    return this.state.phase;
  }

  /** One of what can happen now: anything from outside, and the timers that run. */
  play(choice: number): readonly F[] {
    const events = [...Object.keys(this.#parts.outside), ...[...this.running].sort()];
    return this.happen(events[choice % events.length] ?? "");
  }

  happen(name: string): readonly F[] {
    const outside = this.#parts.outside[name];
    this.running.delete(outside === undefined ? name : "");
    const wasOver = this.terminated > 0;
    const next = step(this.#parts.table, this.state, outside ?? this.#parts.fired(name));
    if (wasOver) {
      assert.deepEqual(next.effects, [], `${name} has effects after the end`);
      assert.equal(next.state, this.state, `${name} moves it after the end`);
    }
    this.state = next.state;
    this.#perform(next.effects);
    return next.effects;
  }

  count(type: string): number {
    return this.performed.filter((effect) => effect.type === type).length;
  }

  /** Nothing comes from outside any more: timers fire until none runs. */
  fireAll(roundsMax = 200): void {
    for (let round = 0; round < roundsMax && this.running.size > 0; round += 1) {
      // The repeat timer is the shorter one; its turns come first, then the one that ends it all.
      const { repeatTimer } = this.#parts;
      const end = [...this.running].find((timer) => timer !== repeatTimer);
      this.happen(round % 12 !== 11 && this.running.has(repeatTimer) ? repeatTimer : (end ?? repeatTimer));
    }
  }

  #perform(effects: readonly F[]): void {
    for (const effect of effects) {
      this.performed.push(effect);
      if (effect.type === "startTimer") this.#start(effect.timer ?? "", effect.delayMs ?? -1);
      else if (effect.type === "stopTimer") this.running.delete(effect.timer ?? "");
      else if (effect.type === "terminate") {
        this.terminated += 1;
        assert.equal(this.terminated, 1, "ends twice");
        assert.equal(this.state.phase, "terminated");
        assert.deepEqual([...this.running], [], "a timer outlives the transaction");
      }
    }
    assert.equal(this.state.phase === "terminated", this.terminated === 1, "terminated without saying so");
  }

  #start(timer: string, delayMs: number): void {
    assert.ok(delayMs > 0);
    const { repeatTimer } = this.#parts;
    const same = [...this.running].filter((other) => (other === repeatTimer) === (timer === repeatTimer));
    assert.deepEqual(same, [], `${timer} starts over another one`);
    this.running.add(timer);
    if (timer === repeatTimer) this.pauses.push(delayMs);
  }
}

/** Any order of what can happen, long enough for every timer to come round. */
export const plays = fc.array(fc.nat({ max: 999 }), { maxLength: 40 });

/** T1 is not 500, so that a table that takes a number from elsewhere is found out. */
export const someTimes = fc.record({
  t1: fc.integer({ min: 10, max: 2000 }),
  t2: fc.integer({ min: 2000, max: 8000 }),
  t4: fc.integer({ min: 1000, max: 9000 }),
});
