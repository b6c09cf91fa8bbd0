import type { GlobalVariable } from "#domain/dialplan/dialplan";
import { expand } from "#domain/dialplan/expand";
import { parseTemplate } from "#domain/dialplan/template";

/** Characters of one value, and of all: values that hold each other must not fill the memory. */
const VALUE_MAX_CHARACTERS = 1024;
const VALUES_MAX_CHARACTERS = 4_000_000;

/** A text with its variables filled in, and the names of those that nobody set. */
export interface Filled {
  readonly text: string;
  readonly unset: readonly string[];
}

/** What `${…}` stands for while a dialplan is read: `[globals]`, each filled in with those above it (sla.md §5.3). */
export class LoadVariables {
  readonly #values = new Map<string, string>();

  constructor(globals: readonly GlobalVariable[]) {
    let left = VALUES_MAX_CHARACTERS;
    for (const { name, value } of globals) {
      const filled = this.fill(value).text.slice(0, Math.min(left, VALUE_MAX_CHARACTERS));
      left -= filled.length;
      this.#values.set(name, filled);
    }
  }

  /** Fills in what is set; the rest is empty, as in Asterisk. `extension`: what `${EXTEN}` is. */
  fill(text: string, extension?: string): Filled {
    if (!text.includes("$")) return { text, unset: [] };
    const unset: string[] = [];
    const valueOf = (name: string): string | undefined =>
      name === "EXTEN" && extension !== undefined ? extension : this.#values.get(name);
    const scope = {
      variable: (name: string) => {
        const value = valueOf(name);
        if (value === undefined) unset.push(name);
        return value ?? "";
      },
      // No call is there that a function could be asked about.
      call: (name: string) => {
        unset.push(`${name}()`);
        return "";
      },
      warn: () => undefined,
    };
    return { text: expand(parseTemplate(text), scope), unset };
  }
}
