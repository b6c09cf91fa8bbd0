import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { localContact } from "#sip/dialog/dialog";
import { headersOf } from "#sip/message/message";
import type { Answer, OutgoingHeader, ServerTransaction } from "#sip/transaction/user";
import type { Deliverer } from "./deliverer.ts";
import type { Lifetime } from "./lifetime.ts";
import type { NotifierLimits } from "./limits.ts";
import { overLimit } from "./over-limit.ts";
import type { ResourceDirectory } from "./ports.ts";
import type { RecordKeeper } from "./record-keeper.ts";
import type { Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface GranterParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: NotifierLimits;
  readonly load: () => number;
  readonly isDraining: () => boolean;
  readonly directory: ResourceDirectory;
  readonly subscriptions: Subscriptions;
  readonly records: RecordKeeper;
  readonly lifetime: Lifetime;
  readonly deliverer: Deliverer;
}

/** Seconds a phone is asked to wait while the store cannot be used (S-94). */
const STORE_DOWN_RETRY_SECONDS = 10;

/** Grants subscriptions: room, record, 200, first NOTIFY, in this order. */
export class Granter {
  readonly #parts: GranterParts;

  constructor(parts: GranterParts) {
    this.#parts = parts;
  }

  /** A new subscription, or a new usage of a dialog. */
  async grant(transaction: ServerTransaction, subscription: Subscription, wish: unknown): Promise<void> {
    const { subscriptions, records, lifetime, deliverer } = this.#parts;
    const toTag = subscription.record.dialog.localTag;
    const refusal = overLimit(subscription, subscriptions, this.#parts);
    if (refusal !== undefined) {
      transaction.respond({ ...refusal, toTag });
      return;
    }
    if (!(await this.#hold(transaction, subscription, wish))) return;
    if (!(await this.#save(transaction, subscription))) return;
    if (records.isStopped) return;
    const late = overLimit(subscription, subscriptions, this.#parts) ?? this.#withdrawn(subscription);
    if (late !== undefined) {
      records.remove(subscription.record.id);
      this.#letGo(subscription);
      transaction.respond({ ...late, toTag });
      return;
    }
    subscription.replaces = subscriptions.findOlder(subscription);
    subscriptions.add(subscription);
    lifetime.startExpiry(subscription);
    this.answer(transaction, subscription, this.grantedSeconds(subscription));
    // The 200 is on the wire before the NOTIFY (S-22).
    deliverer.heard(subscription);
    deliverer.full(subscription);
  }

  /** Never more than asked for, and not less because the store took a moment. */
  grantedSeconds({ record }: Subscription): number {
    return Math.max(1, Math.ceil((record.expiresAt - this.#parts.clock.now()) / 1000));
  }

  /** The 2xx of a SUBSCRIBE: 204 tells that no NOTIFY will follow (RFC 5839). */
  answer(transaction: ServerTransaction, { record }: Subscription, expiresSeconds: number, status: 200 | 204 = 200): void {
    const required: readonly OutgoingHeader[] = record.list === true ? [["Require", "eventlist"]] : [];
    const headers: OutgoingHeader[] = [
      ...required,
      ["Contact", `<${localContact(record.dialog, transaction.flow)}>`],
      ["Expires", String(expiresSeconds)],
      ...headersOf(transaction.request, "record-route").map((route): OutgoingHeader => ["Record-Route", route]),
    ];
    transaction.respond({ status, toTag: record.dialog.localTag, headers });
  }

  /** A reload took the resource away while its subscription was on the way to the store. */
  #withdrawn({ record }: Subscription): Answer | undefined {
    return this.#parts.directory.state(record.resource) === undefined ? { status: 404 } : undefined;
  }

  /** What it is to hold is had before anybody is told of it. False: answered. */
  async #hold(transaction: ServerTransaction, { package: { holding }, record }: Subscription, wish: unknown): Promise<boolean> {
    if (holding === undefined) return true;
    try {
      const refusal = await this.#parts.directory.hold(record, wish);
      if (refusal !== undefined) transaction.respond({ ...refusal, toTag: record.dialog.localTag });
      return refusal === undefined;
    } catch (error) {
      this.storeDown(transaction, error);
      return false;
    }
  }

  #letGo({ package: { holding }, record }: Subscription): void {
    if (holding !== undefined) this.#parts.directory.release(record);
  }

  async #save(transaction: ServerTransaction, subscription: Subscription): Promise<boolean> {
    try {
      await this.#parts.records.save(subscription.record);
      return true;
    } catch (error) {
      // The answer may be what got lost: nobody would speak there, and the record would stay.
      this.#parts.records.remove(subscription.record.id);
      this.#letGo(subscription);
      this.storeDown(transaction, error);
      return false;
    }
  }

  /** Answers that the store cannot be used, and when to come again. */
  storeDown(transaction: ServerTransaction, error: unknown): void {
    this.#parts.log.warn("SUBSCRIBE refused: the store cannot be used", {
      callId: transaction.request.callId,
      error: String(error),
    });
    transaction.respond({
      status: 503,
      headers: [["Retry-After", String(STORE_DOWN_RETRY_SECONDS + this.#parts.random.below(10))]],
    });
  }
}
