import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { ClientTransactions } from "#sip/transaction/user";
import type { Flow, FlowDirectory } from "#sip/transport/flow";
import { UDP_MAX_BYTES, type NotifierLimits } from "./limits.ts";
import { notifyHead, notifyText, spliceBody } from "./notify-text.ts";
import { NotifyUser, type NotifyHearer } from "./notify-user.ts";
import type { BodyTemplate } from "./package.ts";
import type { NotifierObserver } from "./ports.ts";
import type { EndReason, Subscription, SubscriptionRecord } from "./subscription.ts";

export interface NotifySenderParts {
  readonly clock: Clock;
  readonly clients: ClientTransactions;
  readonly flows: Pick<FlowDirectory, "find">;
  readonly observer: NotifierObserver;
  readonly limits: NotifierLimits;
  readonly log: Log;
}

/** Puts NOTIFYs on the wire: their numbers, head and flow. When one goes, and with what in it, is the deliverer's. */
export class NotifySender {
  readonly #parts: NotifySenderParts;
  readonly #hearer: NotifyHearer;
  readonly #toldTooLong = new WeakSet<Subscription>();

  constructor(parts: NotifySenderParts, hearer: NotifyHearer) {
    this.#parts = parts;
    this.#hearer = hearer;
  }

  /** False: there is no way to the watcher now. `ending`: it is the last one. */
  send(subscription: Subscription, document: BodyTemplate | undefined, ending: EndReason | undefined): boolean {
    const now = this.#parts.clock.now();
    const flow = this.flowOf(subscription);
    if (flow === undefined) return false;
    const head = (subscription.head ??= notifyHead(subscription.record, flow));
    const branch = this.#parts.clients.newBranch();
    const cseq = subscription.share.cseq++;
    subscription.sentCSeq = cseq;
    const version = subscription.version++;
    const body = document === undefined ? "" : spliceBody(document, head, version, subscription.members);
    const state =
      ending === undefined ? `active;expires=${this.#secondsLeft(subscription.record, now)}` : `terminated;reason=${ending}`;
    const message = notifyText(head, { branch, cseq }, state, document, body);
    if (message.length > UDP_MAX_BYTES && !flow.reliable) this.#tellTooLong(subscription, message.length);
    this.#noteSent(subscription, now);
    this.#parts.clients.start({ method: "NOTIFY", branch, message, flow }, new NotifyUser(this.#hearer, subscription, cseq));
    return true;
  }

  /** After a restart, the flow is found again by its record. */
  flowOf(subscription: Subscription): Flow | undefined {
    if (subscription.flow === undefined || subscription.flow.closed)
      subscription.flow = this.#parts.flows.find(subscription.record.flow);
    return subscription.flow;
  }

  /** NOTIFYs go to this target until the next refresh names one anew. */
  redirect(subscription: Subscription, target: string): void {
    const { record, flow } = subscription;
    if (flow === undefined) return;
    subscription.head = notifyHead({ ...record, dialog: { ...record.dialog, remoteTarget: target } }, flow);
  }

  /** Sent all the same, in fragments that a network may drop (C-20): somebody has to know why a lamp stays dark. */
  #tellTooLong(subscription: Subscription, bytes: number): void {
    if (this.#toldTooLong.has(subscription)) return;
    this.#toldTooLong.add(subscription);
    const { id, entity, userAgent } = subscription.record;
    const advice = "let this phone register over TCP";
    this.#parts.log.warn(`a NOTIFY is longer than a datagram should be: ${advice}`, {
      subscription: id,
      entity,
      userAgent,
      bytes,
    });
  }

  /** Never more than may be granted: a clock that was set back must not make a phone refresh too late. */
  #secondsLeft({ expiresAt }: SubscriptionRecord, now: number): number {
    return Math.min(this.#parts.limits.expiryMaxSeconds, Math.max(0, Math.ceil((expiresAt - now) / 1000)));
  }

  #noteSent(subscription: Subscription, now: number): void {
    subscription.sentAt = now;
    this.#parts.observer.notifySent(subscription.package.name);
    if (subscription.dirtySince !== 0) this.#parts.observer.notifyDelay(now - subscription.dirtySince);
    subscription.dirtySince = 0;
  }
}
