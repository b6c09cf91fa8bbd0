/** What a regular expression is run as; reaching the end of the list is a match. Places are relative, so that pieces can be put anywhere. */
export type Instruction =
  | { readonly op: "take"; readonly set: RegexSet }
  | { readonly op: "fork"; readonly first: number; readonly second: number }
  /** ^ and $. */
  | { readonly op: "start" | "end" }
  /** The first group. */
  | { readonly op: "open" | "close" };

/** Characters that one place takes. */
export interface RegexSet {
  readonly negated: boolean;
  /** First and last code of each range. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** A whole expression. */
export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  readonly groups: number;
}

/** Instructions of a program: `{1,200}` is written out. */
const INSTRUCTIONS_MAX = 250;
/** Groups within each other. */
const DEPTH_MAX = 16;
/** Characters of an expression. */
const LENGTH_MAX = 500;

const ANY: RegexSet = { negated: true, ranges: [] };
const CLASSES: ReadonlyMap<string, RegexSet["ranges"]> = new Map([
  ["digit", [[48, 57]]],
  ["upper", [[65, 90]]],
  ["lower", [[97, 122]]],
  ["alpha", [[65, 90], [97, 122]]], // prettier-ignore
  ["alnum", [[48, 57], [65, 90], [97, 122]]], // prettier-ignore
  ["xdigit", [[48, 57], [65, 70], [97, 102]]], // prettier-ignore
  ["space", [[9, 13], [32, 32]]], // prettier-ignore
  ["blank", [[9, 9], [32, 32]]], // prettier-ignore
]);

/** Whether a character, by its code, is one of these; the end of the text (NaN) never is. */
export function matchesSet({ negated, ranges }: RegexSet, code: number): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last) !== negated && !Number.isNaN(code);
}

/** The program of an extended regular expression; undefined when it cannot be read or is too large. */
export function compileRegex(pattern: string): RegexProgram | undefined {
  if (pattern.length > LENGTH_MAX) return undefined;
  const compiler = new RegexCompiler(pattern);
  const instructions = compiler.alternatives(0);
  return instructions === undefined || !compiler.done ? undefined : { instructions, groups: compiler.groups };
}

type Code = readonly Instruction[] | undefined;

class RegexCompiler {
  groups = 0;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at === this.#text.length;
  }

  alternatives(depth: number): Code {
    const first = this.#sequence(depth);
    if (first === undefined || !this.#take("|")) return first;
    const second = this.alternatives(depth);
    // The way round the second one: a fork whose both ways lead behind it.
    return second === undefined ? undefined : bounded([fork(1, first.length + 2), ...first, jump(second.length + 1), ...second]);
  }

  #sequence(depth: number): Code {
    let code: Code = [];
    while (code !== undefined && !this.done && !"|)".includes(this.#peek())) {
      const atom = this.#atom(depth);
      const repeated: Code = atom === undefined ? undefined : this.#repeated(atom);
      code = repeated === undefined ? undefined : bounded([...code, ...repeated]);
    }
    return code;
  }

  #repeated(atom: readonly Instruction[]): Code {
    let code: Code = atom;
    for (let count = this.#count(); count !== "once" && code !== undefined; count = this.#count())
      code = count === "wrong" ? undefined : repeat(code, count);
    return code;
  }

  #count(): Count | "once" | "wrong" {
    if (this.#take("*")) return { least: 0, most: undefined };
    if (this.#take("+")) return { least: 1, most: undefined };
    if (this.#take("?")) return { least: 0, most: 1 };
    if (this.#peek() !== "{") return "once";
    const found = /^\{(\d{1,3})(?:(,)(\d{0,3}))?\}/.exec(this.#text.slice(this.#at, this.#at + 9));
    if (found === null) return "wrong";
    this.#at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === "" ? undefined : Number(found[3]);
    return most !== undefined && most < least ? "wrong" : { least, most };
  }

  #atom(depth: number): Code {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group(depth);
      case "[":
        return this.#set();
      case ".":
        return [{ op: "take", set: ANY }];
      case "^":
        return [{ op: "start" }];
      case "$":
        return [{ op: "end" }];
      case "*":
      case "+":
      case "?":
      case "{":
        return undefined;
      case "\\":
        return this.done ? undefined : literal(this.#next());
      default:
        return literal(character);
    }
  }

  #group(depth: number): Code {
    if (depth >= DEPTH_MAX) return undefined;
    this.groups += 1;
    const isFirst = this.groups === 1;
    const inside = this.alternatives(depth + 1);
    if (inside === undefined || !this.#take(")")) return undefined;
    return isFirst ? [{ op: "open" }, ...inside, { op: "close" }] : inside;
  }

  #set(): Code {
    const negated = this.#take("^");
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; first || this.#peek() !== "]"; first = false) {
      if (this.done) return undefined;
      const named = /^\[:([a-z]{1,6}):\]/.exec(this.#text.slice(this.#at, this.#at + 12));
      if (named !== null) {
        const known = CLASSES.get(named[1] ?? "");
        if (known === undefined) return undefined;
        ranges.push(...known);
        this.#at += named[0].length;
        continue;
      }
      const from = this.#next().charCodeAt(0);
      const isRange = this.#peek() === "-" && !"]".includes(this.#text.charAt(this.#at + 1));
      if (isRange) this.#at += 1;
      ranges.push([from, isRange ? this.#next().charCodeAt(0) : from]);
    }
    this.#at += 1;
    return [{ op: "take", set: { negated, ranges } }];
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #next(): string {
    this.#at += 1;
    return this.#text.charAt(this.#at - 1);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

interface Count {
  readonly least: number;
  /** undefined = any number. */
  readonly most: number | undefined;
}

function repeat(atom: readonly Instruction[], { least, most }: Count): Code {
  if (atom.length * Math.max(1, least, most ?? 0) > INSTRUCTIONS_MAX) return undefined;
  const code = Array.from({ length: least }, () => atom).flat();
  if (most === undefined) return bounded([...code, fork(1, atom.length + 2), ...atom, jump(-atom.length - 1)]);
  const maybe = [fork(1, atom.length + 1), ...atom];
  return bounded([...code, ...Array.from({ length: most - least }, () => maybe).flat()]);
}

function fork(first: number, second: number): Instruction {
  return { op: "fork", first, second };
}

function jump(to: number): Instruction {
  return fork(to, to);
}

function literal(character: string): Code {
  const code = character.charCodeAt(0);
  return [{ op: "take", set: { negated: false, ranges: [[code, code]] } }];
}

function bounded(code: readonly Instruction[]): Code {
  return code.length > INSTRUCTIONS_MAX ? undefined : code;
}
