import { checkName } from "../limits.ts";
import type { Fence, LeaseOutcome, LeaseStore } from "../store.ts";
import { LeaseTable } from "./lease-table.ts";
import { EPOCH_KEY } from "./level-keys.ts";
import type { Folder, FolderParts } from "./folder.ts";

/** Leases of one process. They end with it; what is written is only the last epoch, so that the next process goes on above it. */
export class EmbeddedLeases implements LeaseStore {
  readonly #folder: Folder;
  readonly #table: LeaseTable;

  constructor(folder: Folder, { clock }: FolderParts) {
    this.#folder = folder;
    this.#table = new LeaseTable(clock);
  }

  /** Takes over the highest epoch of the process before. */
  open(): void {
    this.#table.goOnFrom(this.#folder.usable().contents.lastEpoch);
  }

  async acquire(collection: string, id: string, holder: string, ttlMs: number): Promise<LeaseOutcome> {
    checkName(collection, id);
    const { contents, log } = this.#folder.usable();
    const outcome = this.#table.acquire(leaseKey(collection, id), holder, ttlMs);
    const { epoch } = this.#table;
    // Nobody hears of an epoch that the next process could give again.
    if (epoch > contents.lastEpoch) {
      await log.append([[EPOCH_KEY, String(epoch)]], false, () => {
        contents.lastEpoch = Math.max(contents.lastEpoch, epoch);
      });
    }
    return outcome;
  }

  // Asynchronous as the port is: what is wrong is told by a rejection, never by a throw.
  // eslint-disable-next-line @typescript-eslint/require-await
  async release(collection: string, id: string, holder: string): Promise<void> {
    this.#folder.usable();
    this.#table.release(leaseKey(collection, id), holder);
  }

  /** Undefined when the fence is the lease that runs, otherwise the epoch of the one that does (0 = none). */
  fencedBy(collection: string, id: string, fence: Fence): number | undefined {
    return this.#table.fencedBy(leaseKey(collection, id), fence);
  }
}

function leaseKey(collection: string, id: string): string {
  return `${collection}/${id}`;
}
