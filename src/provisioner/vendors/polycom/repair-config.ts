/** A sign of a printed page in a file of a phone. */
export interface PrintedSign {
  /** Place in the text as written. */
  readonly index: number;
  readonly sign: string;
  /** What is typed in its place; undefined: it stands inside a value and is kept. */
  readonly replacement?: string;
}

/** A text whose markup is typed with the signs of a keyboard. */
export interface RepairedConfig {
  readonly text: string;
  readonly signs: readonly PrintedSign[];
  /** Where the value of each attribute begins in the text as written, in their order. */
  readonly valuesAt: readonly number[];
}

const DOUBLES = "\u201c\u201d\u201e\u201f\u2033\u2036";
const SINGLES = "\u2018\u2019\u201a\u201b\u2032\u2035";
const DASHES = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212";
const BLANKS = "\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff";

const IS_DOUBLE = new RegExp(`[${DOUBLES}]`);
const IS_DASH = new RegExp(`[${DASHES}]`);
/** `<!--` and `-->`, each dash typed or printed; a printed one mostly stands for two. */
const COMMENT_START = new RegExp(`<!(?:--|-?[${DASHES}]{1,2}-?)`, "y");
const COMMENT_END = new RegExp(`-->|-?[${DASHES}]{1,2}-?>`, "g");
/** What a value is followed by: the end of the tag, or the next attribute. */
const AFTER_VALUE = "(?=\\s*(?:[/?]?>|[\\w.:-]+\\s*=))";
/** What ends a value, by the quote that began it. A typed quote is ended by a printed one only where nothing else can be meant. */
const VALUE_ENDS: ReadonlyMap<string, RegExp> = new Map([
  ['"', new RegExp(`"|[${DOUBLES}]${AFTER_VALUE}`, "g")],
  ["'", new RegExp(`'|[${SINGLES}]${AFTER_VALUE}`, "g")],
  ["double", new RegExp(`["${DOUBLES}]`, "g")],
  ["single", new RegExp(`['${SINGLES}]`, "g")],
]);
/** Marked sections, and instructions other than the declaration. */
const OPAQUE = [
  [/^<!\[CDATA\[/, "]]>"],
  [/^<\?(?!xml\s)/, "?>"],
] as const;
const START_MAX_CHARACTERS = 10;
/** What matters outside comments: marks, quotes, and signs that no markup has. */
const MARK = new RegExp(`[<>"'${DOUBLES}${SINGLES}${DASHES}${BLANKS}]`, "g");
const SIGN = new RegExp(`[${DOUBLES}${SINGLES}${DASHES}${BLANKS}]`, "g");

/**
 * Replaces the quotes, dashes and blanks that a printed page has in markup by those that XML wants (sla.md §6, D5 and D6). The text of
 * values and comments is left as it is; what stands in values is named. One pass, nothing is judged: that is the strict reader's part.
 */
export function repairConfig(text: string): RepairedConfig {
  return new ConfigRepair(text).run();
}

class ConfigRepair {
  readonly #text: string;
  readonly #signs: PrintedSign[] = [];
  readonly #valuesAt: number[] = [];
  readonly #parts: string[] = [];
  /** Up to here the text is taken over. */
  #taken = 0;
  #tag: "none" | "element" | "declaration" = "none";

  constructor(text: string) {
    this.#text = text;
  }

  run(): RepairedConfig {
    const marks = new RegExp(MARK);
    for (let match = marks.exec(this.#text); match !== null; match = marks.exec(this.#text))
      marks.lastIndex = this.#mark(match[0], match.index);
    return { text: this.#parts.join("") + this.#text.slice(this.#taken), signs: this.#signs, valuesAt: this.#valuesAt };
  }

  /** Gives the place to go on from. */
  #mark(sign: string, index: number): number {
    if (sign === "<") return this.#open(index);
    if (sign === ">") this.#tag = "none";
    else if (this.#tag !== "none" && isQuote(sign)) return this.#value(sign, index);
    else if (!isTyped(sign)) this.#replace(index, sign, plainOf(sign));
    return index + 1;
  }

  #open(index: number): number {
    COMMENT_START.lastIndex = index;
    const start = COMMENT_START.exec(this.#text)?.[0];
    if (start === undefined) return this.#openTag(index);
    this.#dashes(index + 2, start.slice(2));
    const end = this.#next(COMMENT_END, index + start.length);
    if (end === undefined) return this.#text.length;
    this.#dashes(end.index, end[0].slice(0, -1));
    return end.index + end[0].length;
  }

  /** What is neither element nor declaration is jumped over: nothing of it is markup. */
  #openTag(index: number): number {
    for (const [start, end] of OPAQUE) {
      if (!start.test(this.#text.slice(index, index + START_MAX_CHARACTERS))) continue;
      const at = this.#text.indexOf(end, index);
      return at === -1 ? this.#text.length : at + end.length;
    }
    this.#tag = this.#text.startsWith("<?", index) ? "declaration" : "element";
    return index + 1;
  }

  #value(quote: string, index: number): number {
    const kind = isTyped(quote) ? quote : IS_DOUBLE.test(quote) ? "double" : "single";
    this.#quote(index, quote);
    if (this.#tag === "element") this.#valuesAt.push(index + 1);
    const end = this.#next(VALUE_ENDS.get(kind) ?? SIGN, index + 1);
    if (end === undefined) return this.#text.length;
    for (const { 0: sign, index: at } of this.#text.slice(index + 1, end.index).matchAll(SIGN))
      this.#signs.push({ index: index + 1 + at, sign });
    this.#quote(end.index, end[0]);
    return end.index + 1;
  }

  #next(pattern: RegExp, from: number): RegExpExecArray | undefined {
    pattern.lastIndex = from;
    return pattern.exec(this.#text) ?? undefined;
  }

  #quote(index: number, sign: string): void {
    if (!isTyped(sign)) this.#replace(index, sign, plainOf(sign));
  }

  /** The dashes of a comment's mark become two. */
  #dashes(index: number, written: string): void {
    if (written === "--") return;
    for (const { 0: sign, index: at } of written.matchAll(SIGN)) this.#signs.push({ index: index + at, sign, replacement: "--" });
    this.#take(index, written.length, "--");
  }

  #replace(index: number, sign: string, replacement: string): void {
    this.#signs.push({ index, sign, replacement });
    this.#take(index, sign.length, replacement);
  }

  #take(index: number, length: number, replacement: string): void {
    this.#parts.push(this.#text.slice(this.#taken, index), replacement);
    this.#taken = index + length;
  }
}

function isTyped(sign: string): boolean {
  return sign.charCodeAt(0) < 0x80;
}

function isQuote(sign: string): boolean {
  return plainOf(sign) === '"' || plainOf(sign) === "'";
}

/** The sign of a keyboard. */
function plainOf(sign: string): string {
  if (isTyped(sign)) return sign;
  if (IS_DASH.test(sign)) return "-";
  if (IS_DOUBLE.test(sign)) return '"';
  return SINGLES.includes(sign) ? "'" : " ";
}
