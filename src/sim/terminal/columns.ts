/** Characters that take two columns of a terminal: East Asian wide ones and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** Characters that stand on the one before. */
const COMBINING = /^(?:\p{M}|\u200d)$/u;

/** Columns that a text takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** The text in at most `max` columns; what was cut is marked by an ellipsis. */
export function cutToColumns(text: string, max: number): string {
  if (columnsOf(text) <= max) return text;
  let [kept, columns] = ["", 0];
  for (const character of text) {
    columns += widthOf(character);
    if (columns > max - 1) break;
    kept += character;
  }
  return max < 1 ? "" : `${kept}…`;
}

function widthOf(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
