import { addressBytes } from "#base/address-bytes";

/** Sizes and numbers of RFC 8489 §5, §14.2. */
const HEADER_BYTES = 20;
const COOKIE = 0x2112a442;
const COOKIE_AT = 4;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;
/** SIP begins with a letter, STUN with two zero bits. */
const FIRST_BYTE_MAX = 0x3f;

/** Is this datagram STUN and no SIP? */
export function isStun(data: Buffer): boolean {
  return data.length >= HEADER_BYTES && data.readUInt8(0) <= FIRST_BYTE_MAX && data.readUInt32BE(COOKIE_AT) === COOKIE;
}

/**
 * The answer to the keep-alive of a UDP flow (RFC 5626 §3.5.2, R-13): where we see the sender. undefined: it is no such request. A bare
 * request has no attributes, and only one is answered, so that the answer stays near its size.
 */
export function stunAnswer(data: Buffer, remoteHost: string, remotePort: number): Buffer | undefined {
  if (data.readUInt16BE(0) !== BINDING_REQUEST || data.readUInt16BE(2) !== data.length - HEADER_BYTES) return undefined;
  const address = addressBytes(remoteHost);
  if (address === undefined) return undefined;
  const value = Buffer.concat([Buffer.from([0, address.length === 4 ? 1 : 2, remotePort >> 8, remotePort & 0xff]), address]);
  // Port and address are written crossed with the cookie and the transaction's number, so that no gateway rewrites them.
  for (let at = 2; at < 4; at += 1) value[at] = byteAt(value, at) ^ byteAt(data, COOKIE_AT + at - 2);
  for (let at = 4; at < value.length; at += 1) value[at] = byteAt(value, at) ^ byteAt(data, COOKIE_AT + at - 4);
  const head = Buffer.alloc(HEADER_BYTES + 4);
  data.copy(head, COOKIE_AT, COOKIE_AT, HEADER_BYTES);
  head.writeUInt16BE(BINDING_SUCCESS, 0);
  head.writeUInt16BE(value.length + 4, 2);
  head.writeUInt16BE(XOR_MAPPED_ADDRESS, HEADER_BYTES);
  head.writeUInt16BE(value.length, HEADER_BYTES + 2);
  return Buffer.concat([head, value]);
}

function byteAt(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0;
}
