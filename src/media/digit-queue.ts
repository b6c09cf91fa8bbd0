import { FRAME_MS } from "./pcm.ts";
import { OutgoingEvent, eventOf } from "./telephone-event.ts";
import { TonePlayer, dtmfTone } from "./tones.ts";

/** Digits that we send ourselves. */
const DIGIT_TICKS = 100 / FRAME_MS;
const GAP_TICKS = 80 / FRAME_MS;
/** A relayed key lasts as long as it is held, within these: shorter ones are not heard, and an end may be lost. */
const HELD_MIN_TICKS = 60 / FRAME_MS;
const HELD_MAX_TICKS = 5000 / FRAME_MS;
/** A peer cannot make us keep more. */
const QUEUE_MAX = 64;

interface Item {
  readonly digit: string;
  ticksLeft: number;
  ticksDone: number;
}

/** What is sent instead of audio in these 20 ms: a telephone event, or the samples of a tone that were written. */
export type DigitOutput =
  | {
      readonly type: "event";
      readonly payload: Buffer;
      readonly timestamp: number;
      readonly isFirst: boolean;
    }
  | { readonly type: "tone" }
  | undefined;

/** Digits on their way to one peer, one after the other. */
export class DigitQueue {
  readonly #items: Item[] = [];
  #event: OutgoingEvent | undefined;
  #tone: TonePlayer | undefined;
  #gap = 0;

  get isIdle(): boolean {
    return this.#items.length === 0;
  }

  /** Digits of a fixed length; what is none is left out. */
  send(digits: string): void {
    for (const digit of digits) this.#add(digit, DIGIT_TICKS);
  }

  /** A member of the bridge presses a key … */
  press(digit: string): void {
    this.#add(digit, HELD_MAX_TICKS);
  }

  /** … and lets it go. */
  release(digit: string): void {
    const item = this.#items.findLast((queued) => queued.digit === digit.toUpperCase());
    if (item !== undefined) item.ticksLeft = Math.min(item.ticksLeft, Math.max(0, HELD_MIN_TICKS - item.ticksDone));
  }

  #add(digit: string, ticks: number): void {
    if (eventOf(digit) === -1 || this.#items.length >= QUEUE_MAX) return;
    this.#items.push({ digit: digit.toUpperCase(), ticksLeft: ticks, ticksDone: 0 });
  }

  /** The next 20 ms. `hasEvents`: the peer takes telephone events; otherwise a tone is written into `samples`. */
  next(hasEvents: boolean, timestamp: number, samples: Int16Array): DigitOutput {
    if (this.#gap > 0) {
      this.#gap--;
      return undefined;
    }
    const item = this.#items[0];
    if (item === undefined) return undefined;
    item.ticksLeft--;
    item.ticksDone++;
    if (this.#event !== undefined || (hasEvents && this.#tone === undefined)) return this.#nextEvent(item, timestamp);
    return this.#nextTone(item, samples);
  }

  #nextEvent(item: Item, timestamp: number): DigitOutput {
    const event = (this.#event ??= new OutgoingEvent(item.digit, timestamp));
    const payload = event.next(item.ticksLeft <= 0);
    if (event.isDone) this.#finish();
    return { type: "event", payload, timestamp: event.timestamp, isFirst: event.isFirst };
  }

  #nextTone(item: Item, samples: Int16Array): DigitOutput {
    const tone = dtmfTone(item.digit);
    this.#tone ??= new TonePlayer(tone === undefined ? [] : [tone]);
    this.#tone.take(samples);
    if (item.ticksLeft <= 0) this.#finish();
    return { type: "tone" };
  }

  #finish(): void {
    this.#items.shift();
    this.#event = undefined;
    this.#tone = undefined;
    this.#gap = GAP_TICKS;
  }
}
