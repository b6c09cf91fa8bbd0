import { step } from "#base/machine";
import type { WheelTimer } from "#base/timer-wheel";
import type { SipRequest, SipResponse } from "#sip/message/message";
import { wholeMs } from "#sip/transaction/timers";
import type { OutgoingHeader, ServerTransaction } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";
import type { CallDialog } from "./call-dialog.ts";
import { KeepAlive } from "./keep-alive.ts";
import { lifeTable, type Life, type LifeEffect, type LifeEvent } from "./life-table.ts";
import { ALLOW, MIN_SE_SECONDS, SESSION_OPTIONS } from "./limits.ts";
import { OfferExchange, type OfferHost } from "./offer-exchange.ts";
import type { Offers } from "./offer-table.ts";
import { namesParty, Peer } from "./peer.ts";
import { cleanHeaders, reasonHeaders } from "./own-headers.ts";
import { answerInDialog } from "./in-dialog-requests.ts";
import { Requester, statusOfReply, type Keys, type Reply } from "./requester.ts";
import type { OfferOutcome, Reason, Session, SessionEnd, SessionUser } from "./session.ts";
import type { SessionParts } from "./session-parts.ts";
import { agreedInterval, timerHeaders, type SessionInterval } from "./session-timer.ts";
import { Teller } from "./teller.ts";

/** Why the user ends it. */
export type Ending = NonNullable<Parameters<Session["end"]>[0]>;

/** Who keeps the sessions. */
export interface SessionKeeper {
  /** Its user hears of no end but this one. */
  ended(session: LiveSession): void;
  /** Nothing is sent for it any more; a request that crosses the end may still come. */
  forget(session: LiveSession): void;
}

/** What makes a session. */
export interface LiveSessionParts {
  readonly parts: SessionParts;
  readonly keeper: SessionKeeper;
  readonly id: string;
  readonly callId: string;
  readonly flow: Flow;
  readonly keys: Keys;
  readonly life: Life;
  readonly offers: Offers;
  readonly user: SessionUser | undefined;
}

type EarlyEffect = Extract<
  LifeEffect,
  { type: "sendCancel" | "startCancelTimer" | "sendRefusal" | "sendCancelledAnswer" | "sendAccept" }
>;

/** What incoming and outgoing sessions have in common: the shell of `life-table.ts`, and everything in the dialog. */
export abstract class LiveSession implements Session, OfferHost {
  readonly id: string;
  readonly callId: string;
  readonly parts: SessionParts;
  readonly teller: Teller;
  readonly requester: Requester;
  readonly peer = new Peer();
  readonly offers: OfferExchange;
  abstract readonly isCaller: boolean;
  /** The dialog that the session speaks in: an early one, or the confirmed one. */
  dialog: CallDialog | undefined;
  protected ending: Ending = {};
  readonly #keeper: SessionKeeper;
  readonly #keepAlive: KeepAlive;
  #interval: SessionInterval | undefined;
  #life: Life;
  #flow: Flow;
  #flowTimer: WheelTimer | undefined;
  #minSe = MIN_SE_SECONDS;

  constructor(made: LiveSessionParts) {
    const { parts, keys } = made;
    this.parts = parts;
    this.id = made.id;
    this.callId = made.callId;
    this.#flow = made.flow;
    this.#life = made.life;
    this.#keeper = made.keeper;
    this.teller = new Teller(made.user, (error) => {
      this.failed(error);
    });
    this.requester = new Requester({
      clients: parts.clients,
      wheel: parts.wheel,
      keys,
      flow: () => this.#flow,
      isOpen: () => this.phase !== "over",
    });
    this.offers = new OfferExchange(this, made.offers);
    this.#keepAlive = new KeepAlive(parts, {
      refresh: () => {
        void this.#refresh();
      },
      expired: () => {
        this.lost({ type: "lost", reason: "session-timer" });
      },
      ask: () => {
        void this.request("OPTIONS", [["Accept", "application/sdp"]]);
      },
    });
  }

  get phase(): Session["phase"] {
    return PHASES[this.#life.phase];
  }

  get flow(): Flow {
    return this.#flow;
  }

  get userAgent(): string {
    return this.peer.userAgent;
  }

  allows(method: string): boolean {
    return this.peer.allows(method);
  }

  get offerMethod(): "INVITE" | "UPDATE" | undefined {
    if (this.phase === "over" || !this.canSpeak) return undefined;
    if (this.#life.phase === "confirmed") return "INVITE";
    return this.#life.phase !== "answered" && this.allows("UPDATE") ? "UPDATE" : undefined;
  }

  offer(sdp: string, headers: readonly OutgoingHeader[] = []): Promise<OfferOutcome> {
    return this.offers.want(sdp, cleanHeaders(headers));
  }

  async identify(headers: readonly OutgoingHeader[]): Promise<void> {
    if (this.#life.phase !== "confirmed" && !this.allows("UPDATE")) return;
    await this.#updateOrInvite(cleanHeaders(headers));
  }

  request(method: string, headers: readonly OutgoingHeader[], body?: string): Promise<number> {
    const { dialog } = this;
    if (dialog === undefined || this.phase === "over" || !this.canSpeak) return Promise.resolve(481);
    return new Promise((resolve) => {
      this.requester.send(dialog, { method, headers: cleanHeaders(headers), body }, (reply) => {
        this.survives(reply);
        resolve(statusOfReply(reply));
      });
    });
  }

  end(why: Ending = {}): void {
    if (this.phase === "over") return;
    this.ending = why;
    this.feed({ type: "end", early: this.earlyEnd(why) });
  }

  /** Does the peer know of the dialog? */
  abstract readonly canSpeak: boolean;
  /** What an end by our user is called before the answer. */
  protected abstract earlyEnd(why: Ending): SessionEnd;
  /** Performs what differs between the sides. */
  protected abstract performEarly(effect: EarlyEffect): void;
  /** Stops the timers of the early phase. */
  protected abstract settle(): void;
  /** An ACK with our tag came. */
  abstract acknowledged(ack: SipRequest): void;
  /** The early or confirmed dialog with this peer's tag. */
  abstract dialogWith(remoteTag: string): CallDialog | undefined;
  /** A PRACK in the dialog. */
  abstract prack(transaction: ServerTransaction): void;

  /** A request of theirs in a dialog of this session. */
  receive(transaction: ServerTransaction): void {
    answerInDialog(this, transaction);
  }

  /** Does it take a re-INVITE? */
  get isConfirmed(): boolean {
    return this.#life.phase === "confirmed";
  }

  /** The peer speaks from here now: the dialog's tags are proof enough. */
  heardOn(flow: Flow): void {
    this.#flow = flow;
    this.parts.wheel.stop(this.#flowTimer);
    this.#flowTimer = undefined;
  }

  /** Nothing can be sent until the peer comes back over another flow; it has a while for that. */
  flowClosed(): void {
    if (this.phase === "over" || this.#flowTimer !== undefined) return;
    this.#flowTimer = this.parts.wheel.start(wholeMs(this.parts.times), () => {
      this.lost({ type: "lost", reason: "transport" });
    });
  }

  lost(end: SessionEnd): void {
    this.ending = {};
    this.feed({ type: "lost", end, isReachable: !this.#flow.closed });
  }

  noAck(): void {
    this.lost({ type: "lost", reason: "no-ack" });
  }

  /** Our user made a mistake: the call ends, the others go on. */
  failed(error: unknown): void {
    const { callId } = this;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.parts.log.error("a session could not be handled and ends", { callId, session: this.id, error: text });
    this.end({ status: 500 });
  }

  survives(reply: Reply): boolean {
    const status = statusOfReply(reply);
    if (status !== 408 && status !== 481) return true;
    this.lost({ type: "lost", reason: status === 481 ? "no-such-dialog" : "timeout" });
    return false;
  }

  feed(event: LifeEvent): void {
    const next = step(lifeTable, this.#life, event);
    this.#life = next.state;
    for (const effect of next.effects) this.#perform(effect);
  }

  askHeaders(): readonly OutgoingHeader[] {
    return [["Allow", ALLOW], ["Supported", SUPPORTED], ...timerHeaders(this.#minSe, this.#interval)];
  }

  answerHeaders(): readonly OutgoingHeader[] {
    const contact = this.dialog?.contact(this.#flow);
    return [...(contact === undefined ? [] : [["Contact", contact] as const]), ["Allow", ALLOW], ["Supported", SUPPORTED]];
  }

  raiseMinSe(seconds: number): void {
    this.#minSe = Math.max(this.#minSe, seconds);
  }

  agreed(interval: SessionInterval | undefined): void {
    this.#interval = interval;
    if (this.#life.phase === "confirmed") this.#keepAlive.start(interval);
  }

  granted(response: SipResponse): void {
    this.refreshed(response);
    this.agreed(agreedInterval(response));
  }

  refreshed(message: SipRequest | SipResponse): void {
    this.peer.hear(message);
    this.dialog?.refreshTarget(message);
    if (namesParty(message)) this.teller.tell((user) => user.onIdentity?.(message));
  }

  #perform(effect: LifeEffect): void {
    switch (effect.type) {
      case "sendBye":
        this.#bye();
        return;
      case "becomeConfirmed":
        this.settle();
        this.#keepAlive.start(this.#interval);
        this.offers.pump();
        return;
      case "tellEnd":
        this.#tellEnd(effect.end);
        return;
      case "forget":
        this.settle();
        this.parts.wheel.stop(this.#flowTimer);
        this.#keeper.forget(this);
        return;
      default:
        this.performEarly(effect);
    }
  }

  #bye(): void {
    const { dialog } = this;
    if (dialog === undefined) return;
    const { reasons = NO_REASONS, headers = [] } = this.ending;
    this.requester.send(
      dialog,
      { method: "BYE", headers: [...reasonHeaders(reasons), ...cleanHeaders(headers)] },
      () => undefined,
    );
  }

  #tellEnd(end: SessionEnd): void {
    this.#keepAlive.stop();
    this.offers.over();
    this.#keeper.ended(this);
    this.teller.tell((user) => {
      this.teller.user = undefined;
      user.onEnded(end);
    });
  }

  async #refresh(): Promise<void> {
    await this.#updateOrInvite([]);
  }

  /** UPDATE without an offer, or a re-INVITE that offers what holds already. */
  async #updateOrInvite(headers: readonly OutgoingHeader[]): Promise<void> {
    const { dialog } = this;
    if (dialog === undefined || this.phase === "over" || !this.canSpeak) return;
    if (!this.allows("UPDATE")) {
      await this.offers.want(undefined, headers);
      return;
    }
    await new Promise<void>((resolve) => {
      const ask = { method: "UPDATE", headers: [...this.askHeaders(), ...headers] };
      this.requester.send(dialog, ask, (reply) => {
        const status = statusOfReply(reply);
        if (reply.type === "response" && status < 300) this.granted(reply.response);
        else if (status === 405 || status === 501) {
          // It said that it could: a re-INVITE does the same.
          this.peer.forbid("UPDATE");
          void this.#updateOrInvite(headers).then(resolve);
          return;
        } else this.survives(reply);
        resolve();
      });
    });
  }
}

const NO_REASONS: readonly Reason[] = [];
const SUPPORTED = SESSION_OPTIONS.join(", ");

const PHASES: Readonly<Record<Life["phase"], Session["phase"]>> = {
  calling: "early",
  proceeding: "early",
  ringing: "early",
  answered: "confirmed",
  confirmed: "confirmed",
  cancelling: "over",
  closing: "over",
  over: "over",
};
