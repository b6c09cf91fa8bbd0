import type { Clock, StopTimer } from "#base/clock";
import type { ReadStatus } from "#domain/dialplan/leg-event";
import type { ReadEffect } from "#domain/dialplan/leg-effect";

type Wish = Pick<
  ReadEffect,
  "maxDigits" | "terminators" | "keepsLoneTerminator" | "attempts" | "firstDigitMs" | "nextDigitMs" | "untilMatchedIn"
>;

export interface DigitReaderParts {
  readonly clock: Clock;
  /** Could more digits mean something in this context? */
  readonly canMatchMore: (digits: string, context: string) => boolean;
  /** Plays what is to be heard until the first digit; again for each attempt. */
  readonly prompt: () => void;
  /** The first digit came. */
  readonly silence: () => void;
  readonly done: (status: ReadStatus, digits: string) => void;
}

/** Collects the digits of one Read (sla.md §5.7): by number, terminator and time. */
export class DigitReader {
  readonly #wish: Wish;
  readonly #parts: DigitReaderParts;
  #digits = "";
  #attempts = 0;
  #stopTimer: StopTimer | undefined;
  #isDone = false;

  constructor(wish: Wish, parts: DigitReaderParts) {
    this.#wish = wish;
    this.#parts = parts;
    this.#ask();
  }

  digit(digit: string): void {
    if (this.#isDone) return;
    if (this.#digits === "") this.#parts.silence();
    const { terminators, keepsLoneTerminator, maxDigits, untilMatchedIn } = this.#wish;
    if (terminators.includes(digit)) {
      this.#end("OK", this.#digits === "" && keepsLoneTerminator ? digit : this.#digits);
      return;
    }
    this.#digits += digit;
    const isWhole = untilMatchedIn !== undefined && !this.#parts.canMatchMore(this.#digits, untilMatchedIn);
    if (this.#digits.length >= maxDigits || isWhole) this.#end("OK", this.#digits);
    else this.#wait(this.#wish.nextDigitMs);
  }

  /** The caller has gone, or something else is done: tells nobody any more. */
  stop(): void {
    this.#isDone = true;
    this.#stopTimer?.();
  }

  #ask(): void {
    this.#attempts += 1;
    this.#parts.prompt();
    this.#wait(this.#wish.firstDigitMs);
  }

  #wait(ms: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#parts.clock.after(ms, () => {
      if (this.#digits === "" && this.#attempts < this.#wish.attempts) this.#ask();
      else this.#end("TIMEOUT", this.#digits);
    });
  }

  #end(status: ReadStatus, digits: string): void {
    this.stop();
    this.#parts.silence();
    this.#parts.done(status, digits);
  }
}
