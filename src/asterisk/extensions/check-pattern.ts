import { show } from "#domain/site/shown";

/** Something to say of the name of an extension. */
export interface PatternNote {
  readonly code: string;
  readonly message: string;
}

const PATTERN_LETTERS = /[XZN]/gi;

/** Patterns that match too much (sla.md §5.3), or less than the word that they look like (sla.md §5.4). */
export function notesOnPattern(name: string): readonly PatternNote[] {
  if (!name.startsWith("_")) return [];
  if (name === "_." || name === "_!")
    return [{ code: "EXT-W15", message: `${name} matches everything, "i", "t" and "h" too: write _X. for numbers` }];
  const spelled = withLettersInBrackets(name);
  if (spelled === name) return [];
  const message = `${show(name)} holds letters that stand for digits (X 0-9, Z 1-9, N 2-9) inside a word: write ${show(spelled)} if the letters are meant`;
  return [{ code: "EXT-I03", message }];
}

/** `_trunkX` as `_tru[n]kX`: letters of patterns with other letters of their case behind them are most likely meant as letters. */
function withLettersInBrackets(name: string): string {
  return name.replace(/\[[^\]]*\]|[a-z]+|[A-Z]+/g, (word) => {
    if (word.startsWith("[")) return word;
    const last = lastPlainLetter(word);
    return word.replace(PATTERN_LETTERS, (letter, at: number) => (at < last ? `[${letter}]` : letter));
  });
}

function lastPlainLetter(word: string): number {
  return word.replace(/[XZN]+$/i, "").length - 1;
}
