import { DtmfDetector } from "./dtmf-detector.ts";
import { decode, laws, type Law } from "./g711.ts";
import { JitterBuffer, PAYLOAD_MAX } from "./jitter-buffer.ts";
import type { AgreedMedia } from "./media-engine.ts";
import { FRAME_SAMPLES, SAMPLES_PER_MS } from "./pcm.ts";
import { Reception } from "./reception.ts";
import type { RtpPacket } from "./rtp-packet.ts";
import { IncomingEvents, type DigitChange } from "./telephone-event.ts";

/** Comfort noise (RFC 3389): the peer is silent, and there. */
const COMFORT_NOISE = 13;
const lawByPayload = new Map<number, Law>(Object.values(laws).map((law) => [law.payload, law]));

/** What comes from one peer: its packets in, its voice and its digits out. */
export class IncomingStream {
  readonly #buffer = new JitterBuffer();
  readonly #events = new IncomingEvents();
  readonly #detector = new DtmfDetector();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #reception: Reception | undefined;
  /** Of streams (SSRCs) that came before. */
  #receivedBefore = 0;
  #lostBefore = 0;

  get reception(): Reception | undefined {
    return this.#reception;
  }

  get received(): number {
    return this.#receivedBefore + (this.#reception?.received ?? 0);
  }

  get lost(): number {
    return this.#lostBefore + (this.#reception?.lost ?? 0);
  }

  get discarded(): number {
    return this.#buffer.discarded;
  }

  get jitterMs(): number {
    return (this.#reception?.jitter ?? 0) / SAMPLES_PER_MS;
  }

  /** Is this a packet of what was agreed on? */
  static isExpected(packet: RtpPacket, agreed: AgreedMedia): boolean {
    if (packet.payload.length === 0 || packet.payload.length > PAYLOAD_MAX) return false;
    const { payloadType } = packet;
    return lawByPayload.has(payloadType) || payloadType === COMFORT_NOISE || payloadType === agreed.eventPayload;
  }

  /** A packet of the peer came; `receives`: what it says is wanted. */
  take(packet: RtpPacket, agreed: AgreedMedia, nowMs: number): DigitChange[] {
    const ended = this.#reception?.ssrc === packet.ssrc ? [] : this.#begin(packet);
    this.#reception?.take(packet, nowMs);
    if (!agreed.receives) return ended;
    if (packet.payloadType === agreed.eventPayload) return [...ended, ...this.#events.take(packet, nowMs)];
    const law = lawByPayload.get(packet.payloadType);
    if (law !== undefined) this.#buffer.put(packet.timestamp, decode(law, packet.payload));
    return ended;
  }

  #begin(first: RtpPacket): DigitChange[] {
    this.#receivedBefore = this.received;
    this.#lostBefore = this.lost;
    this.#reception = new Reception(first);
    return this.rest();
  }

  /** Nothing that came counts any more: another stream begins, or nothing is to be taken. */
  rest(): DigitChange[] {
    this.#buffer.reset();
    this.#detector.rest();
    return this.#events.reset();
  }

  /** Nobody is there any more for whom a key is held. */
  releaseDigits(): DigitChange[] {
    return this.#events.release();
  }

  /** Digits that ended without an end. */
  tick(nowMs: number): DigitChange[] {
    return this.#events.tick(nowMs);
  }

  /** The next 20 ms of its voice; undefined: silence. */
  next(): Int16Array | undefined {
    return this.#buffer.take(this.#frame) ? this.#frame : undefined;
  }

  /** Digits that are heard as tones in these 20 ms. */
  tonesIn(voice: Int16Array | undefined): string[] {
    if (voice !== undefined) return this.#detector.take(voice);
    this.#detector.rest();
    return [];
  }
}
