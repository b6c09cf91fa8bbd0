/** Characters shown of a word. */
const SHOWN_MAX = 60;

/** A word of a file as a message may show it: one line, nothing invisible, of readable length. */
export function show(text: string): string {
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\u2423");
}
