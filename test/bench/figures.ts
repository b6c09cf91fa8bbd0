/** Figures of one scenario: what was measured, and in which words. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** What is aimed for, when something is. */
  readonly target?: string;
  /** The same as a number, for comparisons with a peer of the same run. */
  readonly count?: number;
}

/** Latencies in ms, kept whole: benches are short. */
export class Latencies {
  readonly #values: number[] = [];
  #isSorted = true;

  add(ms: number): void {
    this.#values.push(ms);
    this.#isSorted = false;
  }

  get count(): number {
    return this.#values.length;
  }

  /** "p50 / p99 / max" in ms. */
  get text(): string {
    return `${this.#at(0.5)} / ${this.#at(0.99)} / ${this.#at(1)} ms`;
  }

  #at(share: number): string {
    if (!this.#isSorted) this.#values.sort((left, right) => left - right);
    this.#isSorted = true;
    return (this.#values[Math.max(0, Math.ceil(this.#values.length * share) - 1)] ?? Number.NaN).toFixed(2);
  }
}

/** A count a second, with thousands apart. */
export function perSecond(count: number, ms: number): string {
  return whole((count * 1000) / ms);
}

/** A whole number with thousands apart. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Bytes as MiB. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
