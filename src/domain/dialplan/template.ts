import { functionSupport } from "./functions.ts";

/** Text with `${…}` and `$[…]` in it, parsed once and filled in at every call (sla.md §5.6). */
export interface Template {
  readonly parts: readonly TemplatePart[];
  /** Every function named, supported or not; those inside others first. */
  readonly functions: readonly FunctionUse[];
  /** What is wrong with it, by offset; the first ones if there are many. */
  readonly mistakes: readonly TemplateMistake[];
}

/** A string stands for itself. */
export type TemplatePart = string | VariablePart | FunctionPart | ExpressionPart;

/** `${NAME}`; the name may hold variables of its own. */
export interface VariablePart {
  readonly kind: "variable";
  readonly name: readonly TemplatePart[];
  readonly slice?: Slice;
}

/** `${NAME(args)}`. */
export interface FunctionPart {
  readonly kind: "function";
  readonly name: string;
  readonly args: readonly TemplatePart[];
  readonly slice?: Slice;
}

/** `$[…]`: read once its variables are filled in. */
export interface ExpressionPart {
  readonly kind: "expression";
  readonly text: readonly TemplatePart[];
}

/** `:offset` or `:offset:length`; both may hold variables of their own. */
export interface Slice {
  readonly offset: readonly TemplatePart[];
  readonly length?: readonly TemplatePart[];
}

/** A function that the text names. */
export interface FunctionUse {
  readonly name: string;
  /** Of the name, in the text. */
  readonly offset: number;
}

/** Something in the text that will give nothing. */
export interface TemplateMistake {
  /** unclosed: no `}` or `]`; it is taken to reach to the end. nesting: deeper than is filled in. function: known to Asterisk or to nobody. */
  readonly kind: "unclosed" | "nesting" | "function";
  /** Of the `$` (of the name of a function), in the text. */
  readonly offset: number;
  /** "${", "$[" or the name of the function. */
  readonly text: string;
}

/** `${A${B}}` is two deep. Asterisk has no bound but its stack; nobody writes ten. */
export const NESTING_MAX = 32;
/** Mistakes told of one text. */
const MISTAKES_MAX = 20;
/** Functions told of one text. */
const FUNCTIONS_MAX = 1000;

/** Parses a text; never fails: what is wrong with it is told in `mistakes`, and what is right is filled in all the same. */
export function parseTemplate(text: string): Template {
  const parser = new TemplateParser(text);
  const parts = parser.parse();
  return { parts, functions: parser.functions, mistakes: parser.mistakes };
}

/** Whether filling it in could give anything else than the text itself. */
export function isPlain({ parts }: Template): boolean {
  return parts.every((part) => typeof part === "string");
}

/** One part with its place, before `:` and `(` are looked for. */
interface Piece {
  readonly part: TemplatePart;
  readonly offset: number;
}

const OPENERS = { "}": "{", "]": "[" } as const;

class TemplateParser {
  readonly functions: FunctionUse[] = [];
  readonly mistakes: TemplateMistake[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): readonly TemplatePart[] {
    return this.#pieces(undefined, 0).map(({ part }) => part);
  }

  /** Up to the `close` that belongs to what was opened, or to the end. */
  #pieces(close: "}" | "]" | undefined, depth: number): readonly Piece[] {
    const pieces: Piece[] = [];
    let start = this.#at;
    let open = 0;
    const flush = (): void => {
      if (this.#at > start) pieces.push({ part: this.#text.slice(start, this.#at), offset: start });
    };
    while (this.#at < this.#text.length) {
      const character = this.#text.charAt(this.#at);
      if (character === close) {
        if (open === 0) break;
        open -= 1;
      } else if (close !== undefined && character === OPENERS[close]) {
        open += 1;
      } else if (this.#opens(depth)) {
        flush();
        pieces.push(this.#nested(depth + 1));
        start = this.#at;
        continue;
      }
      this.#at += 1;
    }
    flush();
    return pieces;
  }

  /** Whether `${` or `$[` starts here and may go deeper. */
  #opens(depth: number): boolean {
    if (this.#text.charAt(this.#at) !== "$") return false;
    const next = this.#text.charAt(this.#at + 1);
    if (next !== "{" && next !== "[") return false;
    if (depth < NESTING_MAX) return true;
    this.#mistake("nesting", this.#at, `$${next}`);
    return false;
  }

  #nested(depth: number): Piece {
    const offset = this.#at;
    const opening = this.#text.slice(offset, offset + 2);
    this.#at += 2;
    const pieces = this.#pieces(opening === "${" ? "}" : "]", depth);
    if (this.#at === this.#text.length) this.#mistake("unclosed", offset, opening);
    else this.#at += 1;
    if (opening === "$[") return { part: { kind: "expression", text: pieces.map(({ part }) => part) }, offset };
    return { part: this.#variable(pieces), offset };
  }

  #variable(pieces: readonly Piece[]): VariablePart | FunctionPart {
    const [subject, offset, length] = splitSubject(pieces);
    const slice = offset === undefined ? {} : { slice: length === undefined ? { offset } : { offset, length } };
    const first = pieces[0];
    const start = subject[0];
    const paren = typeof start === "string" ? start.indexOf("(") : -1;
    if (typeof start !== "string" || paren === -1) return { kind: "variable", name: subject, ...slice };
    const name = start.slice(0, paren);
    this.#use(name, first?.offset ?? 0);
    return { kind: "function", name, args: argumentsOf([start.slice(paren + 1), ...subject.slice(1)]), ...slice };
  }

  #use(name: string, offset: number): void {
    if (this.functions.length < FUNCTIONS_MAX) this.functions.push({ name, offset });
    if (functionSupport(name) !== "supported") this.#mistake("function", offset, name);
  }

  #mistake(kind: TemplateMistake["kind"], offset: number, text: string): void {
    if (this.mistakes.length < MISTAKES_MAX) this.mistakes.push({ kind, offset, text });
  }
}

/** Name, offset and length: parted at the first two `:` outside parentheses. What more there is belongs to the last one. */
function splitSubject(pieces: readonly Piece[]): readonly [TemplatePart[], ...TemplatePart[][]] {
  const sections: [TemplatePart[], ...TemplatePart[][]] = [[]];
  let parentheses = 0;
  for (const { part } of pieces) {
    let current = sections.at(-1) ?? sections[0];
    if (typeof part !== "string") {
      current.push(part);
      continue;
    }
    let start = 0;
    for (let index = 0; index < part.length; index += 1) {
      const character = part.charAt(index);
      if (character === "(") parentheses += 1;
      else if (character === ")") parentheses -= 1;
      if (character !== ":" || parentheses > 0 || sections.length > 2) continue;
      if (index > start) current.push(part.slice(start, index));
      current = [];
      sections.push(current);
      start = index + 1;
    }
    if (start < part.length) current.push(part.slice(start));
  }
  return sections;
}

/** Without the last `)` and what follows it. */
function argumentsOf(parts: readonly TemplatePart[]): readonly TemplatePart[] {
  const last = parts.findLastIndex((part) => typeof part === "string" && part.includes(")"));
  const closing = parts[last];
  if (typeof closing !== "string") return parts;
  return [...parts.slice(0, last), closing.slice(0, closing.lastIndexOf(")"))].filter((part) => part !== "");
}
