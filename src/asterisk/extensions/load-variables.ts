import type { GlobalVariable } from "#domain/dialplan/dialplan";
import { expand } from "#domain/dialplan/expand";
import { REGEX_WORK_MAX, type RegexWork } from "#domain/dialplan/regex";
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
  /** For all texts of a site together. */
  readonly #work: RegexWork = { left: REGEX_WORK_MAX };

  constructor(globals: readonly GlobalVariable[]) {
    let left = VALUES_MAX_CHARACTERS;
    for (const { name, value } of globals) {
      const filled = this.fill(value).text.slice(0, Math.min(left, VALUE_MAX_CHARACTERS));
      left -= filled.length;
      this.#values.set(name, filled);
    }
  }

  /** Fills in what is set; the rest is empty, as in Asterisk. `place`: what `${EXTEN}` and `${CONTEXT}` are. */
  fill(text: string, place?: { readonly extension: string; readonly context: string }): Filled {
    if (!text.includes("$")) return { text, unset: [] };
    const template = parseTemplate(text);
    // No call is there that a function could be asked about.
    const unset = template.functions.map(({ name }) => `${name}()`);
    const valueOf = (name: string): string | undefined => {
      if (name === "EXTEN" && place !== undefined) return place.extension;
      return name === "CONTEXT" && place !== undefined ? place.context : this.#values.get(name);
    };
    const scope = {
      variable: (name: string) => {
        const value = valueOf(name);
        if (value === undefined) unset.push(name);
        return value ?? "";
      },
      call: () => "",
      warn: () => undefined,
      work: this.#work,
    };
    return { text: expand(template, scope), unset };
  }
}
