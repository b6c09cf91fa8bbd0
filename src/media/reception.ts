import { SAMPLES_PER_MS } from "./pcm.ts";
import type { RtpPacket } from "./rtp-packet.ts";

/** Larger steps of the sequence are a stream that began anew (RFC 3550 A.1). */
const DROPOUT_MAX = 3000;
const SEQUENCES = 65536;

/** What one stream (one SSRC) lets us count: loss and jitter by RFC 3550 A.1, A.3 and A.8. */
export class Reception {
  readonly ssrc: number;
  #base: number;
  #highest: number;
  #cycles = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitter = 0;
  #transit: number | undefined;

  constructor(first: RtpPacket) {
    this.ssrc = first.ssrc;
    this.#base = first.sequence;
    this.#highest = (first.sequence - 1) & 0xffff;
  }

  get received(): number {
    return this.#received;
  }

  get lost(): number {
    return Math.max(0, this.#expected - this.#received);
  }

  /** In samples. */
  get jitter(): number {
    return this.#jitter;
  }

  get highestSequence(): number {
    return this.#cycles + this.#highest;
  }

  get #expected(): number {
    return this.highestSequence - this.#base + 1;
  }

  /** Counts a packet that came at this time. */
  take(packet: RtpPacket, nowMs: number): void {
    const step = (packet.sequence - this.#highest) & 0xffff;
    if (step < DROPOUT_MAX) {
      if (packet.sequence < this.#highest) this.#cycles += SEQUENCES;
      this.#highest = packet.sequence;
    } else if (step < SEQUENCES - DROPOUT_MAX) {
      this.#restart(packet);
    }
    this.#received++;
    this.#takeTransit(packet, nowMs);
  }

  #restart(packet: RtpPacket): void {
    this.#base = packet.sequence;
    this.#highest = packet.sequence;
    this.#cycles = 0;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#transit = undefined;
  }

  #takeTransit(packet: RtpPacket, nowMs: number): void {
    const transit = (Math.round(nowMs * SAMPLES_PER_MS) - packet.timestamp) | 0;
    if (this.#transit !== undefined) {
      const difference = Math.abs((transit - this.#transit) | 0);
      // A new talk spurt may have jumped: that is no jitter.
      if (difference < SEQUENCES) this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#transit = transit;
  }

  /** Of 256, lost since this was asked before. */
  fractionLost(): number {
    const expected = this.#expected - this.#expectedBefore;
    const lost = expected - (this.#received - this.#receivedBefore);
    this.#expectedBefore = this.#expected;
    this.#receivedBefore = this.#received;
    return expected === 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected));
  }
}
