import type { RtpPacket } from "./rtp-packet.ts";

/** Where datagrams go to or come from. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Symmetric RTP (RFC 4961) without RTP bleed: we send to the address of the SDP until a valid packet came, then to where it came from, and
 * from then on nothing is taken from anywhere else until another remote is agreed on. Somebody else than the address of the SDP must send two
 * packets in sequence first (the probation of RFC 3550 A.1), so that a stray datagram does not take the stream over.
 */
export class RemoteLock {
  #agreed: Address | undefined;
  #locked: Address | undefined;
  #isSending = false;
  #candidate: { readonly from: Address; readonly ssrc: number; readonly sequence: number } | undefined;
  #refused = 0;

  /** Packets of others that were dropped. */
  get refused(): number {
    return this.#refused;
  }

  /** Where to send; undefined: nowhere. */
  get target(): Address | undefined {
    return this.#isSending ? (this.#locked ?? this.#agreed) : undefined;
  }

  /** Where the stream comes from, once that is known. */
  get source(): Address | undefined {
    return this.#locked;
  }

  /** Another remote unlocks; none (hold by 0.0.0.0) only stops the sending. */
  agree(remote: Address | undefined): void {
    this.#isSending = remote !== undefined;
    if (remote === undefined || isSame(remote, this.#agreed)) return;
    this.#agreed = remote;
    this.#locked = undefined;
    this.#candidate = undefined;
  }

  /** May this packet of this sender be taken? Learns where the peer is. */
  admits(packet: RtpPacket, from: Address): boolean {
    const isAdmitted = this.#locked === undefined ? this.#learn(packet, from) : isSame(from, this.#locked);
    if (!isAdmitted) this.#refused++;
    return isAdmitted;
  }

  #learn({ ssrc, sequence }: RtpPacket, from: Address): boolean {
    const before = this.#candidate;
    const isNext = before?.ssrc === ssrc && isSame(from, before.from) && ((before.sequence + 1) & 0xffff) === sequence;
    if (!isNext && !isSame(from, this.#agreed)) {
      this.#candidate = { from: { host: from.host, port: from.port }, ssrc, sequence };
      return false;
    }
    this.#locked = { host: from.host, port: from.port };
    return true;
  }
}

function isSame(one: Address, other: Address | undefined): boolean {
  return one.port === other?.port && one.host === other.host;
}
