/** What was found on a line: the message, and the place of the first of its kind. */
export interface OddCharacter {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** Blanks that Asterisk takes for letters (R3). */
const BLANKS = /[\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]/;
const ALL_BLANKS = new RegExp(BLANKS, "g");

/** Every byte below 33 is a blank to Asterisk; a tab needs no word. */
const CONTROLS = /[^\P{Cc}\t]/u;
const ALL_CONTROLS = new RegExp(CONTROLS, "gu");

/** Signs of a printed page, and what is typed in their place. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/[\u00ad\u2010-\u2015\u2212]/, `"-"`],
  [/[\u2018-\u201b\u2032\u2035]/, `"'"`],
  [/[\u201c-\u201f\u2033\u2036]/, `'"'`],
];

/** What nearly every line is made of. */
const OTHER_THAN_PLAIN = /[^\t -~]/;
const NOTHING: readonly OddCharacter[] = [];

/** Replaces odd blanks and control characters by blanks, one for one, and names the first of each kind on the line (R3, SLA-W20). */
export function replaceOddCharacters(text: string): { readonly text: string; readonly found: readonly OddCharacter[] } {
  if (!OTHER_THAN_PLAIN.test(text)) return { text, found: NOTHING };
  const found: OddCharacter[] = [];
  const blank = BLANKS.exec(text);
  if (blank !== null) {
    const message = `blank ${codePoint(blank[0])} read as an ordinary blank: type a blank instead, Asterisk takes this one for a letter`;
    found.push({ index: blank.index, code: "SLA-W20", message });
  }
  const control = CONTROLS.exec(text);
  if (control !== null) {
    const message = `control character ${codePoint(control[0])} read as a blank: remove it`;
    found.push({ index: control.index, code: "CONF-W08", message });
  }
  for (const [sign, replacement] of SIGNS) {
    const match = sign.exec(text);
    if (match === null) continue;
    const message = `${codePoint(match[0])} is kept, but it is a sign of a printed page: type ${replacement} if that is meant`;
    found.push({ index: match.index, code: "SLA-W20", message });
  }
  const isClean = blank === null && control === null;
  return { text: isClean ? text : text.replace(ALL_BLANKS, " ").replace(ALL_CONTROLS, " "), found };
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
