import { show } from "./shown.ts";

/** Characters compared at most: names are short. */
const COMPARED_MAX = 80;
/** Candidates looked at for one word. */
const CANDIDATES_MAX = 2000;
/** Words that one `Suggestions` looks up: a file full of mistakes gets no quicker mended by more. */
const WORDS_MAX = 100;

/** The candidate that looks most like `word`, for "did you mean"; undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.slice(0, COMPARED_MAX).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let looked = 0;
  for (const candidate of candidates) {
    looked += 1;
    if (looked > CANDIDATES_MAX) break;
    const name = candidate.slice(0, COMPARED_MAX).toLowerCase();
    if (Math.abs(name.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, name);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** ` (did you mean "x"?)` or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates);
  return found === undefined ? "" : ` (did you mean "${show(found)}"?)`;
}

/** `didYouMean` over names that a file may hold any number of: the first words get an answer, later ones none, so that time stays bounded. */
export class Suggestions {
  readonly #candidates: readonly string[];
  #words = 0;

  constructor(candidates: Iterable<string>) {
    this.#candidates = [...candidates];
  }

  for(word: string): string {
    this.#words += 1;
    return this.#words > WORDS_MAX ? "" : didYouMean(word, this.#candidates);
  }
}

/** Levenshtein's distance. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
