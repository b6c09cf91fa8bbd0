import { step } from "#base/machine";
import type { WheelTimer } from "#base/timer-wheel";
import { headerOf, type SipRequest, type SipResponse } from "#sip/message/message";
import type { OutgoingHeader, ServerTransaction } from "#sip/transaction/user";
import { AcceptedInvite } from "./accepted-invite.ts";
import type { CallDialog } from "./call-dialog.ts";
import { descriptionIn, descriptionOf } from "./description.ts";
import { GLARES_MAX, OFFERS_WAITING_MAX } from "./limits.ts";
import { offerTable, type OfferEffect, type OfferEvent, type Offers } from "./offer-table.ts";
import { statusOfReply, type Reply, type Requester } from "./requester.ts";
import type { OfferOutcome } from "./session.ts";
import type { SessionParts } from "./session-parts.ts";
import { grantInterval, minSeOf, type SessionInterval } from "./session-timer.ts";
import type { Teller } from "./teller.ts";

/** What the exchange needs of its session. */
export interface OfferHost {
  readonly parts: SessionParts;
  readonly requester: Requester;
  readonly teller: Teller;
  /** Did we send the INVITE? Then the Call-ID is ours (RFC 3261 §14.1). */
  readonly isCaller: boolean;
  readonly dialog: CallDialog | undefined;
  /** How an offer of ours can be sent now; undefined = not now. */
  readonly offerMethod: "INVITE" | "UPDATE" | undefined;
  /** Headers of an INVITE or UPDATE of ours: what we can, and the session interval. */
  askHeaders(): readonly OutgoingHeader[];
  /** Headers of a 2xx of ours. */
  answerHeaders(): readonly OutgoingHeader[];
  /** The peer takes no shorter interval than this. */
  raiseMinSe(seconds: number): void;
  /** Both agreed on this interval; undefined = on none. */
  agreed(interval: SessionInterval | undefined): void;
  /** A 2xx or an accepted request may name another party and another target. */
  refreshed(message: SipRequest | SipResponse): void;
  /** A 2xx of theirs to an INVITE or UPDATE came. */
  granted(response: SipResponse): void;
  /** False: the answer ended the session. */
  survives(reply: Reply): boolean;
  noAck(): void;
  failed(error: unknown): void;
}

/** An offer of ours that waits for its turn or its answer. */
interface Wish {
  /** undefined: what holds already. */
  readonly sdp: string | undefined;
  readonly headers: readonly OutgoingHeader[];
  readonly done: (outcome: OfferOutcome) => void;
  tries: number;
}

/** A request of theirs with an offer, or one that asks for ours. */
interface Theirs {
  readonly transaction: ServerTransaction;
  readonly sdp: string | undefined;
  readonly interval: SessionInterval | undefined;
  readonly headers: readonly OutgoingHeader[];
}

/** Longest Retry-After of a 500 that is waited for: their own offer was open. */
const RETRY_MAX_SECONDS = 10;

/** Offers and answers after the first ones: re-INVITE and UPDATE, in both directions. Performs `offer-table.ts`. */
export class OfferExchange {
  /** Our description that holds. */
  localSdp: string | undefined = undefined;
  remoteSdp: string | undefined = undefined;
  readonly #host: OfferHost;
  readonly #wishes: Wish[] = [];
  #state: Offers;
  #arriving: Theirs | undefined;
  #theirs: Theirs | undefined;
  #accepted: AcceptedInvite | undefined;
  #glareTimer: WheelTimer | undefined;
  #waitMs = 0;

  constructor(host: OfferHost, state: Offers) {
    this.#host = host;
    this.#state = state;
  }

  /** Sends an offer when its turn comes. */
  want(sdp: string | undefined, headers: readonly OutgoingHeader[]): Promise<OfferOutcome> {
    return new Promise((done) => {
      if (this.#state.phase === "over") done({ type: "over" });
      else if (this.#wishes.length >= OFFERS_WAITING_MAX) done({ type: "refused", status: 491 });
      else {
        this.#wishes.push({ sdp, headers, done, tries: 0 });
        this.pump();
      }
    });
  }

  /** Something may have become possible. */
  pump(): void {
    if (this.#wishes.length > 0 && this.#host.offerMethod !== undefined) this.feed({ type: "want" });
  }

  feed(event: OfferEvent): void {
    const next = step(offerTable, this.#state, event);
    this.#state = next.state;
    for (const effect of next.effects) this.#perform(effect);
  }

  /** A re-INVITE, an UPDATE, or a PRACK with an offer. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    const description = descriptionOf(request);
    const granted = grantInterval(request);
    if (!description.ok) transaction.respond(description.error);
    else if (!granted.ok) transaction.respond(granted.error);
    else {
      const theirs = { transaction, sdp: description.value, ...granted.value };
      if (request.method !== "INVITE" && theirs.sdp === undefined) this.#accept(theirs, undefined);
      else {
        this.#arriving = theirs;
        this.feed({ type: "theirs", isWanted: theirs.sdp === undefined });
        this.#arriving = undefined;
      }
    }
  }

  /** The peer takes its re-INVITE back. */
  cancel(transaction: ServerTransaction): void {
    if (this.#theirs?.transaction !== transaction) return;
    this.#theirs = undefined;
    if (!transaction.isAnswered) transaction.respond({ status: 487 });
    this.feed({ type: "answered" });
  }

  acknowledged(ack: SipRequest): void {
    this.#accepted?.acknowledged(ack);
  }

  /** Nothing more is offered or answered. */
  over(): void {
    this.feed({ type: "over" });
    this.#accepted?.stop();
    const { transaction } = this.#theirs ?? {};
    this.#theirs = undefined;
    if (transaction?.isAnswered === false) transaction.respond({ status: 487 });
    for (const wish of this.#wishes.splice(0)) wish.done({ type: "over" });
  }

  #perform(effect: OfferEffect): void {
    switch (effect.type) {
      case "sendOffer":
        this.#send();
        return;
      case "next":
        this.pump();
        return;
      case "startGlareTimer":
        this.#glareTimer = this.#host.parts.wheel.start(this.#waitMs, () => {
          this.feed({ type: "waited" });
        });
        return;
      case "stopGlareTimer":
        this.#host.parts.wheel.stop(this.#glareTimer);
        return;
      case "refuse":
        this.#refuse(effect.status);
        return;
      default:
        this.#theirs = this.#arriving;
        if (this.#theirs !== undefined) this.#askUser(this.#theirs, effect.type === "askUserForOffer");
    }
  }

  #refuse(status: 491 | 500): void {
    const retryAfter = String(this.#host.parts.random.below(RETRY_MAX_SECONDS + 1));
    this.#arriving?.transaction.respond(status === 491 ? { status } : { status, headers: [["Retry-After", retryAfter]] });
  }

  #send(): void {
    const [wish] = this.#wishes;
    const { dialog, offerMethod: method, requester } = this.#host;
    const sdp = wish?.sdp ?? this.localSdp;
    if (wish === undefined || dialog === undefined || method === undefined || sdp === undefined) {
      // It cannot be said any more, as in a session whose first offer was never made.
      this.#settle({ type: "refused", status: 488 });
      return;
    }
    wish.tries += 1;
    const headers = [...this.#host.askHeaders(), ...wish.headers, ["Content-Type", "application/sdp"] as const];
    requester.send(dialog, { method, headers, body: sdp }, (reply) => {
      this.#answered(wish, sdp, reply);
    });
  }

  #answered(wish: Wish, sdp: string, reply: Reply): void {
    // The end of the session has told it already.
    if (this.#state.phase === "over") return;
    const status = statusOfReply(reply);
    if (reply.type === "response" && status < 300) {
      const { response } = reply;
      this.localSdp = sdp;
      this.remoteSdp = descriptionIn(response) ?? this.remoteSdp;
      this.#host.granted(response);
      this.#settle({ type: "answered", sdp: this.remoteSdp ?? "" });
      return;
    }
    const waitMs = wish.tries > GLARES_MAX || reply.type !== "response" ? undefined : this.#waitOf(reply.response);
    if (waitMs !== undefined) {
      this.#waitMs = waitMs;
      this.feed({ type: "clashed" });
    } else if (this.#host.survives(reply)) this.#settle({ type: "refused", status });
  }

  /** How long until the same offer may be sent again; undefined = it is refused. */
  #waitOf(response: SipResponse): number | undefined {
    const { isCaller, parts } = this.#host;
    if (response.status === 491) return isCaller ? 2100 + 10 * parts.random.below(191) : 10 * parts.random.below(201);
    if (response.status === 422) {
      this.#host.raiseMinSe(minSeOf(response));
      return 0;
    }
    const seconds = /^\d{1,2}/.exec(headerOf(response, "retry-after") ?? "")?.[0];
    return response.status === 500 && seconds !== undefined && Number(seconds) <= RETRY_MAX_SECONDS
      ? Number(seconds) * 1000
      : undefined;
  }

  #settle(outcome: OfferOutcome): void {
    this.#wishes.shift()?.done(outcome);
    this.feed({ type: "settled" });
  }

  #askUser(theirs: Theirs, isWanted: boolean): void {
    const { transaction, sdp } = theirs;
    this.#host.teller.tell((user) => {
      if (this.#theirs !== theirs) return;
      if (isWanted) {
        this.#accept(theirs, user.onOfferWanted());
        return;
      }
      user.onOffer(sdp ?? "", transaction.request).then(
        (answer) => {
          if (this.#theirs !== theirs) return;
          if ("sdp" in answer) this.#accept(theirs, answer.sdp);
          else this.#decline(theirs, answer.status);
        },
        (error: unknown) => {
          this.#host.failed(error);
        },
      );
    });
  }

  #decline({ transaction }: Theirs, status: number): void {
    this.#theirs = undefined;
    if (!transaction.isAnswered) transaction.respond({ status: Math.max(300, status) });
    this.feed({ type: "answered" });
  }

  /** 200, with our description where it has one. */
  #accept(theirs: Theirs, sdp: string | undefined): void {
    const { transaction, headers, interval } = theirs;
    const { request } = transaction;
    this.#host.refreshed(request);
    const answer = {
      status: 200,
      headers: [
        ...this.#host.answerHeaders(),
        ...headers,
        ...(sdp === undefined ? [] : [["Content-Type", "application/sdp"] as const]),
      ],
      body: sdp ?? "",
    };
    if (this.#theirs === theirs) this.#theirs = undefined;
    if (sdp !== undefined) {
      this.localSdp = sdp;
      this.remoteSdp = theirs.sdp ?? this.remoteSdp;
    }
    if (request.method === "INVITE") this.#acceptInvite(transaction, answer, theirs.sdp === undefined);
    else {
      transaction.respond(answer);
      if (sdp !== undefined) this.feed({ type: "answered" });
    }
    if (request.method !== "PRACK") this.#host.agreed(interval);
  }

  #acceptInvite(transaction: ServerTransaction, answer: Parameters<ServerTransaction["respond"]>[0], offers: boolean): void {
    this.#accepted?.stop();
    this.#accepted = new AcceptedInvite(this.#host.parts, transaction, answer, (ack) => {
      if (ack === undefined) this.#host.noAck();
      else this.#acknowledged(ack, offers);
    });
    this.feed({ type: "accepted", offers });
  }

  #acknowledged(ack: SipRequest, offers: boolean): void {
    if (offers) {
      const sdp = descriptionIn(ack);
      this.remoteSdp = sdp ?? this.remoteSdp;
      this.#host.teller.tell((user) => user.onAcknowledged?.(sdp));
    }
    this.feed({ type: "ack" });
  }
}
