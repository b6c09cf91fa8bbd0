import {
  isAlias,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type ParsedNode,
  type Scalar,
} from "yaml";
import type { Diagnostic, Position } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";

/** Aliases of one file: each is looked at where it stands, so that they multiply work, never memory. */
const ALIASES_MAX = 100;
/** Mistakes of grammar that are printed: the first ones make the others. */
const ERRORS_MAX = 20;

/** Of what the library says of a mistake. */
const MESSAGE_MAX_CHARACTERS = 160;
const TOO_DEEP = "nested too deeply to be read: a site needs five levels";
/** How "nothing" is written without quotes. */
const NOTHING = ["", "~", "null"];

/** A YAML file that could be read, or why not. All scalars are strings: a MAC address is no number. */
export interface YamlReading {
  /** undefined: the file is empty, or it is rejected. */
  readonly root: Node | undefined;
  readonly rejected: boolean;
}

/** A YAML file with the places of its nodes and the findings about it. Never throws. */
export class YamlTree {
  readonly file: string;
  readonly diagnostics: Diagnostic[] = [];
  readonly #lines = new LineCounter();
  readonly #targets = new Map<Alias, Node>();

  constructor(file: string) {
    this.file = file;
  }

  read(text: string): YamlReading {
    const document = this.#parse(text);
    if (document === undefined || this.#errors(document) > 0) return { root: undefined, rejected: true };
    for (const warning of document.warnings.slice(0, ERRORS_MAX))
      this.#sayAt("YAML-W01", warning.pos[0], firstLine(warning.message));
    return { root: this.something(document.contents), rejected: false };
  }

  /** The node itself, or what an alias stands for. */
  follow(node: unknown): Node | undefined {
    if (isAlias(node)) return this.#targets.get(node);
    return (node as Node | undefined | null) ?? undefined;
  }

  /** The same; undefined when what stands there is nothing, `~` and `null` included. */
  something(node: unknown): Node | undefined {
    const value = this.follow(node);
    return isScalar(value) && isNothing(value) ? undefined : value;
  }

  say(code: string, node: unknown, message: string): void {
    this.#sayAt(code, (node as ParsedNode | undefined | null)?.range[0] ?? 0, message);
  }

  /** "site.yaml:7" */
  origin(node: unknown): string {
    return `${this.file}:${this.#at((node as ParsedNode | undefined | null)?.range[0] ?? 0).line}`;
  }

  #parse(text: string): Document | undefined {
    try {
      // Keys that stand twice are looked for by yaml-fields.ts: the library compares every key with every other.
      const document = parseDocument(text, {
        lineCounter: this.#lines,
        schema: "failsafe",
        uniqueKeys: false,
        prettyErrors: false,
      });
      return this.#findAliases(document) ? document : undefined;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#reject(0, TOO_DEEP);
      return undefined;
    }
  }

  /** Notes what each alias stands for; false: there are too many, or one stands for nothing. */
  #findAliases(document: Document): boolean {
    const anchors = new Map<string, Node>();
    let bad: Alias | undefined;
    visit(document, (_key, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target === undefined || this.#targets.size === ALIASES_MAX) bad = node;
        else this.#targets.set(node, target);
      } else if (typeof node === "object" && node !== null && "anchor" in node && typeof node.anchor === "string")
        anchors.set(node.anchor, node as Node);
      return bad === undefined ? undefined : visit.BREAK;
    });
    if (bad === undefined) return true;
    // Not quoted: a secret may begin with a star.
    const mistake = !anchors.has(bad.source)
      ? "this alias stands for nothing: quote a value that begins with *"
      : `more than ${ALIASES_MAX} aliases: write the values out`;
    this.#reject(bad.range?.[0] ?? 0, mistake);
    return false;
  }

  #errors(document: Document): number {
    for (const { pos, message } of document.errors.slice(0, ERRORS_MAX)) this.#reject(pos[0], firstLine(message));
    return document.errors.length;
  }

  #reject(offset: number, message: string): void {
    this.#sayAt("YAML-E01", offset, `${message} (the whole file is rejected)`);
  }

  #sayAt(code: string, offset: number, message: string): void {
    this.diagnostics.push({ ...this.#at(offset), code, message });
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function firstLine(message: string): string {
  return isTooDeep(message) ? TOO_DEEP : show(message.split("\n")[0] ?? "", MESSAGE_MAX_CHARACTERS);
}

/** The library tells of an exhausted stack as of any mistake. */
function isTooDeep(message: string): boolean {
  return message.startsWith("Maximum call stack");
}

function isNothing({ type, value }: Scalar): boolean {
  return value === null || (type === "PLAIN" && typeof value === "string" && NOTHING.includes(value));
}
