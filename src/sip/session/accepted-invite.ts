import type { TimerWheel, WheelTimer } from "#base/timer-wheel";
import type { SipRequest } from "#sip/message/message";
import { wholeMs, type SipTimes } from "#sip/transaction/timers";
import type { Answer, ServerTransaction } from "#sip/transaction/user";

/** A 2xx of ours to an INVITE, repeated from T1 to T2 until its ACK, over streams too: a hop further on may lose it (RFC 3261 §13.3.1.4). */
export class AcceptedInvite {
  readonly cseq: number;
  readonly #wheel: TimerWheel;
  readonly #times: SipTimes;
  readonly #transaction: ServerTransaction;
  readonly #answer: Answer;
  readonly #onEnd: (ack: SipRequest | undefined) => void;
  #intervalMs: number;
  #again: WheelTimer | undefined;
  #giveUp: WheelTimer | undefined;
  #isOpen = true;

  /** Sends it. `onEnd` hears once of the ACK, or of none within 64·T1. */
  constructor(
    { wheel, times }: { readonly wheel: TimerWheel; readonly times: SipTimes },
    transaction: ServerTransaction,
    answer: Answer,
    onEnd: (ack: SipRequest | undefined) => void,
  ) {
    this.cseq = transaction.request.cseq.number;
    this.#wheel = wheel;
    this.#times = times;
    this.#transaction = transaction;
    this.#answer = answer;
    this.#onEnd = onEnd;
    this.#intervalMs = times.t1;
    transaction.respond(answer);
    this.#again = wheel.start(times.t1, this.#repeat);
    this.#giveUp = wheel.start(wholeMs(times), () => {
      this.#end(undefined);
    });
  }

  /** False: this ACK is for another one, or the second one. */
  acknowledged(ack: SipRequest): boolean {
    if (!this.#isOpen || ack.cseq.number !== this.cseq) return false;
    this.#end(ack);
    return true;
  }

  /** The dialog is over by other means. */
  stop(): void {
    this.#isOpen = false;
    this.#wheel.stop(this.#again);
    this.#wheel.stop(this.#giveUp);
  }

  readonly #repeat = (): void => {
    this.#transaction.respond(this.#answer);
    this.#intervalMs = Math.min(this.#intervalMs * 2, this.#times.t2);
    const previous = this.#again as WheelTimer;
    this.#again = this.#wheel.startAfter(previous, this.#intervalMs, this.#repeat);
  };

  #end(ack: SipRequest | undefined): void {
    this.stop();
    this.#onEnd(ack);
  }
}
