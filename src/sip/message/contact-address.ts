import { addressBytes } from "#base/address-bytes";
import type { SipUri } from "./uri.ts";

const IPV4_BYTES = 4;
/** Bytes before the IPv4 address in an IPv4-mapped one. */
const MAPPED_AT = 12;

/** Can a device be reached there? Not at port 0, nor where nobody or everybody is: unspecified, multicast, broadcast, reserved. */
export function isDeviceAddress({ host, port }: Pick<SipUri, "host" | "port">): boolean {
  if (port === 0) return false;
  const bytes = addressBytes(host);
  // A name: nothing is looked up to judge it.
  if (bytes === undefined) return true;
  if (bytes.length === IPV4_BYTES) return isUnicast4(bytes);
  if (bytes.subarray(0, MAPPED_AT - 2).every((byte) => byte === 0)) return isDeviceInZeros(bytes);
  return bytes[0] !== 0xff;
}

/** 0/8 is "this network", 224/4 multicast, 240/4 reserved with the broadcast address in it. */
function isUnicast4(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0;
  return first !== 0 && first < 224;
}

/** "::" is nobody, "::1" ourselves; "::ffff:a.b.c.d" stands for an IPv4 address. */
function isDeviceInZeros(bytes: Buffer): boolean {
  const isMapped = bytes[MAPPED_AT - 2] === 0xff && bytes[MAPPED_AT - 1] === 0xff;
  return isMapped ? isUnicast4(bytes.subarray(MAPPED_AT)) : bytes.some((byte) => byte !== 0);
}
