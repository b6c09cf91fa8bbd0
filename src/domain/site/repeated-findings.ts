import { inOrder, type Diagnostic } from "./diagnostic.ts";

/** Findings of one cause in one file that are listed each by itself. */
const APART_MAX = 3;
/** Lines named of those that are not. */
const LINES_MAX = 8;

interface Repeats {
  /** In the order they came; the first few. */
  readonly first: Diagnostic[];
  count: number;
  last?: Diagnostic;
}

/**
 * Findings of which one cause may make any number: an application that is not executed, a line that is wrong in every section of a made
 * file. Few are listed as they are; of many in one file the first is, with the lines of the next.
 */
export class RepeatedFindings {
  readonly #groups = new Map<string, Repeats>();

  /** `cause`: what an admin would mend in one go, told apart within a code and a file. */
  add(cause: string, diagnostic: Diagnostic): void {
    const key = keyOf(cause, diagnostic);
    const group: Repeats = this.#groups.get(key) ?? { first: [], count: 0 };
    this.#groups.set(key, group);
    // The same twice on one line is one thing to mend.
    if (group.last?.line === diagnostic.line && group.last.message === diagnostic.message) return;
    group.last = diagnostic;
    group.count += 1;
    if (group.first.length <= LINES_MAX) group.first.push(diagnostic);
  }

  /** Number of causes. */
  get size(): number {
    return this.#groups.size;
  }

  /** What was said of this cause first; undefined: nothing yet. */
  messageOf(cause: string, of: Pick<Diagnostic, "code" | "file">): string | undefined {
    return this.#groups.get(keyOf(cause, of))?.first[0]?.message;
  }

  get diagnostics(): Diagnostic[] {
    return [...this.#groups.values()].flatMap(together);
  }
}

function keyOf(cause: string, { code, file }: Pick<Diagnostic, "code" | "file">): string {
  return `${code}\n${file}\n${cause}`;
}

function together({ first, count }: Repeats): Diagnostic[] {
  if (count <= APART_MAX) return first;
  const [head, ...others] = inOrder(first);
  if (head === undefined) return [];
  const unnamed = count - 1 - others.length;
  const more = unnamed > 0 ? ` and ${unnamed} more` : "";
  return [{ ...head, message: `${head.message}; also in lines ${others.map(({ line }) => line).join(", ")}${more}` }];
}
