import type { Log } from "#base/log";
import type { TimerWheel } from "#base/timer-wheel";
import { CSEQ_END, MARK_AHEAD, MARK_BLOCK, RETRY_AFTER_5XX_MS } from "./limits.ts";
import type { RecordKeeper } from "./record-keeper.ts";
import type { Subscription, SubscriptionRecord } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface NumberBlocksParts {
  readonly wheel: TimerWheel;
  readonly subscriptions: Subscriptions;
  readonly records: Pick<RecordKeeper, "save">;
  readonly log: Log;
}

/** The numbers of NOTIFYs and documents: a block of them stands in the store before any of it is used (S-71). */
export class NumberBlocks {
  readonly #parts: NumberBlocksParts;

  constructor(parts: NumberBlocksParts) {
    this.#parts = parts;
  }

  /** May the next numbers be used? */
  areReady({ share, version, versionReady }: Subscription): boolean {
    return share.cseq < share.cseqReady && version < versionReady;
  }

  /** Runs `next` when there are numbers again; one that waits already is forgotten for it. */
  whenReady(subscription: Subscription, next: () => void): void {
    subscription.whenReserved = next;
    this.#reserve(subscription);
  }

  /** A new block before the old one is used up, so that no NOTIFY has to wait for the store. */
  lookAhead(subscription: Subscription): void {
    if (subscription.share.cseqReady - subscription.share.cseq < MARK_AHEAD) this.#reserve(subscription);
  }

  #reserve(subscription: Subscription): void {
    if (subscription.reserving) return;
    subscription.reserving = true;
    const cseqMark = Math.min(subscription.share.cseq + MARK_BLOCK + MARK_AHEAD, CSEQ_END);
    const versionMark = subscription.version + MARK_BLOCK + MARK_AHEAD;
    subscription.record = { ...subscription.record, cseqMark, versionMark };
    this.#save(subscription.record).then(
      () => {
        subscription.reserving = false;
        subscription.share.cseqReady = Math.max(subscription.share.cseqReady, cseqMark);
        subscription.versionReady = versionMark;
        const waiting = subscription.whenReserved;
        subscription.whenReserved = undefined;
        waiting?.();
      },
      (error: unknown) => {
        this.#reserveLater(subscription, error);
      },
    );
  }

  /** The lamp waits for the store: without a reservation a crash could send a number twice. */
  #reserveLater(subscription: Subscription, error: unknown): void {
    this.#parts.log.warn("numbers of a subscription could not be reserved, trying again", {
      subscription: subscription.record.id,
      error: String(error),
    });
    this.#parts.wheel.start(RETRY_AFTER_5XX_MS, () => {
      subscription.reserving = false;
      if (subscription.delivery.phase !== "ended") this.#reserve(subscription);
    });
  }

  /**
   * The marks stand in the record of every usage of the dialog, so that none takes them along when it ends (S-59, S-71). No later process
   * goes on in a dialog that is over: its last numbers need no reservation, and its record must not come back.
   */
  async #save(record: SubscriptionRecord): Promise<void> {
    const { subscriptions, records } = this.#parts;
    if (!subscriptions.knows(record.id)) return;
    const usages = subscriptions.usagesOf(record.dialog.localTag);
    if (usages.length === 1) return records.save(record);
    for (const usage of usages) usage.record = { ...usage.record, cseqMark: Math.max(usage.record.cseqMark, record.cseqMark) };
    await Promise.all(usages.map((usage) => records.save(usage.record)));
  }
}
