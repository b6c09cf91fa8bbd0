import type { WheelTimer } from "#base/timer-wheel";
import { headersOf, type SipRequest } from "#sip/message/message";
import type { Answer, OutgoingHeader, ServerTransaction } from "#sip/transaction/user";
import { AcceptedInvite } from "./accepted-invite.ts";
import type { CallDialog } from "./call-dialog.ts";
import { descriptionIn } from "./description.ts";
import { PROGRESS_AGAIN_MS, UNANSWERED_MAX_MS } from "./limits.ts";
import { LiveSession, type Ending, type LiveSessionParts } from "./live-session.ts";
import { lists } from "./peer.ts";
import { cleanHeaders, reasonHeaders } from "./own-headers.ts";
import { ReliableAnswers } from "./reliable-answers.ts";
import type { IncomingSession, SessionEnd } from "./session.ts";
import type { SessionInterval } from "./session-timer.ts";

type Progress = 180 | 181 | 182 | 183;

/** What the layer read of the INVITE. */
export interface IncomingParts {
  readonly transaction: ServerTransaction;
  readonly dialog: CallDialog;
  /** Their offer, undefined = ours is wanted. */
  readonly sdp: string | undefined;
  readonly interval: SessionInterval | undefined;
  readonly timerHeaders: readonly OutgoingHeader[];
}

/** A call to us (RFC 3261 §13.3), with reliable provisional answers where the peer requires them (RFC 3262). */
export class IncomingCall extends LiveSession implements IncomingSession {
  readonly isCaller = false;
  readonly invite: SipRequest;
  readonly #transaction: ServerTransaction;
  readonly #timerHeaders: readonly OutgoingHeader[];
  readonly #recordRoutes: readonly OutgoingHeader[];
  readonly #hasOffer: boolean;
  readonly #reliable: ReliableAnswers | undefined;
  #progress: { readonly status: Progress; readonly headers: readonly OutgoingHeader[] } | undefined;
  #progressTimer: WheelTimer | undefined;
  #unansweredTimer: WheelTimer | undefined;
  /** Our description went out in a provisional answer. `isReliable`: and needs no second time. */
  #early: { readonly sdp: string; readonly isReliable: boolean } | undefined;
  /** The answer to our offer, where it came in a PRACK. */
  #prackSdp: string | undefined;
  /** What the 200 says, which may wait for a PRACK. */
  #accept: { readonly sdp: string; readonly headers: readonly OutgoingHeader[] } | undefined;
  #accepted: AcceptedInvite | undefined;

  constructor(made: Omit<LiveSessionParts, "life" | "offers" | "user">, incoming: IncomingParts) {
    super({ ...made, life: { phase: "ringing" }, offers: { phase: "theirs" }, user: undefined });
    const { transaction, sdp } = incoming;
    this.#transaction = transaction;
    this.invite = transaction.request;
    this.dialog = incoming.dialog;
    this.#timerHeaders = incoming.timerHeaders;
    this.#recordRoutes = cleanHeaders(headersOf(this.invite, "record-route").map((value) => ["Record-Route", value]));
    this.#hasOffer = sdp !== undefined;
    this.offers.remoteSdp = sdp;
    this.peer.hear(this.invite);
    this.agreed(incoming.interval);
    if (lists(this.invite, "require", "100rel"))
      this.#reliable = new ReliableAnswers(made.parts, transaction, {
        acknowledged: (prack) => {
          this.#pracked(prack);
        },
        timeout: () => {
          this.end({ status: 504 });
        },
      });
    this.#unansweredTimer = made.parts.wheel.start(UNANSWERED_MAX_MS, () => {
      this.end({ status: 480 });
    });
  }

  progress(status: Progress, parts: { readonly sdp?: string; readonly headers?: readonly OutgoingHeader[] } = {}): void {
    if (!this.#isRinging) return;
    const headers = cleanHeaders(parts.headers ?? []);
    this.#progress = { status, headers };
    this.#startProgressTimer();
    const sdp = this.#early === undefined ? parts.sdp : undefined;
    if (this.#reliable === undefined) {
      // Only a reliable answer can hold an offer (RFC 3261 §13.2.1).
      this.#sayProgress(status, this.#hasOffer ? sdp : undefined, headers);
    } else if (sdp === undefined && !this.#hasOffer && this.#early === undefined) {
      // The first reliable answer must have one where the INVITE had none.
      this.teller.tell((user) => {
        if (this.#isRinging) this.#sayProgress(status, user.onOfferWanted(), headers);
      });
    } else this.#sayProgress(status, sdp, headers);
  }

  accept(sdp: string, headers: readonly OutgoingHeader[] = []): void {
    if (!this.#isRinging) return;
    this.#accept = { sdp, headers: cleanHeaders(headers) };
    if (this.#reliable?.isWaiting !== true) this.feed({ type: "accept" });
  }

  /** The caller has hung up before an answer. */
  cancelled(request: SipRequest): void {
    this.feed({ type: "cancelled", end: { type: "cancelled", by: "them", request } });
  }

  /** A CANCEL of the INVITE, or of a later one. */
  cancel(transaction: ServerTransaction, request: SipRequest): void {
    if (transaction === this.#transaction) this.cancelled(request);
    else this.offers.cancel(transaction);
  }

  acknowledged(ack: SipRequest): void {
    if (this.#accepted?.acknowledged(ack) !== true) this.offers.acknowledged(ack);
  }

  dialogWith(remoteTag: string): CallDialog | undefined {
    return this.dialog?.dialog.remoteTag === remoteTag ? this.dialog : undefined;
  }

  prack(transaction: ServerTransaction): void {
    if (this.#reliable === undefined) transaction.respond({ status: 481 });
    else this.#reliable.prack(transaction);
  }

  get canSpeak(): boolean {
    return this.#progress !== undefined || this.phase === "confirmed";
  }

  get #isRinging(): boolean {
    return this.phase === "early" && this.#accept === undefined;
  }

  protected earlyEnd({ status = 487 }: Ending): SessionEnd {
    return { type: "refused", by: "us", status: Math.max(300, status) };
  }

  protected settle(): void {
    const { wheel } = this.parts;
    wheel.stop(this.#progressTimer);
    wheel.stop(this.#unansweredTimer);
    this.#reliable?.stop();
    if (this.phase === "over") this.#accepted?.stop();
  }

  protected performEarly({ type }: Parameters<LiveSession["performEarly"]>[0]): void {
    if (type === "sendAccept") this.#sendAccept();
    else if (type === "sendRefusal") this.#refuse(this.ending);
    else if (type === "sendCancelledAnswer") this.#refuse({ status: 487 });
  }

  #refuse({ status = 487, reasons = [], headers = [] }: Ending): void {
    if (this.#transaction.isAnswered) return;
    this.#transaction.respond({
      status: Math.max(300, status),
      toTag: this.id,
      headers: [...reasonHeaders(reasons), ...cleanHeaders(headers)],
    });
  }

  #sayProgress(status: Progress, sdp: string | undefined, headers: readonly OutgoingHeader[]): void {
    if (this.#transaction.isAnswered) return;
    if (sdp !== undefined) {
      this.#early = { sdp, isReliable: this.#reliable !== undefined };
      this.offers.localSdp = sdp;
    }
    const answer = this.#withSdp(status, sdp, headers);
    if (this.#reliable === undefined) this.#transaction.respond(answer);
    else this.#reliable.send(answer);
  }

  #startProgressTimer(): void {
    const { wheel } = this.parts;
    wheel.stop(this.#progressTimer);
    this.#progressTimer = wheel.start(PROGRESS_AGAIN_MS, () => {
      if (this.#progress !== undefined && this.#reliable?.isWaiting !== true)
        this.progress(this.#progress.status, { headers: this.#progress.headers });
    });
  }

  #pracked(prack: ServerTransaction): void {
    const sdp = descriptionIn(prack.request);
    if (this.#early?.isReliable === true && this.#prackSdp === undefined) {
      if (!this.#hasOffer) {
        this.#prackSdp = sdp;
        this.offers.remoteSdp = sdp ?? this.offers.remoteSdp;
      }
      // The first offer is answered: either side may offer anew.
      this.offers.feed({ type: "answered" });
    }
    if (sdp !== undefined && this.#hasOffer) this.offers.receive(prack);
    else prack.respond({ status: 200 });
    if (this.#accept !== undefined && this.#reliable?.isWaiting !== true) this.feed({ type: "accept" });
  }

  #sendAccept(): void {
    const { sdp, headers } = this.#accept ?? { sdp: "", headers: [] };
    const isSaid = this.#early?.isReliable === true;
    if (!isSaid) this.offers.localSdp = sdp;
    const isOffer = !this.#hasOffer && !isSaid;
    const answer = this.#withSdp(200, isSaid ? undefined : sdp, [...this.#timerHeaders, ...headers]);
    this.settle();
    this.#accepted = new AcceptedInvite(this.parts, this.#transaction, answer, (ack) => {
      if (ack === undefined) this.feed({ type: "noAck" });
      else this.#acked(ack, isOffer);
    });
    this.offers.feed({ type: "accepted", offers: isOffer });
  }

  #acked(ack: SipRequest, isOffer: boolean): void {
    const sdp = isOffer ? descriptionIn(ack) : this.#prackSdp;
    if (isOffer) this.offers.remoteSdp = sdp;
    this.offers.feed({ type: "ack" });
    if (this.phase !== "over") this.teller.tell((user) => user.onAcknowledged?.(sdp));
    this.feed({ type: "ack" });
  }

  #withSdp(status: number, sdp: string | undefined, headers: readonly OutgoingHeader[]): Answer {
    return {
      status,
      toTag: this.id,
      headers: [
        ...this.#recordRoutes,
        ...this.answerHeaders(),
        ...headers,
        ...(sdp === undefined ? [] : [["Content-Type", "application/sdp"] as const]),
      ],
      body: sdp ?? "",
    };
  }
}
