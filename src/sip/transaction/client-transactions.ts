import { step } from "#base/machine";
import type { Random } from "#base/random";
import type { TimerWheel, WheelTimer } from "#base/timer-wheel";
import type { SipResponse } from "#sip/message/message";
import type { Flow } from "#sip/transport/flow";
import { ackOf } from "./ack.ts";
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

/** Digits of the process-wide random part of branches, in bits. */
const BRANCH_SEED_BITS = 64;

/**
 * The requests that we wait on (RFC 3261 §17.1). A response is matched by the branch of its top Via alone, because branches are ours and
 * unique; one NOTIFY costs one map entry and two wheel timers.
 */
export class ClientTransactionTable implements ClientTransactions {
  readonly #wheel: TimerWheel;
  readonly #times: SipTimes;
  readonly #open = new Map<string, ClientTransaction>();
  readonly #branchSeed: string;
  #branchCount = 0;
  #repeats = 0;

  constructor(parts: { readonly wheel: TimerWheel; readonly times: SipTimes; readonly random: Random }) {
    this.#wheel = parts.wheel;
    this.#times = parts.times;
    this.#branchSeed = `z9hG4bK${parts.random.token(BRANCH_SEED_BITS)}`;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Requests sent again because nobody answered. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Unique in space by the random part, in time by the count. */
  newBranch(): string {
    this.#branchCount += 1;
    return `${this.#branchSeed}${this.#branchCount.toString(36)}`;
  }

  start(
    request: { readonly method: string; readonly branch: string; readonly message: string; readonly flow: Flow },
    user: ClientUser,
  ): void {
    const isInvite = request.method === "INVITE";
    const { reliable } = request.flow;
    const first = isInvite ? startInviteClient(reliable, this.#times) : startNonInviteClient(reliable, this.#times);
    const transaction: ClientTransaction = {
      ...request,
      isInvite,
      user,
      state: first.state,
      sent: 0,
      response: undefined,
      retryTimer: undefined,
      endTimer: undefined,
    };
    this.#open.set(request.branch, transaction);
    for (const effect of first.effects) this.#perform(transaction, effect);
  }

  /** Is this response for one of ours? `branch` as found without parsing. */
  receive(branch: string | undefined, response: SipResponse): boolean {
    const transaction = branch === undefined ? undefined : this.#open.get(branch);
    if (transaction === undefined) return false;
    transaction.response = response;
    this.#feed(transaction, eventOf(transaction.isInvite, response.status, this.#times));
    return true;
  }

  close(): void {
    for (const transaction of this.#open.values()) this.#stopTimers(transaction);
    this.#open.clear();
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
        this.#send(transaction);
        return;
      case "startTimer":
        this.#startTimer(transaction, effect.timer, effect.delayMs);
        return;
      case "stopTimer":
        this.#wheel.stop(effect.timer === "E" || effect.timer === "A" ? transaction.retryTimer : transaction.endTimer);
        return;
      case "sendAck":
        if (transaction.response !== undefined) transaction.flow.send(ackOf(transaction.message, transaction.response));
        return;
      case "passToUser":
        if (transaction.response !== undefined) transaction.user.onResponse(transaction.response);
        return;
      case "timeout":
        transaction.user.onTimeout();
        return;
      case "transportFailed":
        transaction.user.onTransportError();
        return;
      case "terminate":
        this.#stopTimers(transaction);
        this.#open.delete(transaction.branch);
    }
  }

  #send(transaction: ClientTransaction): void {
    if (transaction.sent > 0) this.#repeats += 1;
    transaction.sent += 1;
    if (transaction.flow.send(transaction.message)) return;
    // Told after the effects of this step are done, as a socket's error would be.
    this.#wheel.start(0, () => {
      this.#feed(transaction, { type: "transportError" });
    });
  }

  #startTimer(transaction: ClientTransaction, timer: "A" | "B" | "D" | "E" | "F" | "K" | "M", delayMs: number): void {
    const times = this.#times;
    const fire = (): void => {
      this.#feed(transaction, timer === "A" || timer === "E" ? { type: `timer${timer}`, times } : { type: `timer${timer}` });
    };
    const started = this.#wheel.start(delayMs, fire);
    if (timer === "A" || timer === "E") transaction.retryTimer = started;
    else transaction.endTimer = started;
  }

  #stopTimers(transaction: ClientTransaction): void {
    this.#wheel.stop(transaction.retryTimer);
    this.#wheel.stop(transaction.endTimer);
  }
}

interface ClientTransaction {
  readonly method: string;
  readonly branch: string;
  readonly message: string;
  readonly flow: Flow;
  readonly isInvite: boolean;
  readonly user: ClientUser;
  state: InviteClient | NonInviteClient;
  sent: number;
  response: SipResponse | undefined;
  /** A or E. */
  retryTimer: WheelTimer | undefined;
  /** B, F, D, K or M: one at a time. */
  endTimer: WheelTimer | undefined;
}

function eventOf(isInvite: boolean, status: number, times: SipTimes): Event {
  if (status < 200) return { type: "provisional", times };
  if (!isInvite) return { type: "final", times };
  return status < 300 ? { type: "success", times } : { type: "failure", times };
}
