import { hostname } from "node:os";
import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import { step } from "#base/machine";
import type { LeaseOutcome, Store } from "#store/store";
import { COLLECTIONS } from "../collections.ts";
import { StartRefused } from "../config.ts";
import { PassedTime } from "./passed-time.ts";
import { nodeTable, speaks, type NodeEvent, type NodeState } from "./node-table.ts";

export interface NodeLeaseParts {
  readonly store: Pick<Store, "leases">;
  readonly node: string;
  readonly leaseSeconds: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a lease asks of its node once that serves. */
export interface LeaseUser {
  /** Does another node reach the store? Asked while this one does not. */
  othersReachStore(): Promise<boolean>;
  /** Forgets the dialogs that others speak in now. */
  check(): Promise<void>;
  /** What was held back may be said. */
  speak(): void;
}

/** Pause between two tries to get a name whose holder has not been heard of for a while. */
const TRY_AGAIN_MS = 250;
/** How often this process looks whether it runs, and how long it may not have run before it looks around. */
const AWAKE_EVERY_MS = 100;
const DOZE_MAX_MS = 300;
/** Renewals in the time of one lease. */
export const RENEWALS = 3;
/** A node that is alone hears of the store's return after this at the latest: one try at the store that hangs, and one look at the others. */
const ALONE_ROUND_MS = 2500;
/** Begins the holder's name while another node takes over what a silent one had. */
export const TAKEOVER = "takeover ";
/** Leases that a start waits for another node to finish its takeover. */
const TAKEOVER_LEASES_MAX = 12;

/**
 * This node's name in a store that several share, held by a lease: two processes of one name would both speak in the same dialogs, with
 * numbers that overtake one another, and phones would ignore every lamp (S-93). Who cannot renew it stops speaking before others may begin.
 */
export class NodeLease {
  readonly #parts: NodeLeaseParts;
  readonly #holder: string;
  readonly #time: PassedTime;
  #state: NodeState;
  #user: LeaseUser | undefined;
  #stopTimer: StopTimer | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #steadySince: number;
  #renewedAt: number;
  #stopAwake: StopTimer | undefined;
  #awakeAt: number;
  /** This process was stopped, or busy for long: what was written to it meanwhile is not read yet. */
  #isDozing = false;
  #isStopped = false;

  private constructor(parts: NodeLeaseParts, holder: string, time: PassedTime, state: NodeState) {
    this.#parts = parts;
    this.#holder = holder;
    this.#time = time;
    this.#state = state;
    this.#steadySince = this.#renewedAt = this.#awakeAt = time.now();
  }

  /** Waits for the end of a dead holder's lease, then refuses the start. */
  static async claim(parts: NodeLeaseParts): Promise<NodeLease> {
    const { store, node, clock, leaseSeconds } = parts;
    const leaseMs = leaseSeconds * 1000;
    const me = `${hostname()} ${process.pid} ${clock.now().toString(36)}`;
    const time = new PassedTime(clock);
    const startedAt = time.now();
    for (;;) {
      const askedAt = time.now();
      const outcome = await store.leases.acquire(COLLECTIONS.node, node, me, leaseMs);
      if (outcome.type === "held") {
        const lease = new NodeLease(parts, me, time, { phase: "member", epoch: outcome.epoch, validUntil: askedAt + leaseMs });
        lease.#next();
        lease.#stayAwake();
        return lease;
      }
      const patienceMs = outcome.holder.startsWith(TAKEOVER) ? TAKEOVER_LEASES_MAX * leaseMs : leaseMs + TRY_AGAIN_MS;
      if (isOver(outcome.holder)) await store.leases.release(COLLECTIONS.node, node, outcome.holder);
      else if (time.now() >= startedAt + patienceMs)
        throw new StartRefused(
          `--node ${node}: another process serves under this name on the same store: give this one another --node`,
        );
      else await new Promise<void>((resolve) => clock.after(TRY_AGAIN_MS, resolve));
    }
  }

  /** By which leases are measured, ms from some start: a clock that is set back makes none of them longer. */
  now(): number {
    return this.#time.now();
  }

  /** May this node speak in its dialogs now? */
  get speaks(): boolean {
    const now = this.#time.now();
    return !this.#isDozing && now - this.#awakeAt <= DOZE_MAX_MS && speaks(this.#state, now);
  }

  /** The store has answered for a whole lease, and still does: whoever is silent, or alone, had time to come back by now. */
  get isSteady(): boolean {
    const { leaseSeconds } = this.#parts;
    const now = this.#time.now();
    const leaseMs = leaseSeconds * 1000;
    const waitMs = Math.max(leaseMs, leaseMs / RENEWALS + ALONE_ROUND_MS);
    return this.#state.phase === "member" && now < this.#state.validUntil && now - this.#steadySince >= waitMs;
  }

  /** The store took nothing of this node: others may have counted on that, and get the time to hear that it is over. */
  unsteady(): void {
    this.#steadySince = this.#time.now();
  }

  /** Who this lease asks from now on. */
  serve(user: LeaseUser): void {
    this.#user = user;
  }

  /** The lease is left to run out: within it this node may be back, and nobody has moved its dialogs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopTimer?.();
    this.#stopAwake?.();
    await this.#renewing;
  }

  #next(): void {
    this.#stopTimer?.();
    if (this.#isStopped) return;
    const { clock, leaseSeconds } = this.#parts;
    this.#stopTimer = clock.after((leaseSeconds * 1000) / RENEWALS, () => {
      this.#renewNow();
    });
  }

  #renewNow(): void {
    this.#renewing = this.#renewing
      .then(() => this.#renew())
      .finally(() => {
        this.#next();
      });
  }

  /** Within its lease too a dialog may have been handed over while this process did not run: it asks the store once before it speaks. */
  #stayAwake(): void {
    const { clock, leaseSeconds } = this.#parts;
    this.#stopAwake = clock.after(AWAKE_EVERY_MS, () => {
      const now = this.#time.now();
      const sleptMs = now - this.#awakeAt;
      if (sleptMs >= (leaseSeconds * 1000) / RENEWALS) this.#move({ type: "slept" });
      if (sleptMs > DOZE_MAX_MS && !this.#isDozing) {
        this.#isDozing = true;
        this.#renewNow();
      }
      this.#awakeAt = now;
      this.#stayAwake();
    });
  }

  async #renew(): Promise<void> {
    const { node, leaseSeconds, log } = this.#parts;
    const askedAt = this.#time.now();
    const leaseMs = leaseSeconds * 1000;
    try {
      const outcome = await this.#acquire(leaseMs);
      if (outcome.type === "held") {
        this.#noteRenewal();
        this.#move({ type: "renewed", epoch: outcome.epoch, validUntil: askedAt + leaseMs });
        return;
      }
      if (this.#state.phase !== "silent") {
        if (outcome.holder.startsWith(TAKEOVER)) log.warn("another node takes over the dialogs of this one", { node });
        else log.error("another process serves under this node's name now: stop one of them", { node });
      }
      this.#move({ type: "refused" });
    } catch {
      // Told by /readyz; the next renewal is due soon.
      const othersReachIt = (await this.#user?.othersReachStore().catch(() => false)) ?? false;
      this.#move({ type: "unreachable", othersReachIt, at: this.#time.now() });
    }
  }

  /** Asks the store; with its answer, or without one, whatever was written to this node before has been read. */
  async #acquire(leaseMs: number): Promise<LeaseOutcome> {
    const wasDozing = this.#isDozing;
    try {
      return await this.#parts.store.leases.acquire(COLLECTIONS.node, this.#parts.node, this.#holder, leaseMs);
    } finally {
      if (wasDozing) this.#isDozing = false;
    }
  }

  /** After a gap in which a lease may have run out, for want of the store or of this process, everybody gets the time to renew it. */
  #noteRenewal(): void {
    const { leaseSeconds } = this.#parts;
    const now = this.#time.now();
    const gapMaxMs = leaseSeconds * 1000 * (1 - 1 / RENEWALS);
    if (now - this.#renewedAt > gapMaxMs) this.#steadySince = now;
    this.#renewedAt = now;
  }

  #move(event: NodeEvent): void {
    const before = this.#state.phase;
    const next = step(nodeTable, this.#state, event);
    this.#state = next.state;
    if (next.state.phase !== before) this.#parts.log.info("this node's standing changed", { before, now: next.state.phase });
    for (const effect of next.effects) {
      if (effect.type === "speak") this.#user?.speak();
      else void this.#check(effect.epoch);
    }
  }

  async #check(epoch: number): Promise<void> {
    this.#steadySince = this.#time.now();
    try {
      await this.#user?.check();
      this.#move({ type: "checked", epoch });
    } catch (error) {
      // The epoch is looked up again with the next renewal.
      this.#parts.log.warn("it is not known yet which dialogs are still of this node", { error: String(error) });
      this.#move({ type: "refused" });
    }
  }
}

/** A holder of this machine whose process is gone, by kill -9 for example: nobody needs to wait for its lease. */
function isOver(holder: string): boolean {
  const [host, pid = ""] = holder.split(" ");
  if (host !== hostname() || !/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
    return Number(pid) === process.pid;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
