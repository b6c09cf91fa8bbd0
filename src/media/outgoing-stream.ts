import type { Socket } from "node:dgram";
import type { Random } from "#base/random";
import { encode, type Law } from "./g711.ts";
import { FRAME_SAMPLES } from "./pcm.ts";
import type { Address } from "./remote-lock.ts";
import type { SenderInfo } from "./rtcp-packet.ts";
import { ntpOf } from "./rtcp-packet.ts";
import { RTP_HEADER_BYTES, writeRtpHeader } from "./rtp-packet.ts";

/** A datagram that the kernel did not take at once is still ours for three more. */
const BUFFERS = 4;

/** What we send to one peer: one SSRC from its first packet to its last. Timestamps follow the tick, whether something is sent or not. */
export class OutgoingStream {
  readonly ssrc: number;
  readonly #socket: Socket;
  readonly #buffers = Array.from({ length: BUFFERS }, () => Buffer.alloc(RTP_HEADER_BYTES + FRAME_SAMPLES));
  readonly #timestampBase: number;
  #sequence: number;
  #packets = 0;
  #octets = 0;
  #lastTick: number | undefined;
  /** Nothing was sent just before: the next packet of audio begins a talk spurt. */
  #isPaused = true;

  constructor(socket: Socket, random: Random) {
    this.#socket = socket;
    this.ssrc = Buffer.from(random.bytes(4)).readUInt32BE();
    this.#timestampBase = random.below(2 ** 32);
    this.#sequence = random.below(2 ** 15);
  }

  get packets(): number {
    return this.#packets;
  }

  timestampOf(tick: number): number {
    return (this.#timestampBase + tick * FRAME_SAMPLES) % 2 ** 32;
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Sends 20 ms; undefined: of silence. */
  sendAudio(samples: Int16Array | undefined, law: Law, tick: number, to: Address): void {
    const packet = this.#nextBuffer();
    writeRtpHeader(packet, {
      marker: this.#isPaused,
      payloadType: law.payload,
      sequence: this.#sequence,
      timestamp: this.timestampOf(tick),
      ssrc: this.ssrc,
    });
    this.#isPaused = false;
    if (samples === undefined) packet.fill(law.silence, RTP_HEADER_BYTES);
    else encode(law, samples, packet, RTP_HEADER_BYTES);
    this.#send(packet, tick, to);
  }

  /** Sends a telephone event in place of 20 ms. */
  sendEvent(
    event: { payload: Buffer; timestamp: number; isFirst: boolean },
    payloadType: number,
    tick: number,
    to: Address,
  ): void {
    const packet = Buffer.alloc(RTP_HEADER_BYTES + event.payload.length);
    const { timestamp, isFirst } = event;
    writeRtpHeader(packet, { marker: isFirst, payloadType, sequence: this.#sequence, timestamp, ssrc: this.ssrc });
    event.payload.copy(packet, RTP_HEADER_BYTES);
    this.#send(packet, tick, to);
  }

  #nextBuffer(): Buffer {
    return this.#buffers[this.#packets % BUFFERS] ?? Buffer.alloc(RTP_HEADER_BYTES + FRAME_SAMPLES);
  }

  #send(packet: Buffer, tick: number, to: Address): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packets++;
    this.#octets += packet.length - RTP_HEADER_BYTES;
    this.#lastTick = tick;
    this.#socket.send(packet, to.port, to.host);
  }

  /** What a sender report says; undefined: nothing was sent lately (RFC 3550 §6.4: within two intervals). */
  senderInfo(tick: number, nowMs: number): SenderInfo | undefined {
    if (this.#lastTick === undefined || tick - this.#lastTick > 500) return undefined;
    return { ...ntpOf(nowMs), timestamp: this.timestampOf(tick), packets: this.#packets, octets: this.#octets };
  }
}
