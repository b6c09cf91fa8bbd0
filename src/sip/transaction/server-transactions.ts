import assert from "node:assert/strict";
import { step } from "#base/machine";
import type { TimerWheel, WheelTimer } from "#base/timer-wheel";
import type { SipRequest } from "#sip/message/message";
import { printResponse } from "#sip/message/print-message";
import type { Flow } from "#sip/transport/flow";
import {
  inviteServerTable,
  startInviteServer,
  type InviteServer,
  type InviteServerEffect,
  type InviteServerEvent,
} from "./invite-server-table.ts";
import {
  nonInviteServerTable,
  startNonInviteServer,
  type NonInviteServer,
  type NonInviteServerEffect,
  type NonInviteServerEvent,
} from "./non-invite-server-table.ts";
import type { SipTimes } from "./timers.ts";
import type { Answer, ServerTransaction } from "./user.ts";

/** Open server transactions (design §9.16). Beyond it the oldest answered ones are forgotten early: their repeats are long over. */
export const SERVER_TRANSACTIONS_MAX = 250_000;

type State = InviteServer | NonInviteServer;
type Effect = InviteServerEffect | NonInviteServerEffect;

export interface ServerTransactionParts {
  readonly wheel: TimerWheel;
  readonly times: SipTimes;
  /** Makes To tags for answers whose handler gave none. */
  readonly newTag: () => string;
  /** The ACK of a 2xx. */
  readonly onAck: (request: SipRequest, flow: Flow) => void;
}

/** What became of a request that came in. `merged`: the same request over another path (S-7). */
export type Arrival =
  { readonly type: "new"; readonly transaction: ServerTransaction } | { readonly type: "absorbed" | "merged" | "full" };

/** The requests that are being answered, or were a moment ago: a repeat never runs a request twice (S-3). */
export class ServerTransactions {
  readonly #parts: ServerTransactionParts;
  readonly #open = new Map<string, OpenTransaction>();
  readonly #merge = new Map<string, string>();

  constructor(parts: ServerTransactionParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#open.size;
  }

  arrive(request: SipRequest, flow: Flow): Arrival {
    const key = transactionKey(request);
    const known = this.#open.get(key);
    if (known !== undefined) {
      this.#feed(known, request.method === "ACK" ? { type: "ack", times: this.#parts.times } : { type: "repeat" });
      return ABSORBED;
    }
    if (request.method === "ACK") {
      this.#parts.onAck(request, flow);
      return ABSORBED;
    }
    const mergeKey = request.to.tag === undefined ? mergeKeyOf(request) : undefined;
    if (mergeKey !== undefined && this.#merge.has(mergeKey)) return { type: "merged" };
    if (this.#open.size >= SERVER_TRANSACTIONS_MAX && !this.#forgetOldest()) return { type: "full" };
    const transaction = new OpenTransaction(request, flow, key, mergeKey, (open, answer) => {
      this.#answer(open, answer);
    });
    this.#open.set(key, transaction);
    if (mergeKey !== undefined) this.#merge.set(mergeKey, key);
    return { type: "new", transaction };
  }

  /** Ends every transaction without a word: the process stops. */
  close(): void {
    for (const open of this.#open.values()) this.#stopTimers(open);
    this.#open.clear();
    this.#merge.clear();
  }

  #answer(open: OpenTransaction, answer: Answer): void {
    assert.ok(!open.isAnswered, `a second final answer (${answer.status}) to ${open.request.method}`);
    const toTag = answer.toTag ?? (answer.status > 100 ? this.#parts.newTag() : undefined);
    const heardFrom = { host: open.flow.remoteHost, port: open.flow.remotePort };
    open.answer = printResponse(open.request, toTag === undefined ? answer : { ...answer, toTag }, heardFrom);
    open.isAnswered = answer.status >= 200;
    this.#feed(open, eventOf(open.isInvite, answer.status, this.#parts.times));
  }

  #feed(open: OpenTransaction, event: InviteServerEvent | NonInviteServerEvent): void {
    // The two tables share their shell; each state came out of its own table, so the pairs always fit.
    const next = open.isInvite
      ? step(inviteServerTable, open.state as InviteServer, event as InviteServerEvent)
      : step(nonInviteServerTable, open.state as NonInviteServer, event as NonInviteServerEvent);
    open.state = next.state;
    for (const effect of next.effects) this.#perform(open, effect);
  }

  #perform(open: OpenTransaction, effect: Effect): void {
    switch (effect.type) {
      case "sendAnswer":
        if (open.answer !== undefined) open.flow.send(open.answer);
        return;
      case "startTimer":
        this.#startTimer(open, effect.timer, effect.delayMs);
        return;
      case "stopTimer":
        this.#parts.wheel.stop(open.timers.get(effect.timer));
        return;
      case "passAck":
        this.#parts.onAck(open.request, open.flow);
        return;
      case "terminate":
        this.#forget(open);
    }
  }

  #startTimer(open: OpenTransaction, timer: "G" | "H" | "I" | "J" | "L", delayMs: number): void {
    const fire = (): void => {
      const { times } = this.#parts;
      this.#feed(open, timer === "G" ? { type: "timerG", times } : { type: `timer${timer}` });
    };
    open.timers.set(timer, this.#parts.wheel.start(delayMs, fire));
  }

  /** Frees one place; false when the oldest is still being worked on. */
  #forgetOldest(): boolean {
    for (const open of this.#open.values()) {
      if (!open.isAnswered) return false;
      this.#forget(open);
      return true;
    }
    return false;
  }

  #forget(open: OpenTransaction): void {
    this.#stopTimers(open);
    this.#open.delete(open.key);
    if (open.mergeKey !== undefined) this.#merge.delete(open.mergeKey);
  }

  #stopTimers(open: OpenTransaction): void {
    for (const timer of open.timers.values()) this.#parts.wheel.stop(timer);
  }
}

const ABSORBED = { type: "absorbed" } as const;

class OpenTransaction implements ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly isInvite: boolean;
  readonly timers = new Map<string, WheelTimer>();
  state: State;
  answer: string | undefined;
  isAnswered = false;
  readonly #onAnswer: (open: OpenTransaction, answer: Answer) => void;

  constructor(
    request: SipRequest,
    flow: Flow,
    key: string,
    mergeKey: string | undefined,
    onAnswer: (open: OpenTransaction, answer: Answer) => void,
  ) {
    this.request = request;
    this.flow = flow;
    this.key = key;
    this.mergeKey = mergeKey;
    this.isInvite = request.method === "INVITE";
    this.state = this.isInvite ? startInviteServer(flow.reliable) : startNonInviteServer(flow.reliable);
    this.#onAnswer = onAnswer;
  }

  respond(answer: Answer): void {
    this.#onAnswer(this, answer);
  }
}

function eventOf(isInvite: boolean, status: number, times: SipTimes): InviteServerEvent | NonInviteServerEvent {
  if (status < 200) return { type: "provisional" };
  if (!isInvite) return { type: "final", times };
  return status < 300 ? { type: "success", times } : { type: "failure", times };
}

const COOKIE = "z9hG4bK";

/** RFC 3261 §17.2.3; without a branch of that RFC, the RFC 2543 way (S-5). An ACK matches its INVITE. */
export function transactionKey(request: SipRequest): string {
  const method = request.method === "ACK" ? "INVITE" : request.method;
  const { via } = request;
  const sentBy = `${via.host.toLowerCase()}:${via.port ?? ""}`;
  if (via.branch !== undefined && via.branch.length > COOKIE.length && via.branch.startsWith(COOKIE))
    return `${via.branch} ${sentBy} ${method}`;
  return [request.uri, request.from.tag, request.callId, request.cseq.number, via.text, method].join("\n");
}

function mergeKeyOf(request: SipRequest): string {
  return `${request.callId}\n${request.from.tag ?? ""}\n${request.cseq.number} ${request.cseq.method}`;
}
