import { step } from "#base/machine";
import type { TimerWheel } from "#base/timer-wheel";
import type { SipResponse } from "#sip/message/message";
import type { BodyCache, WatcherKind } from "./body-cache.ts";
import { deliveryTable, type DeliveryEffect, type DeliveryEvent, type Pace, type Wanted } from "./delivery-table.ts";
import {
  CSEQ_MAX,
  OVERTAKEN_WITHIN_MS,
  PROBE_WAIT_MS,
  RETRY_AFTER_3XX_MS,
  RETRY_AFTER_TIMEOUT_MS,
  RETRY_OVERTAKEN_MS,
} from "./limits.ts";
import { listTelling } from "./list-telling.ts";
import { asHabitsHave, endsDialog, judgeAnswer, type Verdict } from "./notify-answer.ts";
import { NotifySender, type NotifySenderParts } from "./notify-sender.ts";
import type { NumberBlocks } from "./number-blocks.ts";
import type { BodyTemplate, Telling } from "./package.ts";
import type { ResourceDirectory } from "./ports.ts";
import { SilentDevices } from "./silent-devices.ts";
import type { EndReason, Subscription } from "./subscription.ts";

export interface DelivererParts extends NotifySenderParts {
  readonly wheel: TimerWheel;
  readonly resources: Pick<ResourceDirectory, "state">;
  readonly numbers: NumberBlocks;
  readonly bodies: BodyCache;
  /** False: another node may speak in these dialogs, and nothing may be said (S-93). */
  readonly maySpeak: () => boolean;
  /** The subscription is over: from now on nobody finds it. Harmless when told twice. */
  readonly onRemove: (subscription: Subscription) => void;
  /** The peer does not know the dialog of this subscription any more. */
  readonly onDialogGone: (subscription: Subscription) => void;
  /** The probe of a silent device was not answered either (C-35). */
  readonly onDeviceGone: (subscription: Subscription) => void;
  /** The first NOTIFY of a subscription was acknowledged. */
  readonly onConfirmed: (subscription: Subscription) => void;
}

const NO_PACE: Pace = { burst: 1, gapMs: 0 };
const OVERTAKEN = { type: "failed", retryMs: RETRY_OVERTAKEN_MS } as const;
const NO_FLOW = { type: "noFlow" } as const;
const TIMED_OUT = { type: "failed", retryMs: RETRY_AFTER_TIMEOUT_MS } as const;

/** Carries documents to watchers: performs the effects of the delivery table. The hot path of the product (design §5). */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #sender: NotifySender;
  readonly #pace: Pace;
  /** What would be said if this node might speak. */
  readonly #held = new Map<Subscription, Wanted | "final">();
  readonly #listPace: Pace;
  readonly #silent = new SilentDevices();
  /** While all watchers of a resource are told, nothing else runs: its state stays what it is. */
  #current: { readonly resource: string; readonly state: unknown } | undefined;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#sender = new NotifySender(parts, this);
    this.#pace = { burst: parts.limits.paceBurst, gapMs: parts.limits.paceGapMs };
    this.#listPace = { burst: 1, gapMs: parts.limits.listGapMs };
  }

  paceOf(subscription: Subscription): Pace {
    if (subscription.record.watcher.trusted) return NO_PACE;
    return subscription.record.list === true ? this.#listPace : this.#pace;
  }

  /** A resource has a new state: all of its watchers are told, and the state is looked up once for them. */
  changedFor(resource: string, watchers: Iterable<Subscription>): void {
    const state = this.#parts.resources.state(resource);
    const at = this.#parts.clock.now();
    this.#current = { resource, state };
    try {
      for (const subscription of watchers) this.#changed(subscription, at);
    } finally {
      this.#current = undefined;
    }
  }

  #changed(subscription: Subscription, at: number): void {
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
    const document = this.#onlyDocument(subscription, this.#parts.resources.state(subscription.record.resource));
    subscription.delivery = { phase: "closing" };
    this.#transmit(subscription, document, subscription.endReason);
  }

  /** The device of this subscription spoke to us: what waited for a sign of it goes out (C-35). Gives what that was. */
  heard(subscription: Subscription): readonly Subscription[] {
    if (this.#silent.isQuiet) return [];
    const waited = this.#silent.heard(subscription);
    for (const held of waited) this.full(held);
    return waited;
  }

  /** The device of this subscription has another name from now on: nobody is asked about it under the old one (C-35). */
  renaming(subscription: Subscription, device: string): void {
    if (!this.#silent.isQuiet) this.#silent.rename(subscription, device);
  }

  /** Feeds one event to the delivery table and performs what it says. */
  move(subscription: Subscription, event: DeliveryEvent): void {
    const next = step(deliveryTable, subscription.delivery, event);
    subscription.delivery = next.state;
    if (!this.#silent.isQuiet && (next.state.phase === "ended" || next.state.phase === "closing"))
      this.#silent.gone(subscription);
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

  /** What was held back goes out, as things are now. */
  speak(): void {
    for (const [subscription, wanted] of [...this.#held]) {
      this.#held.delete(subscription);
      const { phase } = subscription.delivery;
      if (phase === "inFlight" || phase === "closing") this.#send(subscription, wanted);
    }
  }

  #send(subscription: Subscription, wanted: Wanted | "final"): void {
    if (!this.#parts.maySpeak()) {
      this.#held.set(subscription, wanted);
      return;
    }
    if (subscription.share.cseq >= CSEQ_MAX && wanted !== "final") {
      // Out of numbers (S-73): the phone is told to subscribe anew.
      subscription.endReason = "deactivated";
      this.#parts.onRemove(subscription);
      this.move(subscription, { type: "closed" });
      this.#nothingToSay(subscription);
      return;
    }
    if (wanted !== "final" && !this.#silent.isQuiet && this.#silent.mustWait(subscription)) {
      this.move(subscription, { type: "heldBack", holdMs: PROBE_WAIT_MS });
      return;
    }
    if (!this.#parts.numbers.areReady(subscription)) {
      this.#parts.numbers.whenReady(subscription, () => {
        if (subscription.delivery.phase === "inFlight" || subscription.delivery.phase === "closing")
          this.#send(subscription, wanted);
      });
      return;
    }
    if (wanted === "final") this.#sendFinal(subscription);
    else this.#sendState(subscription, wanted);
    this.#parts.numbers.lookAhead(subscription);
  }

  #nothingToSay(subscription: Subscription): void {
    this.move(subscription, { type: "nothingToSay", at: this.#parts.clock.now(), pace: this.paceOf(subscription) });
  }

  #sendFinal(subscription: Subscription): void {
    const { record, package: eventPackage } = subscription;
    const state =
      eventPackage.habitsOf(record.profile).finalBody === "full" ? this.#parts.resources.state(record.resource) : undefined;
    this.#transmit(subscription, this.#onlyDocument(subscription, state), subscription.endReason);
  }

  /** The whole state in one NOTIFY: no other follows. */
  #onlyDocument(subscription: Subscription, state: unknown): BodyTemplate | undefined {
    return state === undefined ? undefined : this.#telling(subscription, "fetch", state)?.document;
  }

  #sendState(subscription: Subscription, wanted: Wanted): void {
    const { record } = subscription;
    const state =
      this.#current?.resource === record.resource ? this.#current.state : this.#parts.resources.state(record.resource);
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
    this.#transmit(subscription, telling.document);
    // One step on the way (D-6): the rest is one more change.
    if (telling.isPart === true) this.move(subscription, { type: "unfinished" });
    else if (telling.shows !== state) this.#changed(subscription, this.#parts.clock.now());
  }

  #telling(subscription: Subscription, wanted: Wanted | "fetch", state: unknown): Telling<unknown> | undefined {
    const { record } = subscription;
    if (record.list === true) return listTelling(subscription, this.#sender.flowOf(subscription), state, wanted);
    // One NOTIFY tells what is: there is no step on the way (D-6).
    const shown = wanted === "fetch" ? state : subscription.shown;
    const isChange = wanted === "change" && shown !== undefined;
    return this.#parts.bodies[isChange ? "change" : "full"](record.resource, kindOf(subscription), shown, state);
  }

  #transmit(subscription: Subscription, document: BodyTemplate | undefined, ending?: EndReason): void {
    if (!this.#sender.send(subscription, document, ending)) this.#noWay(subscription);
  }

  /** The phone may connect again as long as the subscription lasts, but over WebSocket only to subscribe anew (S-13, S-92). */
  #noWay(subscription: Subscription): void {
    const { transport } = subscription.record.flow;
    // What cannot be asked is no probe of its device.
    if (!this.#silent.isQuiet) this.#silent.gone(subscription);
    this.move(subscription, transport === "tcp" || transport === "tls" ? NO_FLOW : TIMED_OUT);
  }

  /** The final answer of a NOTIFY, or its absence (design §9.9). */
  answered(subscription: Subscription, response: SipResponse | undefined): void {
    if (response !== undefined && response.status !== 408) this.heard(subscription);
    const verdict = this.#judge(subscription, response);
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

  #judge(subscription: Subscription, response: SipResponse | undefined): Verdict {
    if (response === undefined) return TIMED_OUT;
    // Nobody knows a dialog before the 200 that makes it: this NOTIFY came first.
    const isFirst = subscription.version === 1 && subscription.ackedAt === 0;
    if (response.status === 481 && isFirst && this.#parts.clock.now() - subscription.sentAt < OVERTAKEN_WITHIN_MS)
      return OVERTAKEN;
    return judgeAnswer(response, subscription.record.dialog.remoteTarget);
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
    if (response !== undefined && endsDialog(response)) this.#parts.onDialogGone(subscription);
    const isSilent = verdict.type === "failed" && verdict.retryMs === RETRY_AFTER_TIMEOUT_MS;
    if (isSilent && this.#silent.failed(subscription)) this.#parts.onDeviceGone(subscription);
    else this.#follow(subscription, verdict);
  }

  #follow(subscription: Subscription, verdict: Exclude<Verdict, { type: "delivered" }>): void {
    if (verdict.type === "kept") {
      this.move(subscription, { type: "kept", at: this.#parts.clock.now(), pace: this.paceOf(subscription) });
    } else if (verdict.type === "moved") {
      // Until the next refresh names the target anew; a second one in a row removes, so that nobody is led in a circle.
      this.#sender.redirect(subscription, verdict.target);
      this.move(subscription, { type: "failed", retryMs: RETRY_AFTER_3XX_MS });
    } else this.move(subscription, asHabitsHave(verdict, subscription.package.habitsOf(subscription.record.profile)));
  }
}

function kindOf({ package: eventPackage, record: { profile, contentType } }: Subscription): WatcherKind {
  return { package: eventPackage, profile, contentType };
}
