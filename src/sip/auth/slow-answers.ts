import type { Clock, StopTimer } from "#base/clock";
import type { Answer, ServerTransaction } from "#sip/transaction/user";

/** How long a guesser waits for each answer (G-11). */
export const SLOW_ANSWER_MS = 1000;
/** Answers held back at once; beyond, guessers wait no longer than others. */
const WAITING_MAX = 1000;

/** Answers that are given later, so that guessing takes time. Repeats of the request meanwhile are the transaction's. */
export class SlowAnswers {
  readonly #clock: Clock;
  readonly #waiting = new Set<StopTimer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  respond(transaction: ServerTransaction, answer: Answer): void {
    if (this.#waiting.size >= WAITING_MAX) {
      transaction.respond(answer);
      return;
    }
    const stop = this.#clock.after(SLOW_ANSWER_MS, () => {
      this.#waiting.delete(stop);
      // Whoever waited may have taken an INVITE back: that was answered 487.
      if (!transaction.isAnswered) transaction.respond(answer);
    });
    this.#waiting.add(stop);
  }

  /** Those who wait are not answered. */
  stop(): void {
    for (const stop of this.#waiting) stop();
    this.#waiting.clear();
  }
}
