import type { Random } from "#base/random";

/** The magic cookie of branches that are unique (RFC 3261 §8.1.1.7). */
export const BRANCH_COOKIE = "z9hG4bK";

const BRANCH_BITS = 64;
const PLACE_AT = BRANCH_COOKIE.length + BRANCH_BITS / 4 + 1;
const PLACE_DIGITS_MAX = 7;

/** A branch that nobody can guess: who could, could answer for another phone. It says where its transaction is kept. */
export function newBranch(random: Random, place: number): string {
  return `${BRANCH_COOKIE}${random.token(BRANCH_BITS)}.${place}`;
}

/** The place that a branch names; -1 when it names none. */
function placeOf(branch: string): number {
  const { length } = branch;
  if (length <= PLACE_AT || length > PLACE_AT + PLACE_DIGITS_MAX) return -1;
  let place = 0;
  for (let at = PLACE_AT; at < length; at += 1) {
    const digit = branch.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    place = place * 10 + digit;
  }
  return place;
}

/**
 * Open transactions by their branch, in an array whose place the branch names. A map that turns over 50,000 entries a second is made anew
 * many times a second, and each old one keeps the requests of its time alive until the next full collection.
 */
export class BranchTable<T extends { readonly key: string }> {
  readonly #places: (T | undefined)[] = [];
  /** Places to be used again, the last one first. */
  readonly #free: number[] = [];
  /** Those whose key names no place, or one that was taken meanwhile. */
  readonly #others = new Map<string, T>();

  get size(): number {
    return this.#places.length - this.#free.length + this.#others.size;
  }

  /** Where the next one goes. */
  get nextPlace(): number {
    return this.#free.at(-1) ?? this.#places.length;
  }

  get(key: string): T | undefined {
    const kept = this.#places[placeOf(key)];
    return kept?.key === key ? kept : this.#others.get(key);
  }

  add(entry: T): void {
    const place = placeOf(entry.key);
    if (place !== this.nextPlace) {
      this.#others.set(entry.key, entry);
      return;
    }
    this.#free.pop();
    this.#places[place] = entry;
  }

  delete(entry: T): void {
    const place = placeOf(entry.key);
    if (this.#places[place] === entry) {
      this.#places[place] = undefined;
      this.#free.push(place);
    } else if (this.#others.get(entry.key) === entry) this.#others.delete(entry.key);
  }

  clear(): void {
    this.#places.length = 0;
    this.#free.length = 0;
    this.#others.clear();
  }

  /** Those that are open now; others may end or begin meanwhile. */
  all(): T[] {
    return [...this.#places.filter((entry) => entry !== undefined), ...this.#others.values()];
  }
}
