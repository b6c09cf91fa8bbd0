/** What an RTP packet says (RFC 3550 §5.1). */
export interface RtpPacket {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** A view into the datagram. */
  readonly payload: Uint8Array;
}

/** Length of a header without contributing sources and extension: all that we write. */
export const RTP_HEADER_BYTES = 12;
/** Longer ones carry no telephone audio: 60 ms are 480 octets. */
const RTP_MAX_BYTES = 1500;
const VERSION = 2;

/** Reads a datagram as RTP. undefined: it is none. */
export function parseRtp(data: Buffer): RtpPacket | undefined {
  if (data.length < RTP_HEADER_BYTES || data.length > RTP_MAX_BYTES) return undefined;
  const first = data.readUInt8(0);
  if (first >> 6 !== VERSION) return undefined;
  const start = payloadStart(data, first);
  const end = payloadEnd(data, first);
  if (start === undefined || end === undefined || start > end) return undefined;
  const second = data.readUInt8(1);
  return {
    marker: second > 127,
    payloadType: second & 0x7f,
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(start, end),
  };
}

/** Behind the contributing sources and the header extension. */
function payloadStart(data: Buffer, first: number): number | undefined {
  const behindSources = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & 0x10) === 0) return behindSources;
  if (behindSources + 4 > data.length) return undefined;
  return behindSources + 4 + data.readUInt16BE(behindSources + 2) * 4;
}

/** Before the padding, whose last octet says how long it is. */
function payloadEnd(data: Buffer, first: number): number | undefined {
  if ((first & 0x20) === 0) return data.length;
  const padding = data.readUInt8(data.length - 1);
  return padding === 0 ? undefined : data.length - padding;
}

/** Header of a packet that we send. */
export interface RtpHeader {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** Writes the header at the start of `into`. */
export function writeRtpHeader(into: Buffer, header: RtpHeader): void {
  into[0] = VERSION << 6;
  into[1] = (header.marker ? 0x80 : 0) | header.payloadType;
  into.writeUInt16BE(header.sequence & 0xffff, 2);
  into.writeUInt32BE(header.timestamp >>> 0, 4);
  into.writeUInt32BE(header.ssrc, 8);
}

/** RTP and RTCP on one port (RFC 5761 §4): these payload types are never RTP. */
export function looksLikeRtcp(data: Buffer): boolean {
  const second = data[1] ?? 0;
  return second >= 192 && second <= 223;
}
