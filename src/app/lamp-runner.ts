import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { defaultStates } from "#domain/lamp/default-state";
import type { DeviceState, Slots } from "#domain/lamp/device-state";
import { LampBoard } from "#domain/lamp/lamp-board";
import type { LampView } from "#domain/lamp/lamp-view";
import { applyReport, clearSlot, expireSlots, nextExpiry, NO_SLOTS, type SlotReport } from "#domain/lamp/slots";
import { API_SOURCE, apiReport } from "#sources/api/api-source";
import { isPattern } from "#domain/dialplan/pattern";
import type { Hint, Site } from "#domain/site/site";
import type { HintIndex } from "#domain/site/visible-hint";
import type { Change, DueTimer, Store, TimerChange } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { PatternLamps } from "./pattern-lamps.ts";
import { runAggregate } from "./run-aggregate.ts";
import { storedSlots } from "./stored-shapes.ts";
import { storedValue } from "./stored-value.ts";

/** What others want to hear of lamps and devices. */
export interface LampListener {
  lampChanged(lamp: LampView): void;
  lampRemoved(lamp: LampView): void;
  deviceChanged(device: string): void;
}

export interface LampRunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Does anybody watch this lamp? */
  readonly isWatched: (lamp: Pick<Hint, "extension" | "context">) => boolean;
}

const EXPIRY_TIMER = "expiry";

/**
 * Brings the facts to the lamps: slots that the store keeps (its change feed is the only way in, on every node alike) and slots that this
 * node derives. Tells the listeners which lamps show something else.
 */
export class LampRunner {
  readonly board = new LampBoard();
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #patternLamps: PatternLamps;
  readonly #listeners: LampListener[] = [];
  readonly #stored = new Map<string, Slots>();
  readonly #derived = new Map<string, Slots>();

  constructor(parts: LampRunnerParts) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#patternLamps = new PatternLamps(this.board, {
      isWatched: parts.isWatched,
      forgotten: (lamp) => {
        this.#removed(lamp);
      },
    });
  }

  listen(listener: LampListener): void {
    this.#listeners.push(listener);
  }

  /** Starts following the store; resolves when every stored slot is on the board. */
  async start(): Promise<Stop> {
    const take = ({ id, value }: Change): void => {
      // What ended while nobody looked must not be shown until its timer is settled.
      const slots = value === undefined ? NO_SLOTS : expireSlots(this.#readSlots(id, value), this.#clock.now());
      if (slots === NO_SLOTS) this.#stored.delete(id);
      else this.#stored.set(id, slots);
      this.#refresh(id);
    };
    return this.#store.watch(COLLECTIONS.device, take, ({ id, value }) => expiryTimers(this.#readSlots(id, value)));
  }

  /** Takes over a reading of the site. */
  setSite(site: Site, index: HintIndex): void {
    const hints = [...site.hints.filter(({ extension }) => !isPattern(extension)), ...this.#patternLamps.under(index)];
    const { removed, changed } = this.board.replaceHints(hints, defaultStates(site), this.#clock.now());
    for (const lamp of removed) this.#removed(lamp);
    this.#tell(changed);
  }

  /** The lamp of a hint; of a pattern's, the first look makes it. */
  lamp(hint: Hint): LampView | undefined {
    const known = this.board.lamp(hint.extension, hint.context);
    if (known !== undefined || hint.pattern === undefined) return known;
    return this.#patternLamps.add(hint, this.#clock.now());
  }

  /** Names of all devices that a hint or a source names. */
  devices(): readonly string[] {
    return [...new Set([...this.board.devices(), ...this.#stored.keys(), ...this.#derived.keys()])];
  }

  /** A source of this node reports. */
  report(device: string, source: string, report: SlotReport): void {
    const before = this.#derived.get(device) ?? NO_SLOTS;
    this.#derive(device, before, applyReport(before, source, report, this.#clock.now()));
  }

  /** A source of this node has nothing more to say of a device (its account is gone). */
  forget(device: string, source: string): void {
    const before = this.#derived.get(device) ?? NO_SLOTS;
    this.#derive(device, before, clearSlot(before, source));
  }

  /** Several slots of one device at once, each with the time it says the same since at least; `gone` have nothing more to say. */
  reportAll(
    device: string,
    reports: ReadonlyMap<string, { readonly report: SlotReport; readonly at: number }>,
    gone: readonly string[],
  ): void {
    const before = this.#derived.get(device) ?? NO_SLOTS;
    let after = before;
    for (const [source, { report, at }] of reports) after = applyReport(after, source, report, at);
    for (const source of gone) after = clearSlot(after, source);
    this.#derive(device, before, after);
  }

  /** Writes slot `api`; resolves when it is durable (design §9.25). */
  async put(device: string, state: DeviceState, ttlSeconds: number | undefined): Promise<void> {
    await this.#change(device, (slots) => {
      const at = this.#clock.now();
      return applyReport(slots, API_SOURCE, apiReport(state, ttlSeconds, at), at);
    });
  }

  /** Ends slot `api`; resolves when it is durable. */
  async clear(device: string): Promise<void> {
    await this.#change(device, (slots) => clearSlot(slots, API_SOURCE));
  }

  /** A stored slot is due to end. */
  expire = async ({ id }: DueTimer): Promise<void> => {
    await this.#change(id, (slots) => expireSlots(slots, this.#clock.now()), true);
  };

  #derive(device: string, before: Slots, after: Slots): void {
    if (after === before) return;
    if (after === NO_SLOTS) this.#derived.delete(device);
    else this.#derived.set(device, after);
    this.#refresh(device);
  }

  async #change(device: string, reduce: (slots: Slots) => Slots, evenIfSame = false): Promise<void> {
    await runAggregate(this.#store, COLLECTIONS.device, device, (current) => {
      const before = current === undefined ? NO_SLOTS : this.#readSlots(device, current.value);
      const after = reduce(before);
      if (after === before && !evenIfSame) return { value: undefined };
      const isEmpty = Object.keys(after).length === 0;
      if (isEmpty && current === undefined && !evenIfSame) return { value: undefined };
      return {
        value: isEmpty ? null : JSON.stringify(after),
        timers: expiryTimers(after),
      };
    });
  }

  #readSlots(device: string, value: string): Slots {
    const slots = storedValue(storedSlots, value);
    if (slots === undefined) this.#log.error("a stored device cannot be read and counts as empty", { device });
    return slots ?? NO_SLOTS;
  }

  #refresh(device: string): void {
    const slots = { ...this.#derived.get(device), ...this.#stored.get(device) };
    const changed = this.board.setDeviceSlots(device, slots, this.#clock.now());
    for (const listener of this.#listeners) listener.deviceChanged(device);
    this.#tell(changed);
  }

  #removed(lamp: LampView): void {
    for (const listener of this.#listeners) listener.lampRemoved(lamp);
  }

  #tell(lamps: readonly LampView[]): void {
    for (const lamp of lamps) for (const listener of this.#listeners) listener.lampChanged(lamp);
  }
}

function expiryTimers(slots: Slots): readonly TimerChange[] {
  return [{ name: EXPIRY_TIMER, dueAt: nextExpiry(slots) ?? null }];
}
