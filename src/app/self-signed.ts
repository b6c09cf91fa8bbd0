import { createPrivateKey, createPublicKey, generateKeyPair, sign } from "node:crypto";
import { promisify } from "node:util";
import { addressBytes } from "#base/address-bytes";
import type { Random } from "#base/random";

/** RSA, because desk phones of any age know it. */
const KEY_BITS = 2048;
/** Phones load it by hand, so it stays for long. */
const VALID_YEARS = 10;
/** Clocks of others may be behind. */
const BACKDATED_MS = 24 * 3600 * 1000;
const SERIAL_BYTES = 16;
/** ub-common-name (RFC 5280, appendix A). */
const COMMON_NAME_MAX = 64;

/** A certificate with its private key, both PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/**
 * A certificate that nobody vouches for, for these host names and addresses (RFC 5280 §4.1). As `openssl req -x509` writes them: it may sign,
 * so that a phone can take it for its authority.
 */
export async function selfSigned(names: readonly string[], now: number, random: Random): Promise<CertificatePair> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const body = certificateBody({ names, now, publicKey, serial: random.bytes(SERIAL_BYTES) });
  const signature = sign("sha256", body, createPrivateKey(privateKey));
  const base64 = sequence(body, SHA256_WITH_RSA, bitString(signature)).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`, key: privateKey };
}

function certificateBody(parts: {
  readonly names: readonly string[];
  readonly now: number;
  readonly publicKey: Buffer;
  readonly serial: Uint8Array;
}): Buffer {
  const ends = new Date(parts.now);
  ends.setUTCFullYear(ends.getUTCFullYear() + VALID_YEARS);
  const commonName = (parts.names[0] ?? "lamplighter").slice(0, COMMON_NAME_MAX);
  const name = sequence(tlv(TAG.set, sequence(oid("550403"), tlv(TAG.utf8, Buffer.from(commonName)))));
  return sequence(
    tlv(0xa0, tlv(TAG.integer, Buffer.from([2]))),
    // The first bit says that the number is positive, the second that it has no leading zeros.
    tlv(TAG.integer, Buffer.from(parts.serial.map((byte, at) => (at === 0 ? (byte & 0x3f) | 0x40 : byte)))),
    SHA256_WITH_RSA,
    name,
    sequence(time(parts.now - BACKDATED_MS), time(ends.getTime())),
    name,
    parts.publicKey,
    tlv(0xa3, sequence(...extensions(parts.names))),
  );
}

function extensions(names: readonly string[]): Buffer[] {
  return [
    extension("551d13", sequence(TRUE), true),
    // digitalSignature, keyEncipherment, keyCertSign
    extension("551d0f", tlv(TAG.bits, Buffer.from([2, 0b1010_0100])), true),
    // serverAuth
    extension("551d25", sequence(oid("2b06010505070301")), false),
    extension("551d11", sequence(...names.map(generalName)), false),
  ];
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(oid(id), ...(isCritical ? [TRUE] : []), tlv(TAG.octets, value));
}

/** GeneralName (RFC 5280 §4.2.1.6): [2] a DNS name, [7] an address. */
function generalName(name: string): Buffer {
  const address = addressBytes(name);
  return address === undefined ? tlv(0x82, Buffer.from(name, "ascii")) : tlv(0x87, address);
}

/** Tags of DER (X.690). */
const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
};
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
const SHA256_WITH_RSA = sequence(oid("2a864886f70d01010b"), Buffer.from([0x05, 0x00]));

function tlv(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return tlv(TAG.sequence, ...contents);
}

function oid(hex: string): Buffer {
  return tlv(TAG.oid, Buffer.from(hex, "hex"));
}

function bitString(bytes: Buffer): Buffer {
  return tlv(TAG.bits, Buffer.from([0]), bytes);
}

/** Years from 2050 on are written with four digits (RFC 5280 §4.1.2.5). */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "");
  const isLong = Number(digits.slice(0, 4)) >= 2050;
  return tlv(isLong ? TAG.time : TAG.utcTime, Buffer.from(isLong ? digits : digits.slice(2)));
}
