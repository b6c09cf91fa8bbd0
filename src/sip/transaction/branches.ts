import type { Random } from "#base/random";

/** The magic cookie of branches that are unique (RFC 3261 §8.1.1.7). */
export const BRANCH_COOKIE = "z9hG4bK";

const BRANCH_BYTES = 8;
/** Branches drawn at once: asking the kernel for each of 50,000 a second would cost more than the rest of the transaction. */
const DRAWN_AT_ONCE = 256;

/** Makes branches that nobody can guess: who could, could answer for another phone. */
export class Branches {
  readonly #random: Random;
  #drawn: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    if (this.#at === this.#drawn.length) {
      this.#drawn = Buffer.from(this.#random.bytes(BRANCH_BYTES * DRAWN_AT_ONCE));
      this.#at = 0;
    }
    const branch = BRANCH_COOKIE + this.#drawn.toString("hex", this.#at, this.#at + BRANCH_BYTES);
    this.#at += BRANCH_BYTES;
    return branch;
  }
}
