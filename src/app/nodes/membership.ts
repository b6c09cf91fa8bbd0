import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Store } from "#store/store";
import { COLLECTIONS } from "../collections.ts";
import { storedNode } from "../stored-shapes.ts";
import { storedValue } from "../stored-value.ts";
import { RENEWALS, TAKEOVER, type NodeLease } from "./node-lease.ts";
import type { NodeRecord } from "./node-record.ts";

/** A node as the others see it. */
export interface KnownNode extends NodeRecord {
  readonly node: string;
  readonly isAlive: boolean;
}

export interface MembershipParts {
  readonly store: Store;
  readonly lease: NodeLease;
  readonly node: string;
  readonly leaseSeconds: number;
  readonly http: () => string;
  /** Hosts of URIs that are this node's. */
  readonly hosts: () => readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Makes this node the owner of what `node` had, as long as `mayTake`; gives how many dialogs. */
  readonly takeOver: (node: string, mayTake: () => boolean) => Promise<number>;
  /** Finds out what came of takeovers whose end is not known. */
  readonly settle: () => Promise<void>;
}

/** Looks at the leases of the others in the time of one lease. */
const LOOKS = 5;
const LOOK_MIN_MS = 200;
/** Nodes that are remembered, those that are gone too: their phones still call them by their hosts. The oldest goes first. */
const MET_MAX = 1000;
/** Of those that are gone, so many are still asked whether they reach the store: the last ones. */
const GONE_ASKED_MAX = 20;

/** The nodes on one store: tells them of this one, and takes over from those whose lease has ended. */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #records = new Map<string, NodeRecord>();
  readonly #met = new Map<string, { readonly http: string; readonly hosts: ReadonlySet<string> }>();
  readonly #silent = new Set<string>();
  #stopTimer: StopTimer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  /** Announces this node and follows the others. */
  async start(): Promise<Stop> {
    await this.announce();
    const stopWatch = await this.#parts.store.watch(COLLECTIONS.node, ({ id, value }) => {
      const record = value === undefined ? undefined : storedValue(storedNode, value);
      if (record === undefined) this.#records.delete(id);
      else this.#know(id, record);
      if (record === undefined) this.#silent.delete(id);
      if (value === undefined && id === this.#parts.node) this.#removed();
    });
    this.#next();
    return async () => {
      this.#isStopped = true;
      this.#stopTimer?.();
      await this.#looking;
      await stopWatch();
    };
  }

  /** Writes the record of this node; again when another node has removed it. */
  async announce(): Promise<void> {
    const { store, node, http, hosts, clock } = this.#parts;
    const value = JSON.stringify({ http: http(), startedAt: clock.now(), hosts: hosts() } satisfies NodeRecord);
    await store.commit({ collection: COLLECTIONS.node, id: node, expect: "any", value, durability: "written" });
  }

  #know(node: string, record: NodeRecord): void {
    this.#records.set(node, record);
    this.#met.delete(node);
    if (this.#met.size >= MET_MAX) this.#met.delete(this.#met.keys().next().value ?? "");
    this.#met.set(node, { http: record.http, hosts: new Set(record.hosts) });
  }

  /** Does a node of this store, or one that was, call this host its own? */
  isHostOfNode(host: string): boolean {
    for (const { hosts } of this.#met.values()) if (hosts.has(host)) return true;
    return false;
  }

  /** Another node did, which was late: nobody would look at this one any more. */
  #removed(): void {
    if (this.#isStopped) return;
    this.announce().catch((error: unknown) => {
      this.#parts.log.warn("this node could not tell the others of itself", { error: String(error) });
    });
  }

  /**
   * Where to ask who reaches the store. One that was taken over may be back by now, and who does not reach the store does not hear of it.
   */
  urlsOfOthers(): readonly string[] {
    const others = [...this.#met].filter(([node]) => node !== this.#parts.node);
    const gone = others.filter(([node]) => !this.#records.has(node)).slice(-GONE_ASKED_MAX);
    return [...others.filter(([node]) => this.#records.has(node)), ...gone].map(([, { http }]) => http);
  }

  /** All nodes of the store, this one too. */
  nodes(): readonly KnownNode[] {
    return [...this.#records].map(([node, record]) => ({ node, ...record, isAlive: !this.#silent.has(node) }));
  }

  #next(): void {
    if (this.#isStopped) return;
    const { clock, leaseSeconds } = this.#parts;
    this.#stopTimer = clock.after(Math.max(LOOK_MIN_MS, (leaseSeconds * 1000) / LOOKS), () => {
      this.#looking = this.#look().finally(() => {
        this.#next();
      });
    });
  }

  async #look(): Promise<void> {
    const { lease, node, log, settle } = this.#parts;
    await settle().catch((error: unknown) => {
      log.debug("it is not known yet what came of a takeover", { error: String(error) });
    });
    for (const other of [...this.#records.keys()]) {
      if (this.#isStopped || other === node || !lease.isSteady) continue;
      try {
        await this.#tryTakeOver(other);
      } catch (error) {
        lease.unsteady();
        // Tried again at the next look; the store's own state is told by /readyz.
        log.debug("a node could not be looked at", { node: other, error: String(error) });
      }
    }
  }

  /** While a node renews its lease it cannot be had; who gets it may take over, alone. */
  async #tryTakeOver(other: string): Promise<void> {
    const { store, node, lease, leaseSeconds, clock, log, takeOver } = this.#parts;
    const me = TAKEOVER + node;
    let validUntil = 0;
    const isHeld = async (): Promise<boolean> => {
      const askedAt = lease.now();
      const { type } = await store.leases.acquire(COLLECTIONS.node, other, me, leaseSeconds * 1000);
      if (type === "held") validUntil = askedAt + leaseSeconds * 1000;
      return type === "held";
    };
    // A node that stops has no time for a long takeover.
    const mayTake = (): boolean => !this.#isStopped && lease.now() < validUntil;
    if (!(await isHeld())) {
      this.#silent.delete(other);
      return;
    }
    this.#silent.add(other);
    log.warn("a node is silent: its dialogs are taken over", { node: other });
    const stopRenewing = repeat(clock, (leaseSeconds * 1000) / RENEWALS, isHeld);
    try {
      const dialogs = await takeOver(other, mayTake);
      if (!mayTake()) return;
      await store.commit({ collection: COLLECTIONS.node, id: other, expect: "any", value: null, durability: "written" });
      log.info("took over", { node: other, dialogs });
    } finally {
      await stopRenewing();
      await store.leases.release(COLLECTIONS.node, other, me);
    }
  }
}

/** Does something again and again, whatever comes of it; resolves when it is over. */
function repeat(clock: Clock, everyMs: number, act: () => Promise<unknown>): Stop {
  let isOver = false;
  let acting: Promise<void> = Promise.resolve();
  let stopTimer: StopTimer;
  const next = (): void => {
    stopTimer = clock.after(everyMs, () => {
      acting = act().then(
        () => undefined,
        () => undefined,
      );
      void acting.then(() => {
        if (!isOver) next();
      });
    });
  };
  next();
  return async () => {
    isOver = true;
    stopTimer();
    await acting;
  };
}
