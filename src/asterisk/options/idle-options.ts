import type { Diagnostic, Position } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";

/** Lines without effect for one reason in one file that are listed each by itself. */
const APART_MAX = 3;

/** An option in a file: where it stands first, and on how many lines. */
interface IdleOption {
  readonly name: string;
  readonly at: Position;
  lines: number;
}

/** Options that Asterisk knows and that have no effect here (SIP-I02): a file may be full of them, so that many are one note a reason. */
export class IdleOptions {
  /** By file and reason, then by name; both come from tables and the folder, so that there are few. */
  readonly #groups = new Map<string, { readonly why: string; readonly options: Map<string, IdleOption> }>();

  add(name: string, why: string, at: Position): void {
    const key = `${at.file}\n${why}`;
    const group = this.#groups.get(key) ?? { why, options: new Map<string, IdleOption>() };
    this.#groups.set(key, group);
    const option = group.options.get(name.toLowerCase());
    if (option === undefined) group.options.set(name.toLowerCase(), { name, at, lines: 1 });
    else option.lines += 1;
  }

  get diagnostics(): Diagnostic[] {
    return [...this.#groups.values()].flatMap(({ why, options }) => notesOf(why, [...options.values()]));
  }
}

function notesOf(why: string, options: readonly IdleOption[]): Diagnostic[] {
  const [first] = options;
  if (first === undefined) return [];
  const isShort = options.length <= APART_MAX && options.every(({ lines }) => lines === 1);
  if (isShort) return options.map((option) => note(option.at, `${show(option.name)} has no effect here (${why}): it may stay`));
  const names = options.map(
    ({ name, at, lines }) => `${show(name)} (${lines === 1 ? "line" : `${lines} lines from`} ${at.line})`,
  );
  const [verb, pronoun] = options.length === 1 ? ["has", "it"] : ["have", "they"];
  return [note(first.at, `${names.join(", ")} ${verb} no effect here (${why}): ${pronoun} may stay`)];
}

function note(at: Position, message: string): Diagnostic {
  return { ...at, code: "SIP-I02", message };
}
