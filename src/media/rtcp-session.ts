import type { Random } from "#base/random";
import type { Reception } from "./reception.ts";
import { middleOf, ntpOf, writeRtcp, type RtcpPacket, type SenderInfo } from "./rtcp-packet.ts";

/** RFC 3550 §6.2: five seconds, times a half to one and a half, so that reports do not fall into step. */
const INTERVAL_MS = 5000;
const UNITS_PER_MS = 65.536;

/** What the reports of one leg need to remember. */
export class RtcpSession {
  readonly #ssrc: number;
  readonly #cname: string;
  readonly #random: Random;
  #dueMs: number;
  #lastReport: { readonly ssrc: number; readonly middle: number; readonly atMs: number } | undefined;
  #roundTripMs: number | undefined;

  constructor(ssrc: number, random: Random, nowMs: number) {
    this.#ssrc = ssrc;
    this.#random = random;
    // RFC 7022 §4.2: says nothing of who we are.
    this.#cname = random.token(96);
    this.#dueMs = nowMs + this.#interval() / 2;
  }

  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** Is it time for a report? Answers true once for each. */
  isDue(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false;
    this.#dueMs = nowMs + this.#interval();
    return true;
  }

  #interval(): number {
    return INTERVAL_MS / 2 + this.#random.below(INTERVAL_MS);
  }

  /** Reports of the peer: its clock, and how long our packets take. */
  take(packets: readonly RtcpPacket[], nowMs: number): void {
    for (const packet of packets) {
      if (packet.type !== "report") continue;
      if (packet.sender !== undefined) {
        this.#lastReport = { ssrc: packet.ssrc, middle: middleOf(packet.sender), atMs: nowMs };
      }
      const block = packet.blocks.find(({ ssrc }) => ssrc === this.#ssrc);
      if (block === undefined || block.lastSenderReport === 0) continue;
      const units = (middleOf(ntpOf(nowMs)) - block.lastSenderReport - block.delay) | 0;
      // Below zero: the peer rounds, or lies.
      this.#roundTripMs = Math.max(0, units) / UNITS_PER_MS;
    }
  }

  /** The next report as a datagram. */
  write(sender: SenderInfo | undefined, heard: Reception | undefined, nowMs: number, isBye: boolean): Buffer {
    const block = heard === undefined ? undefined : this.#block(heard, nowMs);
    return writeRtcp({ ssrc: this.#ssrc, cname: this.#cname, sender, block, isBye });
  }

  #block(heard: Reception, nowMs: number): Parameters<typeof writeRtcp>[0]["block"] {
    const last = this.#lastReport?.ssrc === heard.ssrc ? this.#lastReport : undefined;
    return {
      ssrc: heard.ssrc,
      fractionLost: heard.fractionLost(),
      totalLost: heard.lost,
      highestSequence: heard.highestSequence,
      jitter: Math.floor(heard.jitter),
      lastSenderReport: last?.middle ?? 0,
      delay: last === undefined ? 0 : Math.round((nowMs - last.atMs) * UNITS_PER_MS),
    };
  }
}
