import type { Random } from "#base/random";
import type { MediaEngine, MediaLeg, MediaListener, MediaSource, MediaStatistics } from "#media/media-engine";
import { MediaError } from "#media/media-error";
import type { SipRequest } from "#sip/message/message";
import { parseHostPort } from "#sip/message/uri";
import type { IncomingSession, OutgoingCall, Reason, Session, SessionEnd, Sessions, SessionUser } from "#sip/session/session";
import type { Answer, OutgoingHeader } from "#sip/transaction/user";
import { infoDigits } from "./info-digits.ts";
import { answerSdp, directSdp, offerSdp, readAnswer, type LocalMedia, type MediaPlace, type Negotiated } from "./sdp.ts";

/** What happens to a leg. Its end is told after the method that led to it has returned. */
export interface CallLegListener {
  /** Outgoing: it rings there (180), or is heard before it is answered (`hasMedia`). */
  onProgress?(status: number, hasMedia: boolean): void;
  /** Outgoing: answered. Incoming: we have answered. */
  onAnswered?(): void;
  /** The peer holds, or is back. `false` promises: it listens again. */
  onHold?(isHeld: boolean): void;
  onDigit?(digit: string): void;
  onPlayed?(isWhole: boolean): void;
  onEnded(end: SessionEnd): void;
}

export interface CallLegParts {
  readonly media: MediaEngine;
  readonly random: Random;
  /** Every leg, once, when it is over; before its listener hears that. */
  readonly over?: (leg: CallLeg, last: LastOfLeg) => void;
}

/** What is left to say of a leg that is over. */
export interface LastOfLeg {
  readonly end: SessionEnd;
  /** Why we ended it, where we did. */
  readonly reasons: readonly Reason[];
  /** undefined: it never had sound. */
  readonly sound: Promise<MediaStatistics | undefined>;
}

const SESSION_ID_BELOW = 2 ** 31;
const NOT_ACCEPTABLE = 488;
/** Recovery on timer expiry. */
const NO_SOUND: Reason = { protocol: "Q.850", cause: 102, text: "no RTP" };

/**
 * One party of a call: its session, its audio and what both agreed on (RFC 3264). Everything is safe in any order: what comes too late
 * changes nothing.
 */
export class CallLeg {
  readonly direction: "incoming" | "outgoing";
  /** Name of it in logs and the API: unique on this node. */
  readonly id: string;
  readonly #parts: CallLegParts;
  readonly #sessionId: number;
  #listener: CallLegListener | undefined;
  #session: Session | undefined;
  #incoming: IncomingSession | undefined;
  #opening: Promise<MediaLeg> | undefined;
  #media: MediaLeg | undefined;
  #host = "";
  #version = 1;
  #lastSdp = "";
  #agreed: Negotiated["agreed"] | undefined;
  #isHeld = false;
  /** While its sound goes past us: who is told when it does no more. */
  #whenBack: (() => void) | undefined;
  #isOver = false;
  #isUp = false;
  #reasons: readonly Reason[] = [];
  /** What was wanted before there was any media. */
  #bridge: string | undefined;
  #source: MediaSource | undefined;

  private constructor(direction: "incoming" | "outgoing", parts: CallLegParts) {
    this.direction = direction;
    this.#parts = parts;
    this.#sessionId = parts.random.below(SESSION_ID_BELOW);
    this.id = parts.random.token(64);
  }

  /** Of a call that came in. Give `user` to the session. */
  static incoming(session: IncomingSession, parts: CallLegParts): { readonly leg: CallLeg; readonly user: SessionUser } {
    const leg = new CallLeg("incoming", parts);
    leg.#session = session;
    leg.#incoming = session;
    return { leg, user: leg.#user() };
  }

  /** Calls somebody. A failure to open media ends it as any other. */
  static outgoing(sessions: Sessions, call: Omit<OutgoingCall, "sdp">, parts: CallLegParts): CallLeg {
    const leg = new CallLeg("outgoing", parts);
    void leg.#call(sessions, call);
    return leg;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Who is told from now on; to be said before the turn in which it was made is over. */
  listen(listener: CallLegListener): void {
    this.#listener = listener;
  }

  /** Incoming: it rings. */
  ring(): void {
    if (!this.#isOver) this.#incoming?.progress(180);
  }

  /**
   * Incoming: from now on it hears what `hear` and `join` say, though it is not answered (183, early media). A caller who leaves the offer to us
   * gets that with our answer, and hears nothing before.
   */
  async earlyMedia(): Promise<void> {
    if (this.#incoming?.invite.body === "") return;
    const sdp = await this.#answerToInvite();
    if (sdp !== undefined) this.#incoming?.progress(183, { sdp });
  }

  /** Incoming: answers. False: that was not possible, and it is over. */
  async accept(): Promise<boolean> {
    const sdp = await this.#answerToInvite();
    if (sdp === undefined) return false;
    this.#incoming?.accept(sdp);
    this.#isUp = true;
    this.#listener?.onAnswered?.();
    return true;
  }

  /** Its phone has come back over another flow; it is reached there if it had lost its own. */
  cameBackOn(flow: Session["flow"]): void {
    const session = this.#session;
    if (session?.flow.closed === true && session.flow.remoteHost === flow.remoteHost) session.heardOn(flow);
  }

  /** Talks with all who joined this bridge; undefined: with nobody. */
  join(bridge: string | undefined): void {
    this.#bridge = bridge;
    this.#media?.join(bridge);
  }

  /** Hears this instead of its bridge; undefined: its bridge. */
  hear(source: MediaSource | undefined): void {
    this.#source = source;
    this.#media?.hear(source);
  }

  /** Does its sound go past us? */
  get isDirect(): boolean {
    return this.#whenBack !== undefined && !this.#isOver;
  }

  /**
   * Where the peer takes its sound, for others than us; undefined: it is not up, holds, or writes another address than it has (a NAT), where
   * only an answer to what it sends finds it.
   */
  get place(): MediaPlace | undefined {
    const { remote, codec, eventPayload, rtcpMux = false } = this.#agreed ?? {};
    if (!this.#isUp || this.#isOver || this.#isHeld || remote === undefined || codec === undefined || rtcpMux) return undefined;
    if (remote.host !== this.#session?.flow.remoteHost) return undefined;
    return { ...remote, codec, ...(eventPayload === undefined ? {} : { eventPayload }) };
  }

  /**
   * Offers the place of another one instead of ours. False: the peer does not talk to that, and its sound is with us as before. `whenBack`: the
   * peer has taken it back to us by an offer of its own.
   */
  async pointTo(place: MediaPlace, whenBack: () => void): Promise<boolean> {
    if (this.#session?.phase !== "confirmed") return false;
    const outcome = await this.#session.offer(this.#written(directSdp(this.#local(), place)));
    if (outcome.type !== "answered" || this.isOver) return false;
    this.#whenBack = whenBack;
    const read = readAnswer(outcome.sdp);
    if (read.ok) this.#take(read.value);
    if (read.ok && !read.value.isHeld && read.value.agreed.codec === place.codec) return true;
    await this.comeBack();
    return false;
  }

  /** Our own place is offered again. */
  async comeBack(): Promise<void> {
    const wasDirect = this.isDirect;
    this.#whenBack = undefined;
    if (!wasDirect || this.#session?.phase !== "confirmed") return;
    // It hears us from now on, whatever it says to that.
    if (this.#agreed !== undefined) this.#media?.agree(this.#agreed);
    const outcome = await this.#session.offer(this.#offer());
    if (outcome.type === "answered") this.#takeAnswer(outcome.sdp);
  }

  /** What came and went so far; undefined: it has no sound, yet or any more. */
  async statistics(): Promise<MediaStatistics | undefined> {
    try {
      return await this.#media?.statistics();
    } catch (error) {
      if (error instanceof MediaError) return undefined;
      throw error;
    }
  }

  /** Tells the peer who it talks to now. */
  async identify(headers: readonly OutgoingHeader[]): Promise<void> {
    if (!this.#isOver) await this.#session?.identify(headers);
  }

  /** Ends it. `status`: what an unanswered incoming call is refused with. */
  end(
    why: { readonly status?: number; readonly reasons?: readonly Reason[]; readonly headers?: readonly OutgoingHeader[] } = {},
  ): void {
    if (this.#isOver) return;
    this.#reasons = why.reasons ?? [];
    // Media is closed when the session says that it is over, which it does once.
    if (this.#session === undefined) this.#over({ type: "cancelled", by: "us" });
    else this.#session.end(why);
  }

  async #call(sessions: Sessions, call: Omit<OutgoingCall, "sdp">): Promise<void> {
    this.#host = hostOf(call.flow.sentBy);
    try {
      await this.#open();
      if (!this.#isOver) this.#session = sessions.invite({ ...call, sdp: this.#offer() }, this.#user());
    } catch {
      // No ports are left, or the thread of audio is gone: its owner says so in the log.
      this.#over({ type: "lost", reason: "transport" });
    }
  }

  #user(): SessionUser {
    return {
      onProgress: (status, sdp) => {
        if (sdp !== undefined) this.#takeAnswer(sdp);
        this.#listener?.onProgress?.(status, sdp !== undefined);
      },
      onAnswered: (sdp) => {
        this.#isUp = true;
        if (this.#takeAnswer(sdp)) this.#listener?.onAnswered?.();
        else this.end({ reasons: [{ protocol: "SIP", cause: NOT_ACCEPTABLE }] });
      },
      onAcknowledged: (sdp) => {
        if (sdp !== undefined && !this.#takeAnswer(sdp)) this.end({ reasons: [{ protocol: "SIP", cause: NOT_ACCEPTABLE }] });
      },
      onOffer: (sdp) => this.#onOffer(sdp),
      onOfferWanted: () => {
        this.#cameBack();
        return this.#offer();
      },
      onRequest: (request) => this.#onInfo(request),
      onEnded: (end) => {
        this.#over(end);
      },
    };
  }

  async #onOffer(offer: string): Promise<{ readonly sdp: string } | { readonly status: number }> {
    await this.#open();
    const answer = answerSdp(offer, this.#local());
    if (!answer.ok) return { status: NOT_ACCEPTABLE };
    const sdp = this.#written(answer.value.sdp);
    this.#cameBack();
    this.#take(answer.value);
    return { sdp };
  }

  #onInfo(request: SipRequest): Answer {
    const digits = infoDigits(request);
    if (digits === undefined) return { status: 415, headers: [["Accept", "application/dtmf-relay, application/dtmf"]] };
    for (const digit of digits) this.#listener?.onDigit?.(digit);
    return { status: 200 };
  }

  /** The answer to the INVITE's offer, or an offer of ours where it had none; undefined: over. */
  async #answerToInvite(): Promise<string | undefined> {
    const session = this.#incoming;
    if (session === undefined || this.#isOver) return undefined;
    this.#host = hostOf(session.flow.sentBy);
    try {
      await this.#open();
    } catch {
      this.end({ status: 503, headers: [["Retry-After", "5"]] });
      return undefined;
    }
    // It may have hung up meanwhile.
    if (this.isOver) return undefined;
    const { body } = session.invite;
    if (body === "") return this.#offer();
    const answer = answerSdp(body, this.#local());
    if (!answer.ok) {
      this.end({ status: NOT_ACCEPTABLE });
      return undefined;
    }
    this.#agree(answer.value.agreed);
    return this.#written(answer.value.sdp);
  }

  #takeAnswer(sdp: string): boolean {
    const read = readAnswer(sdp);
    if (read.ok) this.#take(read.value);
    return read.ok;
  }

  #cameBack(): void {
    const told = this.#whenBack;
    this.#whenBack = undefined;
    told?.();
  }

  #agree(agreed: Negotiated["agreed"]): void {
    this.#agreed = agreed;
    // From a peer that talks to another one nothing comes to us, and it is sent nothing.
    this.#media?.agree(this.isDirect ? { ...agreed, remote: undefined, sends: false, receives: false } : agreed);
  }

  #take({ agreed, isHeld }: Negotiated): void {
    this.#agree(agreed);
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.#listener?.onHold?.(isHeld);
  }

  #offer(): string {
    return this.#written(offerSdp(this.#local()));
  }

  /** The version rises when something else is said (RFC 3264 §8). */
  #written(sdp: string): string {
    const content = withoutOrigin(sdp);
    if (this.#lastSdp === "" || content === withoutOrigin(this.#lastSdp)) {
      this.#lastSdp = this.#lastSdp === "" ? sdp : this.#lastSdp;
      return this.#lastSdp;
    }
    this.#version += 1;
    this.#lastSdp = sdp.replace(/^(o=\S+ \S+ )\d+/m, `$1${this.#version}`);
    return this.#lastSdp;
  }

  #local(): LocalMedia {
    return { host: this.#host, port: this.#media?.port ?? 0, sessionId: this.#sessionId, version: this.#version };
  }

  async #open(): Promise<void> {
    this.#opening ??= this.#parts.media.open(this.#host.includes(":") ? "::" : "0.0.0.0", this.#mediaListener());
    const media = await this.#opening;
    if (this.#media !== undefined) return;
    this.#media = media;
    if (this.#isOver) {
      media.close();
      return;
    }
    if (this.#bridge !== undefined) media.join(this.#bridge);
    if (this.#source !== undefined) media.hear(this.#source);
  }

  #mediaListener(): MediaListener {
    return {
      onDigit: (digit) => this.#listener?.onDigit?.(digit),
      onPlayed: (isWhole) => this.#listener?.onPlayed?.(isWhole),
      onHeard: () => undefined,
      onSilent: () => {
        // Many send nothing before they are answered.
        if (this.#isUp) this.end({ reasons: [NO_SOUND] });
      },
    };
  }

  #over(end: SessionEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Asked before it is closed: commands take effect in their order.
    const sound = this.statistics();
    this.#media?.close();
    this.#parts.over?.(this, { end, reasons: this.#reasons, sound });
    queueMicrotask(() => this.#listener?.onEnded(end));
  }
}

function withoutOrigin(sdp: string): string {
  return sdp.replace(/^o=.*$/m, "");
}

function hostOf(sentBy: string): string {
  return parseHostPort(sentBy)?.host ?? sentBy;
}
