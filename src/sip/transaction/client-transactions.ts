import type { Log } from "#base/log";
import { step } from "#base/machine";
import type { Random } from "#base/random";
import type { TimerWheel, WheelTimer } from "#base/timer-wheel";
import type { LazyResponse } from "#sip/message/lazy-response";
import type { Flow } from "#sip/transport/flow";
import { ackOf } from "./ack.ts";
import { BranchTable, newBranch } from "./branches.ts";
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

/** Transactions that are kept to be used again. */
const SPARE_MAX = 8192;

const TERMINATED = { phase: "terminated" } as const;

type Effect = InviteClientEffect | NonInviteClientEffect;
type Event = InviteClientEvent | NonInviteClientEvent;
type TimerName = Extract<Effect, { type: "startTimer" }>["timer"];

export interface ClientTransactionParts {
  readonly wheel: TimerWheel;
  readonly times: SipTimes;
  readonly random: Random;
  readonly log: Log;
  /** False: what was sent is not sent again for now, another node may speak in our dialogs (S-93). */
  readonly mayRepeat: () => boolean;
}

/**
 * The requests that we wait on (RFC 3261 §17.1): the shell of the two client tables. A response is matched by the branch of its top Via
 * alone, because branches are ours, unique and not to be guessed; one NOTIFY costs one place in an array and one wheel timer.
 */
export class ClientTransactionTable implements ClientTransactions {
  readonly #parts: ClientTransactionParts;
  readonly #open = new BranchTable<ClientTransaction>();
  readonly #spare: ClientTransaction[] = [];
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
    return newBranch(this.#parts.random, this.#open.nextPlace);
  }

  start(
    request: { readonly method: string; readonly branch: string; readonly message: string; readonly flow: Flow },
    user: ClientUser,
  ): void {
    const transaction = this.#spare.pop() ?? new ClientTransaction();
    transaction.begin(request, user);
    const start = transaction.isInvite ? startInviteClient : startNonInviteClient;
    const first = start(request.flow.reliable, this.#parts.times);
    transaction.state = first.state;
    this.#open.add(transaction);
    for (const effect of first.effects) this.#perform(transaction, effect);
  }

  abandon(branch: string): void {
    const transaction = this.#open.get(branch);
    if (transaction === undefined) return;
    this.#perform(transaction, { type: "terminate" });
    transaction.state = TERMINATED;
    this.#keepSpare(transaction);
  }

  #mayRepeat({ user }: ClientTransaction): boolean {
    return user?.isOver !== true && this.#parts.mayRepeat();
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
    for (const transaction of this.#open.all()) {
      if (transaction.flow === flow) this.#feed(transaction, { type: "transportError" });
    }
  }

  /** Ends every transaction without a word: the process stops. */
  close(): void {
    for (const transaction of this.#open.all()) this.#stopTimers(transaction);
    this.#open.clear();
  }

  /** One line per open transaction. */
  describe(): string[] {
    return this.#open.all().map(({ method, key, state, flow }) => `${method} ${key} ${state.phase} ${flow?.key ?? ""}`);
  }

  #feed(transaction: ClientTransaction, event: Event): void {
    // One shell for both tables; each state came out of its own table, so the pairs always fit.
    const next = transaction.isInvite
      ? step(inviteClientTable, transaction.state as InviteClient, event as InviteClientEvent)
      : step(nonInviteClientTable, transaction.state as NonInviteClient, event as NonInviteClientEvent);
    transaction.state = next.state;
    for (const effect of next.effects) this.#perform(transaction, effect);
    if (next.state.phase === "terminated" && next.effects.length > 0) this.#keepSpare(transaction);
  }

  /**
   * One that is over serves again. Tens of thousands of new objects a second, each reached from maps and timers, outlive a young collection
   * or two and fill the old generation.
   */
  #keepSpare(transaction: ClientTransaction): void {
    transaction.release();
    if (this.#spare.length < SPARE_MAX) this.#spare.push(transaction);
  }

  #perform(transaction: ClientTransaction, effect: Effect): void {
    switch (effect.type) {
      case "send":
        if (transaction.sent > 0) {
          // As if it were lost on the way: the timers go on.
          if (!this.#mayRepeat(transaction)) return;
          this.#repeats += 1;
          transaction.ownBytes();
        }
        transaction.sent += 1;
        this.#send(transaction, transaction.packed ?? transaction.message);
        return;
      case "sendAck":
        if (transaction.response !== undefined) this.#send(transaction, ackOf(transaction.message, transaction.response));
        return;
      case "startTimer":
        this.#startTimer(transaction, effect);
        return;
      case "stopTimer":
        this.#parts.wheel.stop(isRetry(effect.timer) ? transaction.retryTimer : transaction.endTimer);
        return;
      case "terminate":
        this.#stopTimers(transaction);
        this.#open.delete(transaction);
        return;
      default:
        this.#tell(transaction, effect.type);
    }
  }

  #send(transaction: ClientTransaction, message: string | Buffer): void {
    const { flow } = transaction;
    const isSent = typeof message === "string" ? flow?.send(message) : flow?.packer?.sendPacked(message);
    if (isSent === true) return;
    // Told in a moment, as a socket's error would be: never inside `start`.
    transaction.failTimer ??= this.#parts.wheel.start(0, () => {
      transaction.failTimer = undefined;
      this.#feed(transaction, { type: "transportError" });
    });
  }

  #startTimer(transaction: ClientTransaction, effect: Extract<Effect, { type: "startTimer" }>): void {
    const { wheel } = this.#parts;
    const { timer, delayMs } = effect;
    if (!isRetry(timer)) {
      const isAfterE = "afterE" in effect && transaction.retryTimer !== undefined;
      transaction.endTimerName = timer;
      transaction.endTimer = isAfterE
        ? wheel.startAfter(transaction.retryTimer as WheelTimer, delayMs, this.#end, transaction)
        : wheel.start(delayMs, this.#end, transaction);
    }
    // Repeats are counted from when the last one was due, so that the tick of the wheel does not add up (T-14).
    else if (transaction.sent > 1 && transaction.retryTimer !== undefined) {
      transaction.retryTimer = wheel.startAfter(transaction.retryTimer, delayMs, this.#retry, transaction);
    } else if (transaction.retryTimer === undefined) transaction.retryTimer = wheel.start(delayMs, this.#retry, transaction);
    else wheel.startAgain(transaction.retryTimer, delayMs);
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
      if (what === "timeout") user?.onTimeout();
      else if (what === "transportFailed") user?.onTransportError();
      else if (response !== undefined) user?.onResponse(response);
    } catch (error) {
      this.#parts.log.error("the end of a request could not be handled", {
        method: transaction.method,
        branch: transaction.branch,
        peer: transaction.flow?.key,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }
}

/** What is kept of a request. It serves for many, one after the other. */
class ClientTransaction {
  method = "";
  branch = "";
  key = "";
  /** "" when it is packed. */
  message = "";
  packed: Buffer | undefined = undefined;
  isInvite = false;
  flow: Flow | undefined = undefined;
  user: ClientUser | undefined = undefined;
  state: InviteClient | NonInviteClient = TERMINATED;
  sent = 0;
  response: LazyResponse | undefined = undefined;
  /** A or E. */
  retryTimer: WheelTimer | undefined = undefined;
  /** B, F, D or M: one at a time. */
  endTimer: WheelTimer | undefined = undefined;
  endTimerName: Exclude<TimerName, "A" | "E"> = "F";
  failTimer: WheelTimer | undefined = undefined;

  begin(
    request: { readonly method: string; readonly branch: string; readonly message: string; readonly flow: Flow },
    user: ClientUser,
  ): void {
    this.method = request.method;
    this.branch = request.branch;
    this.key = request.method === "CANCEL" ? cancelKey(request.branch) : request.branch;
    this.flow = request.flow;
    this.isInvite = request.method === "INVITE";
    // The ACK of an INVITE is cut out of its text.
    this.packed = this.isInvite ? undefined : request.flow.packer?.pack(request.message);
    this.message = this.packed === undefined ? request.message : "";
    this.user = user;
    this.sent = 0;
  }

  /** Requests are packed into blocks that many share: one that waits for long must not keep all of its block. */
  ownBytes(): void {
    if (this.sent === 1 && this.packed !== undefined) this.packed = Buffer.from(this.packed);
  }

  /** Holds on to nothing of the request, and to no timer but the one that is started again. */
  release(): void {
    this.message = "";
    this.packed = undefined;
    this.flow = undefined;
    this.user = undefined;
    this.response = undefined;
    this.endTimer = undefined;
    this.failTimer = undefined;
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
