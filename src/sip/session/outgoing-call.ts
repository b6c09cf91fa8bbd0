import type { WheelTimer } from "#base/timer-wheel";
import { dialogOfAnswer } from "#sip/dialog/dialog";
import { headerOf, type SipRequest, type SipResponse } from "#sip/message/message";
import { readAddressWithTag } from "#sip/message/name-addr";
import { wholeMs } from "#sip/transaction/timers";
import type { ServerTransaction } from "#sip/transaction/user";
import { CallDialog } from "./call-dialog.ts";
import { descriptionIn } from "./description.ts";
import { FORKS_MAX, TRIES_MAX } from "./limits.ts";
import { LiveSession, type Ending, type LiveSessionParts } from "./live-session.ts";
import { OutgoingInvite, type SentInvite } from "./outgoing-invite.ts";
import { lists, namesParty } from "./peer.ts";
import { cleanHeaders, reasonHeaders } from "./own-headers.ts";
import type { OutgoingCall as Call, SessionEnd, SessionUser } from "./session.ts";
import { agreedInterval, minSeOf } from "./session-timer.ts";

/** A dialog that a fork made. */
interface Fork {
  readonly dialog: CallDialog;
  /** Its description, from a provisional answer. */
  sdp: string | undefined;
  /** What its 2xx was acknowledged with. */
  ack: string | undefined;
}

/** A call of ours (RFC 3261 §13.2): one INVITE, as many early dialogs as it forks into, one of them confirmed. */
export class OutgoingCall extends LiveSession {
  readonly isCaller = true;
  readonly #call: Call;
  readonly #keys: LiveSessionParts["keys"];
  readonly #invite: OutgoingInvite;
  /** By the peer's tag. */
  readonly #forks = new Map<string, Fork>();
  #winner: Fork | undefined;
  #sent: SentInvite | undefined;
  #tries = 0;
  #cseq: number;
  #cancelTimer: WheelTimer | undefined;

  constructor(made: Omit<LiveSessionParts, "life" | "offers">, call: Call, user: SessionUser) {
    super({ ...made, user, life: { phase: "calling" }, offers: { phase: "ours" } });
    this.#call = call;
    this.#keys = made.keys;
    this.#invite = new OutgoingInvite(call, { callId: made.callId, localTag: made.id }, made.parts.loopToken);
    this.#cseq = 0;
    this.offers.localSdp = call.sdp;
  }

  /** It is not made. */
  refuse(status: number): void {
    this.feed({ type: "failure", end: { type: "refused", by: "us", status } });
  }

  get canSpeak(): boolean {
    return this.dialog !== undefined;
  }

  /** Sends the INVITE, once more after a challenge. What cannot be written, as a blank in a URI, is a mistake of the user's. */
  start(): void {
    try {
      this.#send();
    } catch (error) {
      this.parts.log.error("a call could not be written", { callId: this.callId, error: String(error) });
      this.refuse(500);
    }
  }

  #send(): void {
    const { clients } = this.parts;
    const { flow, uri } = this.#call;
    this.#tries += 1;
    this.#cseq += 1;
    const sent = { branch: clients.newBranch(), cseq: this.#cseq, secrets: this.#keys.headers("INVITE", uri) };
    this.#sent = sent;
    const message = this.#invite.invite(sent, this.askHeaders());
    clients.start(
      { method: "INVITE", branch: sent.branch, message, flow },
      {
        onResponse: (response) => {
          this.#hear(response, sent);
        },
        onTimeout: () => {
          this.feed({ type: "gaveUp", end: { type: "lost", reason: "timeout" } });
        },
        onTransportError: () => {
          this.feed({ type: "gaveUp", end: { type: "lost", reason: "transport" } });
        },
      },
    );
  }

  acknowledged(ack: SipRequest): void {
    this.offers.acknowledged(ack);
  }

  dialogWith(remoteTag: string): CallDialog | undefined {
    const fork = this.#forks.get(remoteTag);
    return this.#winner === undefined || fork === this.#winner ? fork?.dialog : undefined;
  }

  /** Nothing of ours waits for one. */
  prack(transaction: ServerTransaction): void {
    transaction.respond({ status: 481 });
  }

  cancel(transaction: ServerTransaction): void {
    this.offers.cancel(transaction);
  }

  protected earlyEnd(): SessionEnd {
    return { type: "cancelled", by: "us" };
  }

  protected settle(): void {
    this.parts.wheel.stop(this.#cancelTimer);
  }

  protected performEarly({ type }: Parameters<LiveSession["performEarly"]>[0]): void {
    if (type === "sendCancel") this.#cancel(this.ending);
    else if (type === "startCancelTimer")
      this.#cancelTimer = this.parts.wheel.start(wholeMs(this.parts.times), () => {
        // Nobody answers the INVITE: nothing is waited for any more (RFC 3261 §9.1).
        if (this.#sent !== undefined) this.parts.clients.abandon(this.#sent.branch);
        this.feed({ type: "gaveUp", end: { type: "lost", reason: "timeout" } });
      });
  }

  #cancel({ reasons = [], headers = [] }: Ending): void {
    if (this.#sent === undefined) return;
    const { branch } = this.#sent;
    const message = this.#invite.cancel(this.#sent, [...reasonHeaders(reasons), ...cleanHeaders(headers)]);
    // Whatever becomes of it: the INVITE has its own answer.
    this.parts.clients.start({ method: "CANCEL", branch, message, flow: this.#call.flow }, UNHEARD);
  }

  #hear(response: SipResponse, sent: SentInvite): void {
    if (response.status < 200) this.#progressed(response);
    else if (response.status < 300) this.#succeeded(response, sent);
    else if (this.phase === "early" && this.#canTryAgain(response, sent)) {
      this.feed({ type: "again" });
      for (const { dialog } of this.#forks.values()) dialog.isOver = true;
      this.#forks.clear();
      this.dialog = undefined;
      this.start();
    } else this.feed({ type: "failure", end: { type: "refused", by: "them", status: response.status, response } });
  }

  #canTryAgain(response: SipResponse, { secrets }: SentInvite): boolean {
    if (this.#tries >= TRIES_MAX) return false;
    if (response.status !== 422) return this.#keys.accept(response, secrets);
    this.raiseMinSe(minSeOf(response));
    return true;
  }

  #progressed(response: SipResponse): void {
    const fork = this.#forkOf(response);
    const isReliable = fork !== undefined && this.phase === "early" && lists(response, "require", "100rel");
    if (isReliable && !this.#prack(fork, response)) return;
    this.feed({ type: "provisional" });
    if (response.status === 100 || this.phase !== "early") return;
    this.peer.hear(response);
    const sdp = descriptionIn(response);
    if (fork !== undefined) {
      this.dialog = fork.dialog;
      fork.dialog.refreshTarget(response);
      fork.sdp = sdp ?? fork.sdp;
    }
    if (isReliable && sdp !== undefined) {
      this.offers.remoteSdp = sdp;
      this.offers.feed({ type: "settled" });
    }
    this.teller.tell((user) => user.onProgress?.(response.status, sdp, response));
  }

  /** False: it came before, or before its turn (RFC 3262 §4). */
  #prack({ dialog }: Fork, response: SipResponse): boolean {
    const text = /^\d{1,10}$/.exec(headerOf(response, "rseq") ?? "")?.[0];
    if (text === undefined) return true;
    const rseq = Number(text);
    if (dialog.remoteRSeq !== undefined && rseq !== dialog.remoteRSeq + 1) return false;
    dialog.remoteRSeq = rseq;
    const { number, method } = response.cseq;
    const headers = [["RAck", `${rseq} ${number} ${method}`] as const];
    this.requester.send(dialog, { method: "PRACK", headers }, () => undefined);
    return true;
  }

  #succeeded(response: SipResponse, { cseq, secrets }: SentInvite): void {
    const fork = this.#forkOf(response);
    if (fork === undefined) {
      // A 2xx without a tag, or of a seventeenth fork: nothing can be said in its dialog.
      this.parts.log.warn("a 2xx makes no dialog", { callId: this.callId });
      if (this.#winner === undefined) this.feed({ type: "failure", end: { type: "lost", reason: "no-such-dialog" } });
      return;
    }
    if (fork.ack !== undefined) {
      this.flow.send(fork.ack);
      return;
    }
    fork.dialog.refreshTarget(response);
    fork.ack = this.requester.acknowledge(fork.dialog, cseq, secrets);
    if (this.#winner !== undefined) this.#hangUp(fork);
    else this.#won(fork, response);
  }

  #won(fork: Fork, response: SipResponse): void {
    this.#winner = fork;
    this.dialog = fork.dialog;
    this.peer.hear(response);
    const sdp = descriptionIn(response) ?? fork.sdp;
    this.offers.remoteSdp = sdp;
    this.agreed(agreedInterval(response));
    const isWanted = this.phase === "early";
    this.feed({ type: "success" });
    this.offers.feed({ type: "settled" });
    if (!isWanted) return;
    if (sdp === undefined) {
      // An answer that never comes: there is nothing to talk by (RFC 3261 §13.2.2.4).
      this.lost({ type: "lost", reason: "no-such-dialog" });
      return;
    }
    if (namesParty(response)) this.teller.tell((user) => user.onIdentity?.(response));
    this.teller.tell((user) => user.onAnswered?.(sdp, response));
  }

  /** Another phone answered first: this one is let go (RFC 3261 §13.2.2.4). */
  #hangUp({ dialog }: Fork): void {
    this.requester.send(dialog, { method: "BYE", headers: [] }, () => undefined);
  }

  #forkOf(response: SipResponse): Fork | undefined {
    const tag = readAddressWithTag(headerOf(response, "to") ?? "")?.tag;
    if (tag === undefined) return undefined;
    const known = this.#forks.get(tag);
    if (known !== undefined || this.#forks.size >= FORKS_MAX) return known;
    const made = dialogOfAnswer(this.#invite.asked, response);
    if (!made.ok) return undefined;
    const numbers = { localCSeq: this.#cseq, remoteCSeq: 0 };
    const fork = { dialog: new CallDialog(made.value, numbers, this.#call.contactUser), sdp: undefined, ack: undefined };
    this.#forks.set(tag, fork);
    return fork;
  }
}

const UNHEARD = { onResponse: () => undefined, onTimeout: () => undefined, onTransportError: () => undefined };
