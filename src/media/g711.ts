import type { Codec } from "./media-engine.ts";

/** One of the two laws of ITU-T G.711 as tables: 16 bits linear to an octet and back. */
export interface Law {
  /** Payload number (RFC 3551 §6). */
  readonly payload: number;
  /** 256 linear values. */
  readonly linear: Int16Array;
  /** 65,536 octets, by the 16 bits of the linear value read without a sign. */
  readonly octets: Uint8Array;
  /** The octet of silence. */
  readonly silence: number;
}

/** µ-law adds this before it looks for the segment, so that every segment is twice as wide as the one below (33 of 14 bits). */
const MU_BIAS = 132;
const MU_HIGHEST = 32635;
const A_HIGHEST = 32635;
/** A-law inverts every second bit, µ-law all. */
const A_MASK = 0x55;
const SIGN = 0x80;

/** The place of the highest bit set. */
function highestBit(value: number): number {
  return 31 - Math.clz32(value);
}

function muLawOctet(sample: number): number {
  const sign = sample < 0 ? SIGN : 0;
  const biased = Math.min(Math.abs(sample), MU_HIGHEST) + MU_BIAS;
  const segment = highestBit(biased) - 7;
  const step = (biased >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}

function muLawLinear(octet: number): number {
  const code = ~octet & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + MU_BIAS) << ((code >> 4) & 7)) - MU_BIAS;
  return (code & SIGN) === 0 ? magnitude : -magnitude;
}

function aLawOctet(sample: number): number {
  const sign = sample < 0 ? 0 : SIGN;
  const magnitude = Math.min(Math.abs(sample), A_HIGHEST);
  // The two lowest segments have the same step: below 256 the value itself is the code.
  const segment = magnitude < 256 ? 0 : highestBit(magnitude) - 7;
  const step = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return (sign | (segment << 4) | step) ^ A_MASK;
}

function aLawLinear(octet: number): number {
  const code = octet ^ A_MASK;
  const segment = (code >> 4) & 7;
  // The middle of the step.
  const low = ((code & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? low : (low + 256) << (segment - 1);
  return (code & SIGN) === 0 ? -magnitude : magnitude;
}

function tables(payload: number, octetOf: (sample: number) => number, linearOf: (octet: number) => number): Law {
  const octets = new Uint8Array(65536);
  for (let sample = -32768; sample <= 32767; sample++) octets[sample & 0xffff] = octetOf(sample);
  return { payload, linear: Int16Array.from({ length: 256 }, (_, octet) => linearOf(octet)), octets, silence: octetOf(0) };
}

/** The laws by the names of SDP. */
export const laws: Readonly<Record<Codec, Law>> = {
  PCMU: tables(0, muLawOctet, muLawLinear),
  PCMA: tables(8, aLawOctet, aLawLinear),
};

/** Writes samples as octets into `into` at `offset`. */
export function encode(law: Law, samples: Int16Array, into: Uint8Array, offset: number): void {
  const { octets } = law;
  for (let at = 0; at < samples.length; at++) into[offset + at] = octets[(samples[at] ?? 0) & 0xffff] ?? 0;
}

/** Octets as samples of their own. */
export function decode(law: Law, octets: Uint8Array): Int16Array {
  const { linear } = law;
  const samples = new Int16Array(octets.length);
  for (let at = 0; at < octets.length; at++) samples[at] = linear[octets[at] ?? 0] ?? 0;
  return samples;
}
