/** G.711 for test phones, sample by sample and without tables: a second reading of the recommendation beside the product's own. */
export type Codec = "PCMU" | "PCMA";

const MULAW_BIAS = 132;
const MULAW_CLIP = 32_635;
const ALAW_CLIP = 32_767;
const FLIP_EVEN_BITS = 0x55;
const BYTE = 0xff;
const SIGN = 0x80;
const SEGMENTS = 7;
const MANTISSA = 0x0f;
const ALAW_FIRST = 256;

/** Static payload number of a codec (RFC 3551). */
export const PAYLOADS: Readonly<Record<Codec, number>> = { PCMU: 0, PCMA: 8 };

/** One 16-bit sample as a byte. */
export function encodeSample(codec: Codec, sample: number): number {
  const sign = sample < 0 ? SIGN : 0;
  return codec === "PCMU" ? mulawByte(sign, Math.abs(sample)) : alawByte(sign, Math.abs(sample));
}

function mulawByte(sign: number, magnitude: number): number {
  const biased = Math.min(magnitude, MULAW_CLIP) + MULAW_BIAS;
  const segment = Math.max(0, Math.floor(Math.log2(biased)) - SEGMENTS);
  return ~(sign | (segment << 4) | ((biased >> (segment + 3)) & MANTISSA)) & BYTE;
}

function alawByte(sign: number, magnitude: number): number {
  const clipped = Math.min(magnitude, ALAW_CLIP);
  const segment = clipped < ALAW_FIRST ? 0 : Math.floor(Math.log2(clipped)) - SEGMENTS;
  const mantissa = (clipped >> (segment === 0 ? 4 : segment + 3)) & MANTISSA;
  return ((sign ^ SIGN) | (segment << 4) | mantissa) ^ FLIP_EVEN_BITS;
}

/** The 16-bit sample of a byte. */
export function decodeByte(codec: Codec, byte: number): number {
  return codec === "PCMU" ? mulawSample(~byte & BYTE) : alawSample(byte ^ FLIP_EVEN_BITS);
}

function mulawSample(bits: number): number {
  const magnitude = ((((bits & MANTISSA) << 3) + MULAW_BIAS) << ((bits >> 4) & SEGMENTS)) - MULAW_BIAS;
  return (bits & SIGN) === 0 ? magnitude : -magnitude;
}

function alawSample(bits: number): number {
  const segment = (bits >> 4) & SEGMENTS;
  const first = ((bits & MANTISSA) << 4) + 8;
  const magnitude = segment === 0 ? first : (first + ALAW_FIRST) << (segment - 1);
  return (bits & SIGN) === 0 ? -magnitude : magnitude;
}
