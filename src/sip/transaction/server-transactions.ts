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
import { CHALLENGES_KEPT_MAX, EVICTION_LOOKS_MAX, SERVER_TRANSACTIONS_MAX } from "./limits.ts";
import {
  nonInviteServerTable,
  startNonInviteServer,
  type NonInviteServer,
  type NonInviteServerEffect,
  type NonInviteServerEvent,
} from "./non-invite-server-table.ts";
import type { SipTimes } from "./timers.ts";
import { mergeKeyOf, transactionKey } from "./transaction-key.ts";
import type { Answer, ServerTransaction } from "./user.ts";

type State = InviteServer | NonInviteServer;
type Effect = InviteServerEffect | NonInviteServerEffect;
type Event = InviteServerEvent | NonInviteServerEvent;
type TimerName = Extract<Effect, { type: "startTimer" }>["timer"];

export interface ServerTransactionParts {
  readonly wheel: TimerWheel;
  readonly times: SipTimes;
  /** Makes To tags for answers whose handler gave none. */
  readonly newTag: () => string;
  /** The ACK of a 2xx. */
  readonly onAck: (ack: SipRequest, flow: Flow) => void;
  /** Open transactions, as many as there may be now; default SERVER_TRANSACTIONS_MAX. */
  readonly openMax?: () => number;
}

/** What became of a request that came in. `merged`: the same request over another path (S-7). `full`: there is no room for it. */
export type Arrival =
  { readonly type: "new"; readonly transaction: ServerTransaction } | { readonly type: "absorbed" | "merged" | "full" };

/**
 * The requests that are being answered, or were a moment ago: the shell of the two server tables. A repeat never runs a request twice and
 * gets the same bytes (S-3). An answered transaction holds its answer and no longer the request: most of a busy server's memory is here.
 */
export class ServerTransactions {
  readonly #parts: ServerTransactionParts;
  readonly #openMax: () => number;
  readonly #open = new Map<string, OpenTransaction>();
  /** What the copies of a request that travels two paths have in common, of the open ones. */
  readonly #mergeKeys = new Set<string>();
  #absorbed = 0;

  constructor(parts: ServerTransactionParts) {
    this.#parts = parts;
    this.#openMax = parts.openMax ?? (() => SERVER_TRANSACTIONS_MAX);
  }

  get size(): number {
    return this.#open.size;
  }

  /** Repeats that came in and were not run again. */
  get absorbed(): number {
    return this.#absorbed;
  }

  arrive(request: SipRequest, flow: Flow): Arrival {
    const key = transactionKey(request);
    const known = this.#open.get(key);
    if (request.method === "ACK") return this.#acknowledge(known, request, flow);
    if (known !== undefined) {
      this.#absorbed += 1;
      this.#feed(known, { type: "repeat" });
      return ABSORBED;
    }
    const mergeKey = request.to.tag === undefined ? mergeKeyOf(request) : undefined;
    if (mergeKey !== undefined && this.#mergeKeys.has(mergeKey)) return { type: "merged" };
    if (this.#open.size >= this.#openMax() && !this.#evict()) return { type: "full" };
    return { type: "new", transaction: this.#begin(request, flow, { key, mergeKey }) };
  }

  /** The INVITE that a CANCEL takes back; undefined = there is none. One that has its final answer cannot be taken back any more. */
  cancelled(cancel: SipRequest): ServerTransaction | "answered" | undefined {
    const open = this.#open.get(transactionKey({ ...cancel, method: "INVITE" }));
    return open === undefined ? undefined : (open.handle ?? "answered");
  }

  /** Ends every transaction without a word: the process stops. */
  close(): void {
    // Handlers that still hold one answer into nothing.
    for (const open of this.#open.values()) this.#end(open);
  }

  /** One line per open transaction. */
  describe(): string[] {
    return [...this.#open.values()].map(({ key, state, flow }) => `${key.replaceAll("\n", " ")} ${state.phase} ${flow.key}`);
  }

  #begin(request: SipRequest, flow: Flow, keys: Pick<OpenTransaction, "key" | "mergeKey">): ServerTransaction {
    const isInvite = request.method === "INVITE";
    const first = isInvite ? startInviteServer(flow.reliable) : startNonInviteServer(flow.reliable, this.#parts.times);
    const open = new OpenTransaction(keys, flow, isInvite, first.state);
    const handle = new Handle(request, flow, open, this.#answer);
    open.handle = handle;
    this.#open.set(keys.key, open);
    if (keys.mergeKey !== undefined) this.#mergeKeys.add(keys.mergeKey);
    for (const effect of first.effects) this.#perform(open, effect);
    return handle;
  }

  #acknowledge(known: OpenTransaction | undefined, ack: SipRequest, flow: Flow): Arrival {
    if (known === undefined) this.#parts.onAck(ack, flow);
    else {
      known.ack = ack;
      this.#feed(known, { type: "ack", times: this.#parts.times });
      known.ack = undefined;
    }
    return ABSORBED;
  }

  readonly #answer = (handle: Handle, answer: Answer): void => {
    const { open, request } = handle;
    const isLegal = !open.isAnswered || isRepeatOf2xx(open, answer);
    // Too late: the client has given up (RFC 4320 §4.2, RFC 6026 §7.1).
    if (open.state.phase === "terminated" && isLegal) return;
    assert.ok(isLegal, `a second final answer (${answer.status}) to ${request.method}`);
    open.answer = this.#print(handle, answer);
    if (answer.status >= 200) {
      open.isAnswered = true;
      open.isAccepted = open.isInvite && answer.status < 300;
      open.handle = undefined;
    }
    this.#feed(open, eventOf(open.isInvite, answer.status, this.#parts.times));
    // Some phones answer a challenge without raising CSeq: that is no second copy of the request (S-7).
    if (isChallenge(answer)) this.#forgetMergeKey(open);
    // A challenge for a repeat is as good as the first one, so under load nothing is kept of them (design §9.16).
    if (isChallenge(answer) && !open.isInvite && this.#open.size > CHALLENGES_KEPT_MAX) this.#end(open);
  };

  #print({ open, request, flow }: Handle, answer: Answer): string {
    // One tag for all answers of a transaction: they belong to one dialog.
    if (request.to.tag === undefined && answer.status > 100) open.toTag ??= answer.toTag ?? this.#parts.newTag();
    const tagged = open.toTag === undefined ? answer : { ...answer, toTag: open.toTag };
    return printResponse(request, tagged, { host: flow.remoteHost, port: flow.remotePort });
  }

  #feed(open: OpenTransaction, event: Event): void {
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
      case "sendTrying":
        open.handle?.respond({ status: 100 });
        return;
      case "startTimer":
        this.#startTimer(open, effect.timer, effect.delayMs);
        return;
      case "stopTimer":
        this.#parts.wheel.stop(effect.timer === "G" ? open.retryTimer : open.endTimer);
        return;
      case "passAck":
        if (open.ack !== undefined) this.#parts.onAck(open.ack, open.flow);
        return;
      case "terminate":
        this.#end(open);
    }
  }

  #startTimer(open: OpenTransaction, timer: TimerName, delayMs: number): void {
    const { wheel } = this.#parts;
    if (timer === "G") open.retryTimer = wheel.start(delayMs, this.#retry, open);
    else {
      open.endTimerName = timer;
      if (open.endTimer === undefined) open.endTimer = wheel.start(delayMs, this.#endTimerFired, open);
      else wheel.startAgain(open.endTimer, delayMs);
    }
  }

  readonly #retry = (open: OpenTransaction): void => {
    this.#feed(open, timerEvent("G", this.#parts.times));
  };

  readonly #endTimerFired = (open: OpenTransaction): void => {
    this.#feed(open, timerEvent(open.endTimerName, this.#parts.times));
  };

  /** Frees one place among the oldest: of an answered one, whose repeats are most likely over. False when none of them is answered. */
  #evict(): boolean {
    let looks = 0;
    for (const open of this.#open.values()) {
      if (open.isAnswered) {
        this.#end(open);
        return true;
      }
      looks += 1;
      if (looks === EVICTION_LOOKS_MAX) return false;
    }
    return false;
  }

  #end(open: OpenTransaction): void {
    open.state = { phase: "terminated" };
    open.handle = undefined;
    this.#stopTimers(open);
    this.#open.delete(open.key);
    this.#forgetMergeKey(open);
  }

  #forgetMergeKey(open: OpenTransaction): void {
    if (open.mergeKey !== undefined) this.#mergeKeys.delete(open.mergeKey);
    open.mergeKey = undefined;
  }

  #stopTimers(open: OpenTransaction): void {
    this.#parts.wheel.stop(open.retryTimer);
    this.#parts.wheel.stop(open.endTimer);
  }
}

const ABSORBED = { type: "absorbed" } as const;

/** What is kept of a transaction. */
class OpenTransaction {
  readonly key: string;
  /** undefined: no copies of it are looked for, or not any more. */
  mergeKey: string | undefined;
  readonly flow: Flow;
  readonly isInvite: boolean;
  state: State;
  /** What the user holds; until the final answer. */
  handle: Handle | undefined = undefined;
  answer: string | undefined = undefined;
  toTag: string | undefined = undefined;
  isAnswered = false;
  /** An INVITE with a 2xx. */
  isAccepted = false;
  ack: SipRequest | undefined = undefined;
  /** G. */
  retryTimer: WheelTimer | undefined = undefined;
  /** trying, patience, H, I, J or L: one at a time. */
  endTimer: WheelTimer | undefined = undefined;
  endTimerName: Exclude<TimerName, "G"> = "J";

  constructor(keys: Pick<OpenTransaction, "key" | "mergeKey">, flow: Flow, isInvite: boolean, state: State) {
    this.key = keys.key;
    this.mergeKey = keys.mergeKey;
    this.flow = flow;
    this.isInvite = isInvite;
    this.state = state;
  }
}

/** What the user sees of a transaction. */
class Handle implements ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly open: OpenTransaction;
  readonly #onAnswer: (handle: Handle, answer: Answer) => void;

  constructor(request: SipRequest, flow: Flow, open: OpenTransaction, onAnswer: (handle: Handle, answer: Answer) => void) {
    this.request = request;
    this.flow = flow;
    this.open = open;
    this.#onAnswer = onAnswer;
  }

  get isAnswered(): boolean {
    return this.open.isAnswered || this.open.state.phase === "terminated";
  }

  respond(answer: Answer): void {
    this.#onAnswer(this, answer);
  }
}

function isRepeatOf2xx(open: OpenTransaction, { status }: Answer): boolean {
  return open.isAccepted && status >= 200 && status < 300;
}

function isChallenge({ status }: Answer): boolean {
  return status === 401 || status === 407;
}

function eventOf(isInvite: boolean, status: number, times: SipTimes): Event {
  if (status < 200) return { type: "provisional" };
  if (!isInvite) return { type: "final", times };
  return status < 300 ? { type: "success", times } : { type: "failure", times };
}

function timerEvent(timer: TimerName, times: SipTimes): Event {
  if (timer === "G") return { type: "timerG", times };
  return timer === "trying" || timer === "patience" ? { type: timer } : { type: `timer${timer}` };
}
