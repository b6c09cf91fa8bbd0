import type { Log } from "#base/log";
import { step } from "#base/machine";
import type { Random } from "#base/random";
import type { TimerWheel, WheelTimer } from "#base/timer-wheel";
import type { LazyResponse } from "#sip/message/lazy-response";
import type { Flow } from "#sip/transport/flow";
import { ackOf } from "./ack.ts";
import { newBranch } from "./branches.ts";
import {
  inviteClientTable,
  startInviteClient,
  type InviteClient,
  type InviteClientEffect,
  type InviteClientEvent,
} from "./invite-client-table.ts";
import {
  nonInviteClientTable,
  startNonInviteClient,
  type NonInviteClient,
  type NonInviteClientEffect,
  type NonInviteClientEvent,
} from "./non-invite-client-table.ts";
import type { SipTimes } from "./timers.ts";
import type { ClientTransactions, ClientUser } from "./user.ts";

type Effect = InviteClientEffect | NonInviteClientEffect;
type Event = InviteClientEvent | NonInviteClientEvent;
type TimerName = Extract<Effect, { type: "startTimer" }>["timer"];

export interface ClientTransactionParts {
  readonly wheel: TimerWheel;
  readonly times: SipTimes;
  readonly random: Random;
  readonly log: Log;
}

/**
 * The requests that we wait on (RFC 3261 §17.1): the shell of the two client tables. A response is matched by the branch of its top Via
 * alone, because branches are ours, unique and not to be guessed; one NOTIFY costs one map entry and two wheel timers.
 */
export class ClientTransactionTable implements ClientTransactions {
  readonly #parts: ClientTransactionParts;
  readonly #open = new Map<string, ClientTransaction>();
  #repeats = 0;

  constructor(parts: ClientTransactionParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Requests sent again because nobody answered. */
  get repeats(): number {
    return this.#repeats;
  }

  newBranch(): string {
    return newBranch(this.#parts.random);
  }

  start(
    request: { readonly method: string; readonly branch: string; readonly message: string; readonly flow: Flow },
    user: ClientUser,
  ): void {
    const transaction = new ClientTransaction(request, user);
    const start = transaction.isInvite ? startInviteClient : startNonInviteClient;
    const first = start(request.flow.reliable, this.#parts.times);
    transaction.state = first.state;
    this.#open.set(transaction.key, transaction);
    for (const effect of first.effects) this.#perform(transaction, effect);
  }

  /** Is this response for one of ours? */
  receive(response: LazyResponse): boolean {
    const { branch } = response;
    if (branch === undefined) return false;
    const transaction = this.#find(branch, response);
    if (transaction === undefined) return false;
    transaction.response = response;
    this.#feed(transaction, eventOf(transaction.isInvite, response.status, this.#parts.times));
    return true;
  }

  /** A CANCEL has the branch of its INVITE, which may be over when the answer to the CANCEL comes. */
  #find(branch: string, response: LazyResponse): ClientTransaction | undefined {
    const transaction = this.#open.get(branch);
    const isOther = transaction === undefined || transaction.isInvite;
    return isOther && response.cseq.method === "CANCEL" ? this.#open.get(cancelKey(branch)) : transaction;
  }

  /** Nobody can answer on this flow any more. */
  flowClosed(flow: Flow): void {
    for (const transaction of [...this.#open.values()]) {
      if (transaction.flow === flow) this.#feed(transaction, { type: "transportError" });
    }
  }

  /** Ends every transaction without a word: the process stops. */
  close(): void {
    for (const transaction of this.#open.values()) this.#stopTimers(transaction);
    this.#open.clear();
  }

  /** One line per open transaction. */
  describe(): string[] {
    return [...this.#open.values()].map(({ method, key, state, flow }) => `${method} ${key} ${state.phase} ${flow.key}`);
  }

  #feed(transaction: ClientTransaction, event: Event): void {
    // One shell for both tables; each state came out of its own table, so the pairs always fit.
    const next = transaction.isInvite
      ? step(inviteClientTable, transaction.state as InviteClient, event as InviteClientEvent)
      : step(nonInviteClientTable, transaction.state as NonInviteClient, event as NonInviteClientEvent);
    transaction.state = next.state;
    for (const effect of next.effects) this.#perform(transaction, effect);
  }

  #perform(transaction: ClientTransaction, effect: Effect): void {
    switch (effect.type) {
      case "send":
        if (transaction.sent > 0) this.#repeats += 1;
        transaction.sent += 1;
        this.#send(transaction, transaction.message);
        return;
      case "sendAck":
        if (transaction.response !== undefined) this.#send(transaction, ackOf(transaction.message, transaction.response));
        return;
      case "startTimer":
        this.#startTimer(transaction, effect.timer, effect.delayMs);
        return;
      case "stopTimer":
        this.#parts.wheel.stop(isRetry(effect.timer) ? transaction.retryTimer : transaction.endTimer);
        return;
      case "terminate":
        this.#stopTimers(transaction);
        this.#open.delete(transaction.key);
        return;
      default:
        this.#tell(transaction, effect.type);
    }
  }

  #send(transaction: ClientTransaction, message: string): void {
    if (transaction.flow.send(message)) return;
    // Told in a moment, as a socket's error would be: never inside `start`.
    transaction.failTimer ??= this.#parts.wheel.start(0, () => {
      transaction.failTimer = undefined;
      this.#feed(transaction, { type: "transportError" });
    });
  }

  #startTimer(transaction: ClientTransaction, timer: TimerName, delayMs: number): void {
    const { wheel } = this.#parts;
    if (!isRetry(timer)) {
      transaction.endTimerName = timer;
      transaction.endTimer = wheel.start(delayMs, this.#end, transaction);
    }
    // Repeats are counted from when the last one was due, so that the tick of the wheel does not add up (T-14).
    else if (transaction.sent > 1 && transaction.retryTimer !== undefined) {
      transaction.retryTimer = wheel.startAfter(transaction.retryTimer, delayMs, this.#retry, transaction);
    } else transaction.retryTimer = wheel.start(delayMs, this.#retry, transaction);
  }

  readonly #retry = (transaction: ClientTransaction): void => {
    this.#feed(transaction, transaction.isInvite ? { type: "timerA" } : { type: "timerE", times: this.#parts.times });
  };

  readonly #end = (transaction: ClientTransaction): void => {
    this.#feed(transaction, { type: `timer${transaction.endTimerName}` });
  };

  #stopTimers(transaction: ClientTransaction): void {
    this.#parts.wheel.stop(transaction.retryTimer);
    this.#parts.wheel.stop(transaction.endTimer);
    this.#parts.wheel.stop(transaction.failTimer);
  }

  /** The user's mistake must not reach the transactions of others. */
  #tell(transaction: ClientTransaction, what: "passToUser" | "timeout" | "transportFailed"): void {
    const { user, response } = transaction;
    try {
      if (what === "timeout") user.onTimeout();
      else if (what === "transportFailed") user.onTransportError();
      else if (response !== undefined) user.onResponse(response);
    } catch (error) {
      this.#parts.log.error("the end of a request could not be handled", {
        method: transaction.method,
        branch: transaction.branch,
        peer: transaction.flow.key,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }
}

class ClientTransaction {
  readonly method: string;
  readonly branch: string;
  readonly key: string;
  readonly message: string;
  readonly flow: Flow;
  readonly isInvite: boolean;
  readonly user: ClientUser;
  state: InviteClient | NonInviteClient = { phase: "terminated" };
  sent = 0;
  response: LazyResponse | undefined = undefined;
  /** A or E. */
  retryTimer: WheelTimer | undefined = undefined;
  /** B, F, D or M: one at a time. */
  endTimer: WheelTimer | undefined = undefined;
  endTimerName: Exclude<TimerName, "A" | "E"> = "F";
  failTimer: WheelTimer | undefined = undefined;

  constructor(
    request: { readonly method: string; readonly branch: string; readonly message: string; readonly flow: Flow },
    user: ClientUser,
  ) {
    this.method = request.method;
    this.branch = request.branch;
    this.key = request.method === "CANCEL" ? cancelKey(request.branch) : request.branch;
    this.message = request.message;
    this.flow = request.flow;
    this.isInvite = request.method === "INVITE";
    this.user = user;
  }
}

function cancelKey(branch: string): string {
  return `${branch} CANCEL`;
}

function isRetry(timer: TimerName): timer is "A" | "E" {
  return timer === "A" || timer === "E";
}

function eventOf(isInvite: boolean, status: number, times: SipTimes): Event {
  if (status < 200) return { type: "provisional" };
  if (!isInvite) return { type: "final" };
  return status < 300 ? { type: "success", times } : { type: "failure", times };
}
