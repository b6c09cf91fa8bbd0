import { step } from "#base/machine";
import type { WheelTimer } from "#base/timer-wheel";
import { headerOf, type SipRequest } from "#sip/message/message";
import type { Answer, ServerTransaction } from "#sip/transaction/user";
import { reliableTable, type Reliable, type ReliableEffect, type ReliableEvent } from "./reliable-table.ts";
import type { SessionParts } from "./session-parts.ts";

/** First RSeq: small enough to stay below 2^31 for ever (RFC 3262 §3). */
const FIRST_RSEQ_MAX = 1_000_000;

/** Reliable provisional answers that wait for the one before them. */
const WAITING_MAX = 8;

/** Sends provisional answers to one INVITE that each wait for their PRACK. Performs `reliable-table.ts`. */
export class ReliableAnswers {
  readonly #parts: SessionParts;
  readonly #transaction: ServerTransaction;
  readonly #user: { readonly acknowledged: (prack: ServerTransaction) => void; readonly timeout: () => void };
  readonly #queue: Answer[] = [];
  #state: Reliable;
  #sent: Answer | undefined;
  #prack: ServerTransaction | undefined;
  #again: WheelTimer | undefined;
  #end: WheelTimer | undefined;

  constructor(
    parts: SessionParts,
    transaction: ServerTransaction,
    user: { readonly acknowledged: (prack: ServerTransaction) => void; readonly timeout: () => void },
  ) {
    this.#parts = parts;
    this.#transaction = transaction;
    this.#user = user;
    this.#state = { phase: "idle", rseq: parts.random.below(FIRST_RSEQ_MAX) };
  }

  /** Is one on the way whose PRACK is not here? */
  get isWaiting(): boolean {
    return this.#state.phase === "waiting" || this.#queue.length > 0;
  }

  send(answer: Answer): void {
    if (this.#queue.length < WAITING_MAX) this.#queue.push(answer);
    this.#next();
  }

  prack(transaction: ServerTransaction): void {
    const rack = rackOf(transaction.request);
    if (rack === undefined) {
      transaction.respond({ status: 400, reason: "Bad RAck" });
      return;
    }
    const { number, method } = this.#transaction.request.cseq;
    const isOurs = rack.cseq === number && rack.method === method;
    this.#prack = transaction;
    this.#feed({ type: "prack", rseq: isOurs ? rack.rseq : -1 });
    this.#prack = undefined;
    this.#next();
  }

  stop(): void {
    this.#queue.length = 0;
    this.#feed({ type: "over" });
  }

  #next(): void {
    if (this.#queue.length > 0) this.#feed({ type: "want", times: this.#parts.times });
  }

  #feed(event: ReliableEvent): void {
    const next = step(reliableTable, this.#state, event);
    this.#state = next.state;
    for (const effect of next.effects) this.#perform(effect);
  }

  #perform(effect: ReliableEffect): void {
    const { wheel } = this.#parts;
    switch (effect.type) {
      case "send":
        this.#send(effect.rseq);
        return;
      case "sendAgain":
        this.#respond(this.#sent);
        return;
      case "startAgain":
        this.#again = wheel.start(effect.delayMs, this.#repeat);
        return;
      case "startEnd":
        this.#end = wheel.start(effect.delayMs, () => {
          this.#feed({ type: "gaveUp" });
        });
        return;
      case "stopTimers":
        wheel.stop(this.#again);
        wheel.stop(this.#end);
        return;
      case "acknowledged":
        this.#user.acknowledged(this.#prack as ServerTransaction);
        return;
      case "refusePrack":
        this.#prack?.respond({ status: 481 });
        return;
      case "timeout":
        this.#user.timeout();
    }
  }

  readonly #repeat = (): void => {
    this.#feed({ type: "again" });
  };

  #send(rseq: number): void {
    const answer = this.#queue.shift();
    if (answer === undefined) return;
    const headers = [...(answer.headers ?? []), ["Require", "100rel"] as const, ["RSeq", String(rseq)] as const];
    this.#sent = { ...answer, headers };
    this.#respond(this.#sent);
  }

  #respond(answer: Answer | undefined): void {
    if (answer !== undefined && !this.#transaction.isAnswered) this.#transaction.respond(answer);
  }
}

function rackOf(request: SipRequest): { readonly rseq: number; readonly cseq: number; readonly method: string } | undefined {
  const match = /^(\d{1,10})[ \t]+(\d{1,10})[ \t]+(\S+)$/.exec(headerOf(request, "rack") ?? "");
  return match === null ? undefined : { rseq: Number(match[1]), cseq: Number(match[2]), method: match[3] ?? "" };
}
