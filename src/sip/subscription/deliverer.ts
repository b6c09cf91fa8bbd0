import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { step } from "#base/machine";
import type { TimerWheel } from "#base/timer-wheel";
import type { SipResponse } from "#sip/message/message";
import type { ClientTransactions, ClientUser } from "#sip/transaction/user";
import type { Flow, FlowDirectory } from "#sip/transport/flow";
import type { BodyCache, WatcherKind } from "./body-cache.ts";
import { deliveryTable, type DeliveryEffect, type DeliveryEvent, type Pace, type Wanted } from "./delivery-table.ts";
import {
  CSEQ_END,
  CSEQ_MAX,
  MARK_AHEAD,
  MARK_BLOCK,
  RETRY_AFTER_3XX_MS,
  RETRY_AFTER_5XX_MS,
  RETRY_AFTER_TIMEOUT_MS,
  type NotifierLimits,
} from "./limits.ts";
import { judgeAnswer, type Verdict } from "./notify-answer.ts";
import { notifyHead, notifyText, spliceBody } from "./notify-text.ts";
import type { BodyTemplate, Telling } from "./package.ts";
import type { NotifierObserver, ResourceDirectory, SubscriptionStore } from "./ports.ts";
import type { Subscription } from "./subscription.ts";

export interface DelivererParts {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly clients: ClientTransactions;
  readonly flows: Pick<FlowDirectory, "find">;
  readonly resources: Pick<ResourceDirectory, "state">;
  readonly store: Pick<SubscriptionStore, "save">;
  readonly bodies: BodyCache;
  readonly observer: NotifierObserver;
  readonly limits: NotifierLimits;
  readonly log: Log;
  /** The subscription is over: from now on nobody finds it. Harmless when told twice. */
  readonly onRemove: (subscription: Subscription) => void;
  /** The first NOTIFY of a subscription was acknowledged. */
  readonly onConfirmed: (subscription: Subscription) => void;
}

const NOTHING = { document: undefined };
const NO_PACE: Pace = { burst: 1, gapMs: 0 };
const TIMED_OUT = { type: "failed", retryMs: RETRY_AFTER_TIMEOUT_MS } as const;

/** Carries documents to watchers: performs the effects of the delivery table. The hot path of the product (design §5). */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #pace: Pace;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#pace = { burst: parts.limits.paceBurst, gapMs: parts.limits.paceGapMs };
  }

  paceOf(subscription: Subscription): Pace {
    return subscription.record.watcher.trusted ? NO_PACE : this.#pace;
  }

  /** The resource has a new state. */
  changed(subscription: Subscription): void {
    const at = this.#parts.clock.now();
    if (subscription.dirtySince === 0) subscription.dirtySince = at;
    this.move(subscription, { type: "changed", at, pace: this.paceOf(subscription) });
  }

  /** A whole document now: after SUBSCRIBE, refresh and restart. */
  full(subscription: Subscription): void {
    this.move(subscription, { type: "fullWanted", at: this.#parts.clock.now(), pace: this.paceOf(subscription) });
  }

  /** The watcher speaks over another flow or from another target: what did not arrive goes there at once, with no regard to old answers. */
  moved(subscription: Subscription): void {
    this.move(subscription, { type: "moved", at: this.#parts.clock.now(), pace: this.paceOf(subscription) });
  }

  /** Fetch (S-54): one NOTIFY, terminated and with the whole document, for a subscription that is kept nowhere. */
  fetch(subscription: Subscription): void {
    const { record } = subscription;
    const state = this.#parts.resources.state(record.resource);
    const { document } =
      state === undefined ? NOTHING : this.#parts.bodies.full(record.resource, kindOf(subscription), undefined, state);
    subscription.delivery = { phase: "closing" };
    this.#transmit(subscription, `terminated;reason=${subscription.endReason}`, document);
  }

  /** Feeds one event to the delivery table and performs what it says. */
  move(subscription: Subscription, event: DeliveryEvent): void {
    const next = step(deliveryTable, subscription.delivery, event);
    subscription.delivery = next.state;
    for (const effect of next.effects) this.#perform(subscription, effect);
  }

  #perform(subscription: Subscription, effect: DeliveryEffect): void {
    switch (effect.type) {
      case "send":
        this.#send(subscription, effect.wanted);
        return;
      case "startTimer":
        subscription.deliveryTimer = this.#parts.wheel.start(effect.delayMs, () => {
          this.move(subscription, { type: "timerFired", at: this.#parts.clock.now(), pace: this.paceOf(subscription) });
        });
        return;
      case "stopTimer":
        this.#parts.wheel.stop(subscription.deliveryTimer);
        return;
      case "remove":
        this.#parts.onRemove(subscription);
    }
  }

  #send(subscription: Subscription, wanted: Wanted | "final"): void {
    if (subscription.cseq >= CSEQ_MAX && wanted !== "final") {
      // Out of numbers (S-73): the phone is told to subscribe anew.
      subscription.endReason = "deactivated";
      this.#parts.onRemove(subscription);
      this.move(subscription, { type: "closed" });
      this.#nothingToSay(subscription);
      return;
    }
    if (!this.#numbersReady(subscription)) {
      this.#reserveThen(subscription, () => {
        if (subscription.delivery.phase === "inFlight" || subscription.delivery.phase === "closing")
          this.#send(subscription, wanted);
      });
      return;
    }
    if (wanted === "final") this.#sendFinal(subscription);
    else this.#sendState(subscription, wanted);
    if (subscription.cseqReady - subscription.cseq < MARK_AHEAD) this.#reserveThen(subscription, undefined);
  }

  #nothingToSay(subscription: Subscription): void {
    this.move(subscription, { type: "nothingToSay", at: this.#parts.clock.now(), pace: this.paceOf(subscription) });
  }

  #sendFinal(subscription: Subscription): void {
    const { record, shown, package: eventPackage } = subscription;
    const state =
      eventPackage.habitsOf(record.profile).finalBody === "full" ? this.#parts.resources.state(record.resource) : undefined;
    const { document } =
      state === undefined ? NOTHING : this.#parts.bodies.full(record.resource, kindOf(subscription), shown, state);
    this.#transmit(subscription, `terminated;reason=${subscription.endReason}`, document);
  }

  #sendState(subscription: Subscription, wanted: Wanted): void {
    const { record } = subscription;
    const state = this.#parts.resources.state(record.resource);
    if (state === undefined) {
      // The resource went away between the change and now; whoever removed it closes its subscriptions.
      this.#nothingToSay(subscription);
      return;
    }
    const telling = this.#telling(subscription, wanted, state);
    if (telling === undefined) {
      subscription.shown = state;
      subscription.dirtySince = 0;
      this.#nothingToSay(subscription);
      return;
    }
    subscription.sending = telling.shows;
    const expiresSeconds = Math.max(0, Math.ceil((record.expiresAt - this.#parts.clock.now()) / 1000));
    this.#transmit(subscription, `active;expires=${expiresSeconds}`, telling.document);
    // One step on the way (D-6): the rest is one more change.
    if (telling.shows !== state) this.changed(subscription);
  }

  #telling(subscription: Subscription, wanted: Wanted, state: unknown): Telling<unknown> | undefined {
    const { record, shown } = subscription;
    const isChange = wanted === "change" && shown !== undefined;
    return this.#parts.bodies[isChange ? "change" : "full"](record.resource, kindOf(subscription), shown, state);
  }

  #transmit(subscription: Subscription, state: string, document: BodyTemplate | undefined): void {
    const flow = this.#liveFlow(subscription);
    if (flow === undefined) {
      this.move(subscription, { type: "failed", retryMs: RETRY_AFTER_TIMEOUT_MS });
      return;
    }
    const head = (subscription.head ??= notifyHead(subscription.record, flow));
    const branch = this.#parts.clients.newBranch();
    const cseq = subscription.cseq++;
    const version = subscription.version++;
    const body = document === undefined ? "" : spliceBody(document, head, version);
    const message = notifyText(head, { branch, cseq }, state, document, body);
    this.#noteSent(subscription);
    this.#parts.clients.start({ method: "NOTIFY", branch, message, flow }, new NotifyUser(this, subscription, cseq));
  }

  /** After a restart, the flow is found again by its record. */
  #liveFlow(subscription: Subscription): Flow | undefined {
    if (subscription.flow === undefined || subscription.flow.closed)
      subscription.flow = this.#parts.flows.find(subscription.record.flow);
    return subscription.flow;
  }

  #noteSent(subscription: Subscription): void {
    const now = this.#parts.clock.now();
    subscription.sentAt = now;
    this.#parts.observer.notifySent(subscription.package.name);
    if (subscription.dirtySince !== 0) this.#parts.observer.notifyDelay(now - subscription.dirtySince);
    subscription.dirtySince = 0;
  }

  /** The final answer of a NOTIFY, or its absence (design §9.9). */
  answered(subscription: Subscription, response: SipResponse | undefined): void {
    const verdict = response === undefined ? TIMED_OUT : judgeAnswer(response, subscription.record.dialog.remoteTarget);
    if (verdict.type !== "delivered") {
      this.#notShown(subscription, verdict, response);
      return;
    }
    this.#parts.observer.notifyAnswered("ok");
    const at = this.#parts.clock.now();
    const isFirst = subscription.ackedAt === 0;
    subscription.ackedAt = at;
    subscription.shown = subscription.sending;
    if (isFirst) this.#parts.onConfirmed(subscription);
    this.move(subscription, { type: "delivered", at, pace: this.paceOf(subscription) });
  }

  #notShown(
    subscription: Subscription,
    verdict: Exclude<Verdict, { type: "delivered" }>,
    response: SipResponse | undefined,
  ): void {
    this.#parts.observer.notifyAnswered(response === undefined ? "timeout" : verdict.type === "refused" ? "refused" : "failed");
    this.#parts.log.info("NOTIFY not accepted", {
      subscription: subscription.record.id,
      status: response?.status ?? "none",
      verdict: verdict.type,
    });
    subscription.shown = undefined;
    if (verdict.type === "kept") {
      this.move(subscription, { type: "kept", at: this.#parts.clock.now(), pace: this.paceOf(subscription) });
    } else if (verdict.type === "moved") {
      // Until the next refresh names the target anew; a second one in a row removes, so that nobody is led in a circle.
      const { record, flow } = subscription;
      if (flow !== undefined)
        subscription.head = notifyHead({ ...record, dialog: { ...record.dialog, remoteTarget: verdict.target } }, flow);
      this.move(subscription, { type: "failed", retryMs: RETRY_AFTER_3XX_MS });
    } else this.move(subscription, asHabitsHave(verdict, subscription));
  }

  #numbersReady(subscription: Subscription): boolean {
    return subscription.cseq < subscription.cseqReady && subscription.version < subscription.versionReady;
  }

  /** Writes a new block of numbers to the store before any of it is used (S-71). */
  #reserveThen(subscription: Subscription, next: (() => void) | undefined): void {
    if (next !== undefined) subscription.whenReserved = next;
    if (subscription.reserving) return;
    subscription.reserving = true;
    const cseqMark = Math.min(subscription.cseq + MARK_BLOCK + MARK_AHEAD, CSEQ_END);
    const versionMark = subscription.version + MARK_BLOCK + MARK_AHEAD;
    subscription.record = { ...subscription.record, cseqMark, versionMark };
    this.#parts.store.save(subscription.record).then(
      () => {
        subscription.reserving = false;
        subscription.cseqReady = cseqMark;
        subscription.versionReady = versionMark;
        const waiting = subscription.whenReserved;
        subscription.whenReserved = undefined;
        waiting?.();
      },
      (error: unknown) => {
        // The lamp waits for the store: without a reservation a crash could send a number twice.
        this.#parts.log.warn("numbers of a subscription could not be reserved, trying again", {
          subscription: subscription.record.id,
          error: String(error),
        });
        this.#parts.wheel.start(RETRY_AFTER_5XX_MS, () => {
          subscription.reserving = false;
          if (subscription.delivery.phase !== "ended") this.#reserveThen(subscription, undefined);
        });
      },
    );
  }
}

function kindOf({ package: eventPackage, record: { profile, contentType } }: Subscription): WatcherKind {
  return { package: eventPackage, profile, contentType };
}

/** How much trouble a watcher may make depends on what it is. */
function asHabitsHave(
  verdict: Exclude<Verdict, { type: "delivered" | "kept" | "moved" }>,
  subscription: Subscription,
): DeliveryEvent {
  if (verdict.type !== "failed") return verdict;
  const habits = subscription.package.habitsOf(subscription.record.profile);
  const isOver = verdict.isServerError === true && !habits.retriesServerErrors;
  return isOver ? { type: "refused" } : { ...verdict, grace: habits.failureGrace };
}

/** Hears what becomes of one NOTIFY. */
class NotifyUser implements ClientUser {
  readonly #deliverer: Deliverer;
  readonly #subscription: Subscription;
  readonly #cseq: number;

  constructor(deliverer: Deliverer, subscription: Subscription, cseq: number) {
    this.#deliverer = deliverer;
    this.#subscription = subscription;
    this.#cseq = cseq;
  }

  onResponse(response: SipResponse): void {
    if (response.status >= 200) this.#end(response);
  }

  onTimeout(): void {
    this.#end(undefined);
  }

  onTransportError(): void {
    this.#end(undefined);
  }

  /** Only the newest one counts: the phone may have moved since an older one was sent. */
  #end(response: SipResponse | undefined): void {
    if (this.#subscription.cseq === this.#cseq + 1) this.#deliverer.answered(this.#subscription, response);
  }
}
