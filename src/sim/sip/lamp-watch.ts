import type { Clock, StopTimer } from "#base/clock";
import { OperationalError } from "#base/operational-error";
import type { Random } from "#base/random";
import { parseEvent } from "#sip/message/event-header";
import { parseExpires } from "#sip/message/expires";
import { headerOf, type SipRequest, type SipResponse } from "#sip/message/message";
import { parseParameters } from "#sip/message/parameters";
import { requestRoute } from "#sip/dialog/dialog";
import type { Answer } from "#sip/transaction/user";
import { readDialogDocument } from "#sim/lamps/dialog-document";
import { minimumExpires, refreshDelayMs } from "./expiry.ts";
import type { LampName } from "#sim/lamps/lamp";
import { acceptedOf, replyInWords, type Reply, type SipAgent } from "./sip-agent.ts";
import { acceptAnswer, newWatchDialog, noteNotify, viewOf, type WatchDialog, type WatchView } from "./watch-dialog.ts";
import { takeDocument, type WatchRules } from "#sim/lamps/watch-rules";

export interface LampWatchParts {
  readonly agent: SipAgent;
  readonly clock: Clock;
  readonly random: Random;
  /** The address as configured, for messages. */
  readonly address: string;
  /** The registration's address-of-record, and the user part of its contact. */
  readonly from: { readonly uri: string; readonly contactUser: string };
  readonly rules: WatchRules;
  readonly usePvalue: boolean;
  readonly expiresSeconds: number;
  readonly onLamp: () => void;
  readonly onViolation: (text: string) => void;
}

/** The phone gave up waiting, or was refused; the message says at what. */
export class WatchFailed extends OperationalError {
  constructor(message: string) {
    super("watch-failed", message);
  }
}

/** Timer N (RFC 6665 §4.1.2.4): 64·T1. */
const FIRST_NOTIFY_MAX_MS = 32_000;
const LAST_NOTIFY_MAX_MS = 2000;
/** A refused or unanswered subscription is tried again after this. */
const RETRY_MS = 30_000;
/** "At once", but never in a tight loop with a server that ends everything. */
const RESUBSCRIBE_MS = 100;
/** The server forgot the dialog or the resource moved: only a new dialog helps (RFC 6665 §4.1.2.2). */
const DIALOG_GONE = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]);

/** One monitored key: its subscription (RFC 6665 §4.1) and what the phone understood. */
export class LampWatch {
  readonly #parts: LampWatchParts;
  #dialog: WatchDialog;
  #expiresSeconds: number;
  /** The lamp outlives its dialog: it burns on while a new one is made. */
  #lamp: LampName = "unknown";
  #stopTimer: StopTimer | undefined;
  #isEnding = false;
  #onNotify: (() => void)[] = [];

  constructor(parts: LampWatchParts) {
    this.#parts = parts;
    this.#expiresSeconds = parts.expiresSeconds;
    this.#dialog = newWatchDialog(this.#parts.random, this.#parts.rules.entity);
  }

  get lamp(): LampName {
    return this.#lamp;
  }

  get view(): WatchView {
    return viewOf(this.#parts.address, this.#dialog);
  }

  /** Makes a new dialog. Resolves with its first NOTIFY; rejects with WatchFailed, and is tried again later. */
  async subscribe(): Promise<void> {
    this.#dialog = newWatchDialog(this.#parts.random, this.#parts.rules.entity);
    const isNotified = this.#nextNotify(FIRST_NOTIFY_MAX_MS);
    const reply = await this.#ask(this.#expiresSeconds);
    if (acceptedOf(reply) === undefined) throw new WatchFailed(`SUBSCRIBE ${this.#parts.address}: ${replyInWords(reply)}`);
    if (!(await isNotified)) {
      throw new WatchFailed(`SUBSCRIBE ${this.#parts.address}: no NOTIFY within ${FIRST_NOTIFY_MAX_MS / 1000} s of the 200`);
    }
  }

  /** Refreshes the dialog, or makes a new one when the server does not know it. Rejects with WatchFailed when neither went. */
  async refresh(): Promise<void> {
    if (this.#dialog.remoteTag === undefined) {
      await this.subscribe();
      return;
    }
    const reply = await this.#ask(this.#expiresSeconds);
    if (acceptedOf(reply) !== undefined) return;
    if (reply.type === "timeout" || (reply.type === "answer" && DIALOG_GONE.has(reply.response.status))) await this.subscribe();
    else throw new WatchFailed(`refresh of ${this.#parts.address}: ${replyInWords(reply)}`);
  }

  /** Ends the subscription and waits for its last NOTIFY, a moment at most. */
  async unsubscribe(): Promise<void> {
    this.stop();
    if (this.#dialog.remoteTag === undefined) return;
    const isNotified = this.#nextNotify(LAST_NOTIFY_MAX_MS);
    const reply = await this.#ask(0);
    if (acceptedOf(reply) !== undefined) await isNotified;
  }

  /** Forgets the dialog without a word, as at a reboot. */
  stop(): void {
    this.#isEnding = true;
    this.#stopTimer?.();
    for (const tell of this.#onNotify.splice(0)) tell();
  }

  /** Is this NOTIFY for the dialog of this key? */
  owns(request: SipRequest): boolean {
    return request.callId === this.#dialog.callId && request.to.tag === this.#dialog.localTag;
  }

  /** Takes a NOTIFY of this dialog; gives the answer, and does afterwards what it asks for. */
  receive(request: SipRequest): Answer {
    const dialog = this.#dialog;
    const refusal = this.#refusal(dialog, request);
    if (refusal !== undefined) return refusal;
    if (!dialog.isAnswered) this.#violation("NOTIFY before the 200 to SUBSCRIBE");
    noteNotify(dialog, request);
    this.#takeBody(dialog, request);
    this.#takeState(dialog.subscriptionState);
    for (const tell of this.#onNotify.splice(0)) tell();
    return { status: 200, headers: [["Contact", this.#parts.agent.contact(this.#parts.from.contactUser)]] };
  }

  #refusal(dialog: WatchDialog, request: SipRequest): Answer | undefined {
    const event = parseEvent(headerOf(request, "event") ?? "");
    if (!event.ok || event.value.package !== "dialog") return { status: 489, headers: [["Allow-Events", "dialog"]] };
    if (dialog.remoteTag !== undefined && request.from.tag !== dialog.remoteTag) return { status: 481 };
    if (headerOf(request, "subscription-state") === undefined) return { status: 400, reason: "Missing Subscription-State" };
    if (dialog.notifyCseq !== undefined && request.cseq.number <= dialog.notifyCseq) {
      this.#violation(`CSeq went back: ${request.cseq.number} after ${dialog.notifyCseq}`);
      return { status: 500, headers: [["Retry-After", "0"]] };
    }
    return undefined;
  }

  #takeBody(dialog: WatchDialog, request: SipRequest): void {
    if (request.body === "") return;
    const type = headerOf(request, "content-type")?.split(";", 1)[0]?.trim().toLowerCase();
    if (type !== "application/dialog-info+xml") {
      this.#violation(`a body of type ${type ?? "(none)"}`);
      return;
    }
    const document = readDialogDocument(request.body, this.#parts.usePvalue);
    if (!document.ok) {
      this.#violation(document.error);
      return;
    }
    const { memory, violations } = takeDocument(dialog.memory, document.value, this.#parts.rules);
    for (const violation of violations) this.#violation(violation);
    // The very same memory back: the document was ignored.
    if (memory === dialog.memory) return;
    dialog.memory = memory;
    this.#setLamp(memory.lamp);
  }

  #takeState(text: string): void {
    const [state = "", ...rest] = text.split(";");
    const parameters = parseParameters(rest.join(";"));
    if (state.trim().toLowerCase() === "terminated") {
      this.#ended(parameters.get("reason")?.toLowerCase() ?? "", parseExpires(parameters.get("retry-after")));
      return;
    }
    const left = parseExpires(parameters.get("expires"));
    // A notifier may shorten, never lengthen.
    if (left !== undefined && left <= this.#expiresSeconds) this.#refreshIn(refreshDelayMs(left));
  }

  /** What the reason of an end asks for (RFC 6665 §4.1.3). */
  #ended(reason: string, retryAfterSeconds: number | undefined): void {
    if (["rejected", "noresource", "invariant"].includes(reason)) {
      this.#stopTimer?.();
      this.#setLamp("unknown");
      return;
    }
    const delayMs = reason === "probation" || reason === "giveup" ? RETRY_MS : RESUBSCRIBE_MS;
    this.#anewIn(retryAfterSeconds === undefined ? delayMs : retryAfterSeconds * 1000);
  }

  /** Sends the SUBSCRIBE of the present dialog; a 423 is answered with the longer time that it names. */
  async #ask(expiresSeconds: number): Promise<Reply> {
    const dialog = this.#dialog;
    const reply = await this.#send(dialog, expiresSeconds);
    const minimum = reply.type === "answer" ? minimumExpires(reply.response, expiresSeconds) : undefined;
    if (minimum === undefined) {
      if (acceptedOf(reply) === undefined) this.#refused(reply);
      return reply;
    }
    this.#expiresSeconds = minimum;
    const second = await this.#send(dialog, minimum);
    if (acceptedOf(second) === undefined) this.#refused(second);
    return second;
  }

  #send(dialog: WatchDialog, expiresSeconds: number): Promise<Reply> {
    const { agent, from, rules } = this.#parts;
    const to = `<${rules.entity}>${dialog.remoteTag === undefined ? "" : `;tag=${dialog.remoteTag}`}`;
    const { uri, routes } = requestRoute(dialog);
    return new Promise((resolve) => {
      agent.request(
        {
          method: "SUBSCRIBE",
          uri,
          routes,
          from: `<${from.uri}>;tag=${dialog.localTag}`,
          to,
          callId: dialog.callId,
          nextCseq: () => (dialog.cseq += 1),
          headers: [
            ["Contact", agent.contact(from.contactUser)],
            ["Event", "dialog"],
            ["Accept", "application/dialog-info+xml"],
            ["Expires", String(expiresSeconds)],
          ],
        },
        (reply) => {
          // Here and not after an await: on a stream the NOTIFY stands in the same chunk as this answer.
          const accepted = acceptedOf(reply);
          if (accepted !== undefined) this.#accepted(dialog, accepted, expiresSeconds);
          resolve(reply);
        },
      );
    });
  }

  #accepted(dialog: WatchDialog, response: SipResponse, askedSeconds: number): void {
    acceptAnswer(dialog, response);
    const granted = parseExpires(headerOf(response, "expires")) ?? askedSeconds;
    if (granted > askedSeconds) this.#violation(`granted ${granted} s where ${askedSeconds} s were asked for`);
    if (granted > 0) this.#refreshIn(refreshDelayMs(granted));
  }

  /** The key shows nothing and is tried again later; what only the server's trouble caused leaves the lamp as it is. */
  #refused(reply: Reply): void {
    if (reply.type === "answer" && reply.response.status < 500 && this.#dialog.remoteTag === undefined) this.#setLamp("unknown");
    this.#anewIn(RETRY_MS);
  }

  #refreshIn(delayMs: number): void {
    this.#later(delayMs, () => this.refresh());
  }

  #anewIn(delayMs: number): void {
    this.#later(delayMs, () => this.subscribe());
  }

  #later(delayMs: number, act: () => Promise<void>): void {
    this.#stopTimer?.();
    if (this.#isEnding) return;
    this.#stopTimer = this.#parts.clock.after(delayMs, () => {
      // A refusal has set the timer of the next try already.
      act().catch(() => undefined);
    });
  }

  /** True when a NOTIFY comes in time. */
  #nextNotify(maxMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const stopTimer = this.#parts.clock.after(maxMs, () => {
        resolve(false);
      });
      this.#onNotify.push(() => {
        stopTimer();
        resolve(true);
      });
    });
  }

  #setLamp(lamp: LampName): void {
    if (lamp === this.#lamp) return;
    this.#lamp = lamp;
    this.#parts.onLamp();
  }

  #violation(text: string): void {
    this.#parts.onViolation(`${this.#parts.address}: ${text}`);
  }
}
