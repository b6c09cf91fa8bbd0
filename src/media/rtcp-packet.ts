/** What a receiver says about one stream (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Of 256, since the report before. */
  readonly fractionLost: number;
  readonly totalLost: number;
  readonly highestSequence: number;
  /** In samples. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report, 0 = none came. */
  readonly lastSenderReport: number;
  /** Since then, in 1/65536 s. */
  readonly delay: number;
}

/** What a sender says of its own stream. */
export interface SenderInfo {
  /** 64 bits of NTP time in two halves. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
}

/** One packet of a compound one, as far as we obey it. */
export type RtcpPacket =
  | {
      readonly type: "report";
      readonly ssrc: number;
      readonly sender: SenderInfo | undefined;
      readonly blocks: readonly ReportBlock[];
    }
  | { readonly type: "bye"; readonly ssrcs: readonly number[] };

const VERSION = 2;
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const DESCRIPTION = 202;
const BYE = 203;
const SENDER_BYTES = 20;
const BLOCK_BYTES = 24;
const RTCP_MAX_BYTES = 1500;

/** Reads a datagram as compound RTCP, by the checks of RFC 3550 A.2. undefined: it is none. */
export function parseRtcp(data: Buffer): RtcpPacket[] | undefined {
  if (data.length < 8 || data.length > RTCP_MAX_BYTES || data.length % 4 !== 0) return undefined;
  const firstType = data.readUInt8(1);
  if (firstType !== SENDER_REPORT && firstType !== RECEIVER_REPORT) return undefined;
  const found: RtcpPacket[] = [];
  let at = 0;
  while (at < data.length) {
    if (at + 4 > data.length || data.readUInt8(at) >> 6 !== VERSION) return undefined;
    const end = at + 4 + data.readUInt16BE(at + 2) * 4;
    if (end > data.length) return undefined;
    const packet = readOne(data.subarray(at, end));
    if (packet === "broken") return undefined;
    if (packet !== undefined) found.push(packet);
    at = end;
  }
  return found;
}

function readOne(data: Buffer): RtcpPacket | undefined | "broken" {
  const count = data.readUInt8(0) & 0x1f;
  const type = data.readUInt8(1);
  if (type === BYE) return readBye(data, count);
  if (type !== SENDER_REPORT && type !== RECEIVER_REPORT) return undefined;
  const before = 8 + (type === SENDER_REPORT ? SENDER_BYTES : 0);
  if (data.length < before + count * BLOCK_BYTES) return "broken";
  return {
    type: "report",
    ssrc: data.readUInt32BE(4),
    sender: type === SENDER_REPORT ? readSender(data) : undefined,
    blocks: Array.from({ length: count }, (_, at) => readBlock(data, before + at * BLOCK_BYTES)),
  };
}

function readBye(data: Buffer, count: number): RtcpPacket | "broken" {
  if (data.length < 4 + count * 4) return "broken";
  return { type: "bye", ssrcs: Array.from({ length: count }, (_, at) => data.readUInt32BE(4 + at * 4)) };
}

function readSender(data: Buffer): SenderInfo {
  return {
    ntpSeconds: data.readUInt32BE(8),
    ntpFraction: data.readUInt32BE(12),
    timestamp: data.readUInt32BE(16),
    packets: data.readUInt32BE(20),
    octets: data.readUInt32BE(24),
  };
}

function readBlock(data: Buffer, at: number): ReportBlock {
  return {
    ssrc: data.readUInt32BE(at),
    fractionLost: data.readUInt8(at + 4),
    totalLost: data.readIntBE(at + 5, 3),
    highestSequence: data.readUInt32BE(at + 8),
    jitter: data.readUInt32BE(at + 12),
    lastSenderReport: data.readUInt32BE(at + 16),
    delay: data.readUInt32BE(at + 20),
  };
}

/** What we report: our stream if we send one, the peer's if one comes. */
export interface Report {
  readonly ssrc: number;
  readonly cname: string;
  readonly sender: SenderInfo | undefined;
  readonly block: ReportBlock | undefined;
  /** The last word of this source. */
  readonly isBye: boolean;
}

/** A compound packet: SR or RR, SDES with CNAME, BYE at the end (RFC 3550 §6.1). */
export function writeRtcp(report: Report): Buffer {
  const parts = [reportPart(report), descriptionPart(report)];
  if (report.isBye) parts.push(byePart(report.ssrc));
  return Buffer.concat(parts);
}

function head(bytes: number, count: number, type: number, ssrc: number): Buffer {
  const part = Buffer.alloc(bytes);
  part[0] = (VERSION << 6) | count;
  part[1] = type;
  part.writeUInt16BE(bytes / 4 - 1, 2);
  part.writeUInt32BE(ssrc, 4);
  return part;
}

function reportPart({ ssrc, sender, block }: Report): Buffer {
  const before = 8 + (sender === undefined ? 0 : SENDER_BYTES);
  const type = sender === undefined ? RECEIVER_REPORT : SENDER_REPORT;
  const part = head(before + (block === undefined ? 0 : BLOCK_BYTES), block === undefined ? 0 : 1, type, ssrc);
  if (sender !== undefined) {
    const { ntpSeconds, ntpFraction, timestamp, packets, octets } = sender;
    [ntpSeconds, ntpFraction, timestamp, packets, octets].forEach((word, at) => {
      part.writeUInt32BE(word >>> 0, 8 + at * 4);
    });
  }
  if (block !== undefined) writeBlock(part, before, block);
  return part;
}

function writeBlock(part: Buffer, at: number, block: ReportBlock): void {
  part.writeUInt32BE(block.ssrc, at);
  part[at + 4] = block.fractionLost;
  part.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, block.totalLost)), at + 5, 3);
  part.writeUInt32BE(block.highestSequence >>> 0, at + 8);
  part.writeUInt32BE(block.jitter >>> 0, at + 12);
  part.writeUInt32BE(block.lastSenderReport >>> 0, at + 16);
  part.writeUInt32BE(block.delay >>> 0, at + 20);
}

function descriptionPart({ ssrc, cname }: Report): Buffer {
  const text = Buffer.from(cname, "latin1");
  // One octet of the list's end at least, up to the next word.
  const part = head(8 + Math.ceil((2 + text.length + 1) / 4) * 4, 1, DESCRIPTION, ssrc);
  part[8] = 1;
  part[9] = text.length;
  text.copy(part, 10);
  return part;
}

function byePart(ssrc: number): Buffer {
  return head(8, 1, BYE, ssrc);
}

const NTP_OFFSET_S = 2_208_988_800;

/** Milliseconds since 1970 as NTP time. */
export function ntpOf(nowMs: number): { readonly ntpSeconds: number; readonly ntpFraction: number } {
  const seconds = Math.floor(nowMs / 1000);
  return {
    ntpSeconds: (seconds + NTP_OFFSET_S) >>> 0,
    ntpFraction: Math.floor(((nowMs - seconds * 1000) / 1000) * 2 ** 32) >>> 0,
  };
}

/** The middle 32 bits of NTP time, which reports measure in. */
export function middleOf(ntp: { readonly ntpSeconds: number; readonly ntpFraction: number }): number {
  return (((ntp.ntpSeconds & 0xffff) << 16) | (ntp.ntpFraction >>> 16)) >>> 0;
}
