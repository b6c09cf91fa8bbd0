import { SAMPLE_RATE } from "./pcm.ts";
import { DTMF_COLUMNS, DTMF_KEYS, DTMF_ROWS } from "./tones.ts";

/** 12.75 ms: any tone of 40 ms (the shortest that Q.24 lets be a digit) holds two of them whole. */
const BLOCK_SAMPLES = 102;
/** Blocks that must agree, and that must differ before the same digit counts again. */
const HITS = 2;
const MISSES = 2;
/** Each frequency at least as loud as -36 dBm0 or so (Q.24 wants signals from about -25). */
const POWER_MIN = (250 * BLOCK_SAMPLES) ** 2 / 4;
/** The group of high frequencies may be 4 dB louder, that of low ones 8 (Q.24). */
const TWIST_HIGH = 10 ** 0.4;
const TWIST_LOW = 10 ** 0.8;
/** The next frequency of a group is 5 dB weaker: so much leaks into it from the other group in so short a block. */
const PEAK = 10 ** 0.5;
/** Of the whole sound, what must be in the two frequencies: speech has more elsewhere. */
const SHARE = 0.75;

const coefficientOf = (frequency: number): number => 2 * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE);
const COEFFICIENTS = [...DTMF_ROWS, ...DTMF_COLUMNS].map(coefficientOf);

/** Hears digits as tones (ITU-T Q.23, Q.24), with Goertzel's filters. */
export class DtmfDetector {
  readonly #block = new Float64Array(BLOCK_SAMPLES);
  #filled = 0;
  #seen: string | undefined;
  #hits = 0;
  #current: string | undefined;
  #misses = 0;

  /** The digits that began in these samples. */
  take(samples: Int16Array): string[] {
    const began: string[] = [];
    for (const sample of samples) {
      this.#block[this.#filled++] = sample;
      if (this.#filled < BLOCK_SAMPLES) continue;
      this.#filled = 0;
      const digit = this.#judge(digitIn(this.#block));
      if (digit !== undefined) began.push(digit);
    }
    return began;
  }

  /** Silence came: the digit is over. */
  rest(): void {
    this.#current = undefined;
    this.#seen = undefined;
    this.#filled = 0;
  }

  #judge(heard: string | undefined): string | undefined {
    this.#hits = heard === this.#seen ? this.#hits + 1 : 1;
    this.#seen = heard;
    if (heard === this.#current) {
      this.#misses = 0;
      return undefined;
    }
    if (heard !== undefined && this.#hits >= HITS) {
      this.#current = heard;
      return heard;
    }
    if (this.#current !== undefined && ++this.#misses >= MISSES) this.#current = undefined;
    return undefined;
  }
}

function powerAt(block: Float64Array, coefficient: number): number {
  let before = 0;
  let beforeThat = 0;
  for (const sample of block) {
    const now = sample + coefficient * before - beforeThat;
    beforeThat = before;
    before = now;
  }
  return before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
}

function digitIn(block: Float64Array): string | undefined {
  let energy = 0;
  for (const sample of block) energy += sample * sample;
  // Both frequencies at the least power, or it is not worth looking.
  if (energy < (POWER_MIN * 4) / BLOCK_SAMPLES) return undefined;
  const powers = COEFFICIENTS.map((coefficient) => powerAt(block, coefficient));
  const row = strongest(powers.slice(0, DTMF_ROWS.length));
  const column = strongest(powers.slice(DTMF_ROWS.length));
  if (row === undefined || column === undefined) return undefined;
  if (column.power > row.power * TWIST_HIGH || row.power > column.power * TWIST_LOW) return undefined;
  if (row.power + column.power < (SHARE * energy * BLOCK_SAMPLES) / 2) return undefined;
  return DTMF_KEYS[row.at]?.[column.at];
}

/** The one that stands out of its group. */
function strongest(powers: readonly number[]): { readonly at: number; readonly power: number } | undefined {
  const power = Math.max(...powers);
  const at = powers.indexOf(power);
  const isAlone = powers.every((other, index) => index === at || other * PEAK < power);
  return power >= POWER_MIN && isAlone ? { at, power } : undefined;
}
