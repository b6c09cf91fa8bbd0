import { FRAME_SAMPLES } from "./pcm.ts";
import type { RtpPacket } from "./rtp-packet.ts";

/** Digits by their event numbers (RFC 4733 §3.2). */
const DIGITS = "0123456789*#ABCD";
/** The duration has 16 bits; longer ones would need segments, and nobody presses that long. */
const DURATION_MAX = 0xffff;
/** 10: as loud as tones usually are, -10 dBm0. */
const VOLUME = 10;
const END_BIT = 0x80;
const ENDS = 3;

/** The number of a digit, -1 = there is none. */
export function eventOf(digit: string): number {
  return digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1;
}

/** One event as it is sent: an update each 20 ms, and its end three times. */
export class OutgoingEvent {
  readonly #event: number;
  readonly timestamp: number;
  #duration = 0;
  #endsLeft = ENDS;
  #isFirst = true;

  constructor(digit: string, timestamp: number) {
    this.#event = eventOf(digit);
    this.timestamp = timestamp;
  }

  /** Marks the first packet (RFC 4733 §2.5.1.1). */
  get isFirst(): boolean {
    return this.#isFirst;
  }

  get isDone(): boolean {
    return this.#endsLeft === 0;
  }

  /** The payload of the next 20 ms; an end that was written stays one. */
  next(isEnding: boolean): Buffer {
    this.#isFirst = this.#duration === 0;
    const isEnd = isEnding || this.#endsLeft < ENDS;
    if (this.#endsLeft === ENDS) this.#duration = Math.min(DURATION_MAX, this.#duration + FRAME_SAMPLES);
    if (isEnd) this.#endsLeft--;
    const payload = Buffer.alloc(4);
    payload[0] = this.#event;
    payload[1] = (isEnd ? END_BIT : 0) | VOLUME;
    payload.writeUInt16BE(this.#duration, 2);
    return payload;
  }
}

/** Without a packet of it for so long, an event is over though its end was lost. */
const LOST_END_MS = 120;

/** What became of digits that come in. */
export type DigitChange = { readonly type: "began"; readonly digit: string } | { readonly type: "ended"; readonly digit: string };

/** Reads events as they come: one for each timestamp, whatever is lost or doubled of it. */
export class IncomingEvents {
  #timestamp: number | undefined;
  #digit: string | undefined;
  #lastMs = 0;

  /** A packet of the payload of events. */
  take(packet: RtpPacket, nowMs: number): DigitChange[] {
    const { payload } = packet;
    const digit = payload.length < 4 ? undefined : DIGITS[payload[0] ?? 255];
    if (digit === undefined) return [];
    const isEnd = ((payload[1] ?? 0) & END_BIT) !== 0;
    this.#lastMs = nowMs;
    if (this.#timestamp === packet.timestamp) return isEnd ? this.#end() : [];
    // An older event that comes again, or late.
    if (this.#timestamp !== undefined && ((packet.timestamp - this.#timestamp) | 0) < 0) return [];
    const ended = this.#end();
    this.#timestamp = packet.timestamp;
    this.#digit = digit;
    return [...ended, { type: "began", digit }, ...(isEnd ? this.#end() : [])];
  }

  /** Ends what has gone silent. */
  tick(nowMs: number): DigitChange[] {
    return this.#digit !== undefined && nowMs - this.#lastMs > LOST_END_MS ? this.#end() : [];
  }

  /** Ends what is held; packets of it that still come are not a digit again. */
  release(): DigitChange[] {
    return this.#end();
  }

  /** Another stream begins: its timestamps are not comparable. */
  reset(): DigitChange[] {
    this.#timestamp = undefined;
    return this.#end();
  }

  #end(): DigitChange[] {
    const digit = this.#digit;
    this.#digit = undefined;
    return digit === undefined ? [] : [{ type: "ended", digit }];
  }
}
