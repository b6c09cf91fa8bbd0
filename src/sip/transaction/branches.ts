import type { Random } from "#base/random";

/** The magic cookie of branches that are unique (RFC 3261 §8.1.1.7). */
export const BRANCH_COOKIE = "z9hG4bK";

const BRANCH_BITS = 64;

/** A branch that nobody can guess: who could, could answer for another phone. */
export function newBranch(random: Random): string {
  return BRANCH_COOKIE + random.token(BRANCH_BITS);
}
