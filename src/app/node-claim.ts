import { hostname } from "node:os";
import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { StartRefused } from "./config.ts";

export interface NodeClaimParts {
  readonly store: Pick<Store, "leases">;
  readonly node: string;
  readonly leaseSeconds: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Pause between two tries to get a name whose holder has not been heard of for a while. */
const TRY_AGAIN_MS = 250;
/** Renewals in the time of one lease. */
const RENEWALS = 3;

/**
 * Takes this node's name in a store that several nodes share: two processes of one name would both speak in the same dialogs, with numbers
 * that overtake one another, and phones would ignore every lamp (S-93). Waits for the end of a dead holder's lease, then refuses the start.
 */
export async function claimNode(parts: NodeClaimParts): Promise<Stop> {
  const { store, node, clock, leaseSeconds } = parts;
  const me = `${hostname()} ${process.pid} ${clock.now().toString(36)}`;
  const giveUpAt = clock.now() + leaseSeconds * 1000 + TRY_AGAIN_MS;
  for (;;) {
    const outcome = await store.leases.acquire(COLLECTIONS.node, node, me, leaseSeconds * 1000);
    if (outcome.type === "held") return keep(parts, me);
    if (isOver(outcome.holder)) await store.leases.release(COLLECTIONS.node, node, outcome.holder);
    else if (clock.now() >= giveUpAt)
      throw new StartRefused(
        `--node ${node}: another process serves under this name on the same store: give this one another --node`,
      );
    else await new Promise<void>((resolve) => clock.after(TRY_AGAIN_MS, resolve));
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

/** Renews the lease until it is stopped; an outage of the store is no reason to stop serving. */
function keep({ store, node, leaseSeconds, clock, log }: NodeClaimParts, me: string): Stop {
  let stopTimer: StopTimer;
  let isLost = false;
  const renew = async (): Promise<void> => {
    try {
      const { type } = await store.leases.acquire(COLLECTIONS.node, node, me, leaseSeconds * 1000);
      if (type === "refused" && !isLost)
        log.error("another process serves under this node's name now: stop one of them", { node });
      isLost = type === "refused";
    } catch {
      // Told by /readyz; the next renewal is due soon.
    }
  };
  let renewing = Promise.resolve();
  const next = (): void => {
    stopTimer = clock.after((leaseSeconds * 1000) / RENEWALS, () => {
      renewing = renew().finally(next);
    });
  };
  next();
  return async () => {
    stopTimer();
    await renewing;
    stopTimer();
    // A store that cannot be used lets it run out.
    await store.leases.release(COLLECTIONS.node, node, me).catch(() => undefined);
  };
}
