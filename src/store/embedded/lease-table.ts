import type { Clock } from "#base/clock";
import type { Fence, LeaseOutcome } from "../store.ts";

interface Lease {
  readonly holder: string;
  readonly epoch: number;
  readonly endsAt: number;
}

/** The leases of the one process that has the data folder. They end with the process; epochs go on rising in the next one. */
export class LeaseTable {
  readonly #clock: Clock;
  readonly #leases = new Map<string, Lease>();
  #epoch = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes over the highest epoch of the process before. */
  goOnFrom(epoch: number): void {
    this.#epoch = epoch;
  }

  /** The highest epoch given so far. */
  get epoch(): number {
    return this.#epoch;
  }

  acquire(key: string, holder: string, ttlMs: number): LeaseOutcome {
    const running = this.#running(key);
    if (running !== undefined && running.holder !== holder)
      return { type: "refused", holder: running.holder, epoch: running.epoch };
    const epoch = running === undefined ? (this.#epoch += 1) : running.epoch;
    this.#leases.set(key, { holder, epoch, endsAt: this.#clock.now() + ttlMs });
    return { type: "held", epoch };
  }

  release(key: string, holder: string): void {
    if (this.#running(key)?.holder === holder) this.#leases.delete(key);
  }

  /** Undefined when the fence is the lease that runs, otherwise the epoch of the one that does (0 = none). */
  fencedBy(key: string, fence: Fence): number | undefined {
    const running = this.#running(key);
    if (running?.holder === fence.holder && running.epoch === fence.epoch) return undefined;
    return running?.epoch ?? 0;
  }

  #running(key: string): Lease | undefined {
    const lease = this.#leases.get(key);
    if (lease === undefined || lease.endsAt > this.#clock.now()) return lease;
    this.#leases.delete(key);
    return undefined;
  }
}
