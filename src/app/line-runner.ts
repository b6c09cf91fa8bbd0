import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { lineView, sameLineView, type LineFacts, type LineView } from "#domain/appearance/line-view";
import type { Holder } from "#domain/appearance/seizure-table";
import {
  nextEnd,
  NO_SEIZURES,
  seize,
  seizureOf,
  seizuresAfter,
  type SeizeAsk,
  type SeizeOutcome,
  type Seizure,
  type Seizures,
} from "#domain/appearance/seizures";
import { lampOf } from "#domain/lamp/lamp";
import type { Slots } from "#domain/lamp/device-state";
import { clearSlot } from "#domain/lamp/slots";
import { SharedLines, lineOfAccount, type SharedLine } from "#domain/site/shared-lines";
import { EMPTY_SITE, type Site } from "#domain/site/site";
import { devicesOfAccount } from "#sources/registrar/registrar-source";
import type { DueTimer, Store, TimerChange } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import type { LampRunner } from "./lamp-runner.ts";
import { runAggregate } from "./run-aggregate.ts";
import type { SiteRunner } from "./site-runner.ts";
import { storedSeizures } from "./stored-shapes.ts";
import { storedValue } from "./stored-value.ts";

/** Name of the slot that says that a line is off hook. */
export const SEIZE_SOURCE = "seize";

const EXPIRY_TIMER = "expiry";
/** The node that speaks to the phone ends its subscription to the second; when that node is dead, the store frees the line a moment later. */
const NODE_DEAD_MS = 1000;

/** A line of the site: a trunk that stations share, or an account that several phones register with. */
export type LineName = { readonly type: "trunk" | "account"; readonly name: string };

export interface LineRunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly site: Pick<SiteRunner, "account">;
  readonly lamps: LampRunner;
  readonly isRegistered: (holder: Holder) => boolean;
  /** Does anybody watch this line? What nobody watches is not kept. */
  readonly isWatched: (line: string) => boolean;
  /** A line shows something else. */
  readonly changed: (line: string) => void;
  /** A subscription holds nothing of this line any more. */
  readonly freed: (line: string, subscription: string) => void;
}

/** Key of a line in the store and among the resources. */
export function lineKey({ type, name }: LineName): string {
  return `${type}/${name}`;
}

/** The line of a key. */
export function lineOfKey(line: string): LineName {
  const slash = line.indexOf("/");
  return { type: line.slice(0, slash) === "trunk" ? "trunk" : "account", name: line.slice(slash + 1) };
}

/** Lines that several phones show, and what is seized of them: kept in the store, so that of two phones at two nodes one wins. */
export class LineRunner {
  readonly #parts: LineRunnerParts;
  readonly #seizures = new Map<string, Seizures>();
  /** Lines that somebody asked for, as they were told. */
  readonly #views = new Map<string, LineView>();
  /** Devices whose slot says that their line is off hook, by line. */
  readonly #lit = new Map<string, readonly string[]>();
  #shared = new SharedLines(EMPTY_SITE);

  constructor(parts: LineRunnerParts) {
    this.#parts = parts;
  }

  /** Starts following the store; resolves when everything seized is known. */
  async start(): Promise<Stop> {
    return this.#parts.store.watch(
      COLLECTIONS.line,
      ({ id, value }) => {
        this.#take(id, value === undefined ? NO_SEIZURES : this.#read(id, value));
      },
      ({ id, value }) => timersOf(this.#read(id, value)),
    );
  }

  /** Takes over a reading of the site. */
  setSite(site: Site): void {
    this.#shared = new SharedLines(site);
    for (const line of this.#seizures.keys()) this.#light(line);
    for (const line of [...this.#views.keys()]) this.#look(line);
  }

  /** Keys of the lines of the site. */
  get shared(): SharedLines {
    return this.#shared;
  }

  /** What a line shows now, the same object as long as that is the same; undefined: there is no such line. */
  view(line: string): LineView | undefined {
    const view = this.#viewOf(line);
    const known = this.#views.get(line);
    if (view === undefined) this.#views.delete(line);
    else if (known === undefined || !sameLineView(known, view)) this.#views.set(line, view);
    return this.#views.get(line);
  }

  /** What a subscription holds of a line. */
  held(line: string, subscription: string): Seizure | undefined {
    return this.#lineOf(line) === undefined ? undefined : seizureOf(this.#of(line), subscription);
  }

  /** A device says something else: so may its lines. */
  deviceChanged(device: string): void {
    if (this.#views.size === 0) return;
    for (const line of this.#linesOf(device)) if (this.#views.has(line)) this.#look(line);
  }

  /** Resolves when it is durable; undefined: there is no such line. */
  async seize(line: string, wish: Omit<SeizeAsk, "at" | "isRegistered">): Promise<SeizeOutcome | undefined> {
    let outcome: SeizeOutcome | undefined;
    await this.#commit(line, (before) => {
      const known = this.#lineOf(line);
      if (known === undefined) return before;
      const inCall = new Set(lineView(this.#factsOf(known, NO_SEIZURES)).appearances.map(({ index }) => index));
      const isRegistered = this.#parts.isRegistered(wish.holder);
      outcome = seize(before, { ...wish, isRegistered, at: this.#parts.clock.now() }, { ...known, inCall });
      return outcome.type === "granted" ? outcome.seizures : before;
    });
    return outcome;
  }

  /** What a subscription holds is held longer; resolves with false when it holds nothing. */
  async keep(line: string, subscription: string, until: number): Promise<boolean> {
    let isHeld = false;
    await this.#commit(line, (before) => {
      isHeld = seizureOf(before, subscription) !== undefined;
      return seizuresAfter(before, { type: "keep", subscription, until });
    });
    return isHeld;
  }

  /** A subscription is over. */
  release(line: string, subscription: string): void {
    if (seizureOf(this.#of(line), subscription) === undefined) return;
    this.#freeing(line, (before) => seizuresAfter(before, { type: "release", subscription }));
  }

  /** A device has just started: what it held of a line is free. */
  forsake(line: string, holder: Holder): void {
    const forsaken = (before: Seizures): Seizures => seizuresAfter(before, { type: "forsake", holder });
    if (forsaken(this.#of(line)) !== this.#of(line)) this.#freeing(line, forsaken);
  }

  /** The registrations of an account changed: a device that was there and is gone holds nothing. */
  registrationChanged(account: string): void {
    for (const [line, seizures] of this.#seizures)
      for (const { holder, isRegistered } of seizures)
        if (holder.account === account && isRegistered && !this.#parts.isRegistered(holder)) this.forsake(line, holder);
  }

  /** The time of something seized is over, and nobody has freed it. */
  expire = async ({ id }: DueTimer): Promise<void> => {
    await this.#commit(id, (before) => seizuresAfter(before, { type: "timePassed", at: this.#parts.clock.now() }), true);
  };

  #of(line: string): Seizures {
    return this.#seizures.get(line) ?? NO_SEIZURES;
  }

  #take(line: string, seizures: Seizures): void {
    const before = this.#of(line);
    if (seizures.length === 0) this.#seizures.delete(line);
    else this.#seizures.set(line, seizures);
    this.#light(line);
    if (this.#views.has(line)) this.#look(line);
    for (const { subscription } of before)
      if (seizureOf(seizures, subscription) === undefined) this.#parts.freed(line, subscription);
  }

  #look(line: string): void {
    if (!this.#parts.isWatched(line)) {
      this.#views.delete(line);
      return;
    }
    const before = this.#views.get(line);
    if (this.view(line) !== before) this.#parts.changed(line);
  }

  /** Off hook is in use: on all lamps of the line (presence.md §2.3). */
  #light(line: string): void {
    const seizures = this.#of(line);
    const devices = seizures.length === 0 ? [] : (this.#lineOf(line)?.devices ?? []);
    for (const device of this.#lit.get(line) ?? []) if (!devices.includes(device)) this.#parts.lamps.forget(device, SEIZE_SOURCE);
    if (devices.length === 0) this.#lit.delete(line);
    else this.#lit.set(line, devices);
    const dialogs = seizures.map(({ index }) => ({
      id: `${SEIZE_SOURCE} ${index}`,
      direction: "initiator" as const,
      phase: "trying" as const,
    }));
    const cause = `off hook at ${seizures.map(({ holder }) => holder.account).join(", ")}`;
    for (const device of devices) this.#parts.lamps.report(device, SEIZE_SOURCE, { state: "INUSE", cause, dialogs });
  }

  #viewOf(line: string): LineView | undefined {
    const known = this.#lineOf(line);
    return known === undefined ? undefined : lineView(this.#factsOf(known, this.#of(line)));
  }

  #factsOf({ devices, holdsPrivately }: SharedLine, seizures: Seizures): LineFacts {
    const slots = (device: string): Slots => clearSlot(this.#parts.lamps.board.deviceSlots(device), SEIZE_SOURCE);
    return { seizures, calls: lampOf(devices, { slots, defaultState: () => "NOT_INUSE" }), holdsPrivately };
  }

  #lineOf(line: string): SharedLine | undefined {
    const { type, name } = lineOfKey(line);
    if (type === "trunk") return this.#shared.trunk(name);
    const account = this.#parts.site.account(name);
    return account === undefined ? undefined : lineOfAccount(account, devicesOfAccount(name));
  }

  #linesOf(device: string): readonly string[] {
    const key = this.#shared.keyOf([device]);
    if (key !== undefined) return [lineKey({ type: "trunk", name: key.trunk })];
    const slash = device.indexOf("/");
    return slash === -1 ? [] : [lineKey({ type: "account", name: device.slice(slash + 1) })];
  }

  /** Until it is done by somebody: what cannot be written now, the timer frees. */
  #freeing(line: string, reduce: (before: Seizures) => Seizures): void {
    this.#commit(line, reduce).catch((error: unknown) => {
      this.#parts.log.warn("a line could not be freed, it is when its time is over", { line, error: String(error) });
    });
  }

  async #commit(line: string, reduce: (before: Seizures) => Seizures, evenIfSame = false): Promise<void> {
    await runAggregate(this.#parts.store, COLLECTIONS.line, line, (current) => {
      const before = current === undefined ? NO_SEIZURES : this.#read(line, current.value);
      const after = reduce(before);
      if (after === before && !evenIfSame) return { value: undefined };
      return { value: after.length === 0 ? null : JSON.stringify(after), timers: timersOf(after) };
    });
  }

  #read(line: string, value: string): Seizures {
    const seizures = storedValue(storedSeizures, value);
    if (seizures === undefined) this.#parts.log.error("what is stored of a line cannot be read and counts as free", { line });
    return seizures ?? NO_SEIZURES;
  }
}

function timersOf(seizures: Seizures): readonly TimerChange[] {
  const end = nextEnd(seizures);
  return [{ name: EXPIRY_TIMER, dueAt: end === undefined ? null : end + NODE_DEAD_MS }];
}
