import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { advanceLine } from "#domain/line/line-table";
import { IDLE_LINE, type Line } from "#domain/line/line";
import type { LineEffect } from "#domain/line/line-effect";
import type { LineEvent } from "#domain/line/line-event";
import type { LineRules } from "#domain/line/line-rules";
import { StoreError } from "#store/errors";
import type { Store } from "#store/store";
import { COLLECTIONS } from "../collections.ts";
import { runAggregate } from "../run-aggregate.ts";
import { storedLine } from "../stored-shapes.ts";
import { storedValue } from "../stored-value.ts";

export interface LineStoreParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** How a trunk of the site behaves; undefined: there is none any more. */
  readonly rules: (trunk: string) => LineRules | undefined;
  /** Does what follows from an event of this node, once it is decided. */
  readonly perform: (trunk: string, effects: readonly LineEffect[]) => void;
  /** A line is another, whoever moved it. */
  readonly changed: (trunk: string, line: Line, before: Line) => void;
}

const WRITE_AGAIN_MS = 1000;

/**
 * The lines of all trunks: one event after the other for each, decided by whoever commits first, so that of two keys pressed at two nodes one
 * wins (R15). While the store is away lines go on from memory, and are written when it is back.
 */
export class LineStore {
  readonly #parts: LineStoreParts;
  readonly #lines = new Map<string, Line>();
  readonly #turns = new Map<string, Promise<void>>();
  readonly #unwritten = new Set<string>();
  #stopTimer: StopTimer | undefined;

  constructor(parts: LineStoreParts) {
    this.#parts = parts;
  }

  async start(): Promise<Stop> {
    const stop = await this.#parts.store.watch(COLLECTIONS.trunk, ({ id, value }) => {
      if (!this.#unwritten.has(id)) this.#take(id, value === undefined ? IDLE_LINE : this.#read(id, value));
    });
    return async () => {
      this.#stopTimer?.();
      await stop();
    };
  }

  line(trunk: string): Line {
    return this.#lines.get(trunk) ?? IDLE_LINE;
  }

  /** Names of the lines that are not idle. */
  get busy(): readonly string[] {
    return [...this.#lines.keys()];
  }

  /** Resolves when the event is decided and done. Never rejects. */
  feed(trunk: string, event: LineEvent): Promise<void> {
    const before = this.#turns.get(trunk) ?? Promise.resolve();
    const turn = before
      .then(() => this.#move(trunk, event))
      .catch((error: unknown) => {
        this.#parts.log.error("a line could not be moved", { trunk, event: event.type, error: String(error) });
      });
    this.#turns.set(trunk, turn);
    void turn.then(() => {
      if (this.#turns.get(trunk) === turn) this.#turns.delete(trunk);
    });
    return turn;
  }

  async #move(trunk: string, event: LineEvent): Promise<void> {
    const rules = this.#parts.rules(trunk);
    if (rules === undefined) return;
    let effects: readonly LineEffect[] = [];
    let after: Line = this.line(trunk);
    const decide = (before: Line): boolean => {
      const step = advanceLine(rules, before, event);
      ({ state: after, effects } = step);
      return after !== before;
    };
    try {
      await this.#commit(trunk, decide, () => after);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // Calls do not wait for a store.
      if (decide(this.line(trunk))) this.#writeLater(trunk);
    }
    this.#take(trunk, after);
    this.#parts.perform(trunk, effects);
  }

  async #commit(trunk: string, decide: (before: Line) => boolean, after: () => Line): Promise<void> {
    // What was decided without the store counts: nobody else moved the legs of this node.
    const own = this.#unwritten.has(trunk) ? this.line(trunk) : undefined;
    await runAggregate(this.#parts.store, COLLECTIONS.trunk, trunk, (current) => {
      const stored = current === undefined ? IDLE_LINE : this.#read(trunk, current.value);
      if (!decide(own ?? stored) && own === undefined) return { value: undefined };
      return { value: written(after()) };
    });
    this.#unwritten.delete(trunk);
  }

  #writeLater(trunk: string): void {
    this.#unwritten.add(trunk);
    this.#stopTimer ??= this.#parts.clock.after(WRITE_AGAIN_MS, () => {
      this.#stopTimer = undefined;
      for (const name of this.#unwritten) void this.feed(name, { type: "timePassed", at: this.#parts.clock.now() });
    });
  }

  #take(trunk: string, line: Line): void {
    const before = this.line(trunk);
    if (line.phase === "idle") this.#lines.delete(trunk);
    else this.#lines.set(trunk, line);
    if (line !== before) this.#parts.changed(trunk, line, before);
  }

  #read(trunk: string, value: string): Line {
    const line = storedValue(storedLine, value);
    if (line === undefined) this.#parts.log.error("what is stored of a trunk cannot be read and counts as idle", { trunk });
    return line ?? IDLE_LINE;
  }
}

function written(line: Line): string | null {
  return line.phase === "idle" ? null : JSON.stringify(line);
}
