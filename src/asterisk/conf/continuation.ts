import type { Section } from "./conf-value.ts";

/** Which section of a name `[name](+…)` continues. */
export interface Continuation {
  /** `include`: templates too, `restrict`: only templates; undefined: templates only where no ordinary section has the name. */
  readonly templates?: "include" | "restrict";
  /** `key=expression`: a section that has such an entry. */
  readonly entry?: { readonly key: string; readonly value: RegExp };
}

/**
 * Reads `+`, `+TEMPLATES=include`, `+TEMPLATES=restrict`, `+key=expression` (sla.md §5.2). An expression is made of letters, digits, blanks,
 * `_ - / @ : . ^ $`, nothing that repeats: it comes from a stranger. undefined: it is none of these.
 */
export function readContinuation(word: string): Continuation | undefined {
  const filter = word.slice(1).trim();
  if (filter === "") return {};
  const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(filter) ?? [];
  if (key.trim() === "TEMPLATES") return templatesOf(value.trim().toLowerCase());
  if (key === "" || !/^\^?[\w\-/@:. ]{0,80}\$?$/.test(value.trim())) return undefined;
  return { entry: { key: key.trim().toLowerCase(), value: new RegExp(value.trim()) } };
}

function templatesOf(word: string): Continuation | undefined {
  return word === "include" || word === "restrict" ? { templates: word } : undefined;
}

/** The first of `sections`, which bear one name, that is meant; `look` counts what is compared and may refuse to go on. */
export function continued<T extends Section>(
  sections: readonly T[],
  { templates, entry }: Continuation,
  look: (count: number) => boolean,
): T | undefined {
  const isMeant = ({ isTemplate, entries }: T): boolean => {
    if (entry !== undefined)
      return (
        !isTemplate && look(entries.length) && entries.some(({ key, value }) => key === entry.key && entry.value.test(value))
      );
    return templates === "include" || isTemplate === (templates === "restrict");
  };
  const found = sections.find((section) => look(1) && isMeant(section));
  return found ?? (templates === undefined && entry === undefined ? sections[0] : undefined);
}
