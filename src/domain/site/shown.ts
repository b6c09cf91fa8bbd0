/** Characters shown of a word. */
const WORD_MAX = 60;

/** A word of a file as a message may show it: one line, nothing invisible, of readable length. */
export function show(text: string, max = WORD_MAX): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\u2423");
}
