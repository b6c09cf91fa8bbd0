import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { CALLS_SOURCE, callsReport, type OwnCall } from "#sources/calls/own-calls";
import { devicesOfAccount } from "#sources/registrar/registrar-source";
import type { Store } from "#store/store";
import { COLLECTIONS } from "../collections.ts";
import type { LampRunner } from "../lamp-runner.ts";
import { storedLeg } from "../stored-shapes.ts";
import { storedValue } from "../stored-value.ts";
import { numberUri } from "./identity.ts";

/** One leg of a call, as all nodes know it. Text, not escaped. */
export interface LegRecord {
  readonly id: string;
  readonly node: string;
  /** Of the phone or peer; absent: a trusted source without one. */
  readonly account?: string;
  /** Who called: they us, or we them. */
  readonly direction: "incoming" | "outgoing";
  readonly phase: "trying" | "ringing" | "up";
  readonly isHeld: boolean;
  /** Whom it talks to, as far as that may be shown. */
  readonly remote: { readonly number: string; readonly name: string };
  /** Epoch milliseconds. */
  readonly since: number;
  readonly answeredAt?: number;
  /** Trunk whose line it is on. */
  readonly line?: string;
  /** Legs of one call have the same. On a line: the line's call, from the first leg to the last. */
  readonly call: string;
}

export interface CallBoardParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly log: Log;
  readonly node: string;
  readonly lamps: Pick<LampRunner, "report" | "forget">;
  readonly domain: () => string;
  /** From how many calls on an account is busy. */
  readonly busyFrom: (account: string) => number | undefined;
  /** A leg is there, says something else, or is over (undefined). */
  readonly changed?: (id: string, record: LegRecord | undefined) => void;
}

const WRITE_AGAIN_MS = 1000;

/**
 * All legs of all nodes. Those of this node count as soon as they are told, and go into the store behind that; those of others come from
 * there (B-26). What they say of phones is the slot `calls`.
 */
export class CallBoard {
  readonly #parts: CallBoardParts;
  readonly #legs = new Map<string, LegRecord>();
  readonly #byAccount = new Map<string, Set<string>>();
  /** Worked out once: every leg of a trunk is told again with each change of another. */
  readonly #told = new WeakMap<LegRecord, OwnCall>();
  /** Legs of this node whose newest state is not in the store yet. */
  readonly #unwritten = new Set<string>();
  readonly #writing = new Map<string, Promise<void>>();
  #stopTimer: StopTimer | undefined;
  #isStopped = false;

  constructor(parts: CallBoardParts) {
    this.#parts = parts;
  }

  /** Starts following the store; legs of a process of this name that was are over. */
  async start(): Promise<Stop> {
    const stop = await this.#parts.store.watch(COLLECTIONS.leg, ({ id, value }) => {
      const record = value === undefined ? undefined : storedValue(storedLeg, value);
      // Its own are known here before they are there.
      if (record?.node === this.#parts.node || this.#legs.get(id)?.node === this.#parts.node) return;
      this.#set(id, record);
    });
    await this.nodeGone(this.#parts.node);
    return async () => {
      this.#isStopped = true;
      this.#stopTimer?.();
      await Promise.all([stop(), ...this.#writing.values()]);
    };
  }

  list(): readonly LegRecord[] {
    return [...this.#legs.values()];
  }

  /** How many legs an account has, on all nodes. */
  countOf(account: string): number {
    return this.#byAccount.get(account)?.size ?? 0;
  }

  /** A leg of this node is there, or says something else. */
  put(record: Omit<LegRecord, "node">): void {
    this.#set(record.id, { ...record, node: this.#parts.node });
    this.#write(record.id);
  }

  change(id: string, changed: Partial<Omit<LegRecord, "id" | "node">>): void {
    const record = this.#legs.get(id);
    if (record !== undefined) this.put({ ...record, ...changed });
  }

  /** A leg of this node is on a line, as part of that line's call; or no longer (undefined): its call stays the same. */
  seat(id: string, on: { readonly line: string; readonly call: string } | undefined): void {
    const record = this.#legs.get(id);
    if (record === undefined) return;
    const { line, ...others } = record;
    if (line === on?.line && (on === undefined || record.call === on.call)) return;
    this.put(on === undefined ? others : { ...others, ...on });
  }

  /** A leg of this node or another; undefined: there is none. */
  leg(id: string): LegRecord | undefined {
    return this.#legs.get(id);
  }

  /** A leg of this node is over. */
  remove(id: string): void {
    if (this.#legs.get(id)?.node !== this.#parts.node) return;
    this.#set(id, undefined);
    this.#write(id);
  }

  /** A node is gone, and its legs with it. */
  async nodeGone(node: string): Promise<void> {
    const { store } = this.#parts;
    for (const { id, value } of await store.readAll(COLLECTIONS.leg)) {
      const record = storedValue(storedLeg, value);
      if ((record === undefined || record.node === node) && this.#legs.get(id)?.node !== this.#parts.node)
        await this.#commit(id, null);
    }
  }

  #set(id: string, record: LegRecord | undefined): void {
    const before = this.#legs.get(id);
    if (record === undefined) this.#legs.delete(id);
    else this.#legs.set(id, record);
    const accounts = new Set([before, record].flatMap((known) => known?.account ?? []));
    for (const account of accounts) {
      const ids = this.#byAccount.get(account) ?? new Set<string>();
      if (record?.account === account) this.#byAccount.set(account, ids.add(id));
      else ids.delete(id);
      this.#report(account);
    }
    this.#parts.changed?.(id, record);
  }

  #report(account: string): void {
    const ids = this.#byAccount.get(account) ?? new Set<string>();
    const calls = [...ids].flatMap((id) => this.#ownCall(id) ?? []);
    const report = callsReport(calls, this.#parts.busyFrom(account));
    if (ids.size === 0) this.#byAccount.delete(account);
    for (const device of devicesOfAccount(account))
      if (report === undefined) this.#parts.lamps.forget(device, CALLS_SOURCE);
      else this.#parts.lamps.report(device, CALLS_SOURCE, report);
  }

  #ownCall(id: string): OwnCall | undefined {
    const record = this.#legs.get(id);
    if (record === undefined) return undefined;
    const told = this.#told.get(record) ?? this.#tell(record);
    this.#told.set(record, told);
    return told;
  }

  #tell(record: LegRecord): OwnCall {
    const { number, name } = record.remote;
    const remote = number === "" ? undefined : { uri: numberUri(number, this.#parts.domain()), ...(name === "" ? {} : { name }) };
    return {
      id: record.id,
      direction: record.direction === "incoming" ? "initiator" : "recipient",
      phase: record.phase,
      isHeld: record.isHeld,
      ...(remote === undefined ? {} : { remote }),
    };
  }

  /** The newest state of a leg, one write at a time. */
  #write(id: string): void {
    // Legs that end after the stop are taken away by whoever sees that this node is gone, or by its next start.
    if (this.#isStopped) return;
    this.#unwritten.add(id);
    if (this.#writing.has(id)) return;
    const written = this.#writeAll(id).finally(() => this.#writing.delete(id));
    this.#writing.set(id, written);
  }

  async #writeAll(id: string): Promise<void> {
    while (this.#unwritten.delete(id)) {
      const record = this.#legs.get(id);
      try {
        await this.#commit(id, record === undefined ? null : JSON.stringify(record));
      } catch (error) {
        // Other nodes would show it for ever.
        this.#parts.log.warn("a call cannot be told to the other nodes now", { leg: id, error: String(error) });
        this.#unwritten.add(id);
        this.#writeAgain();
        return;
      }
    }
  }

  /** All that the store did not take, in a while. */
  #writeAgain(): void {
    if (this.#isStopped) return;
    this.#stopTimer ??= this.#parts.clock.after(WRITE_AGAIN_MS, () => {
      this.#stopTimer = undefined;
      for (const id of this.#unwritten) this.#write(id);
    });
  }

  async #commit(id: string, value: string | null): Promise<void> {
    await this.#parts.store.commit({ collection: COLLECTIONS.leg, id, expect: "any", value, durability: "written" });
  }
}
