import type { Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Entry } from "../conf/conf-value.ts";

/** Seconds are capped here (sla.md §2.3). */
const SECONDS_MAX = 86_400;

const ON = new Set(["yes", "true", "y", "t", "1", "on"]);
const OFF = new Set(["no", "false", "n", "f", "0", "off"]);

/** Collects findings about entries. */
export type Say = (code: string, entry: Pick<Entry, "valueAt">, message: string) => void;

/** A Say that adds to `diagnostics`. Lines of a template come by once for each section that inherits them: the same is said once. */
export function sayInto(diagnostics: Diagnostic[]): Say {
  const said = new Set<string>();
  return (code, { valueAt }, message) => {
    const key = `${code} ${valueAt.file}:${valueAt.line}:${valueAt.column} ${message}`;
    if (said.has(key)) return;
    said.add(key);
    diagnostics.push({ ...valueAt, code, message });
  };
}

/** Seconds of an option; anything that is no plain number of 0 to 86400 is named, and the value used with it (SLA-W12). */
export function readSeconds(entry: Pick<Entry, "value" | "valueAt"> & { readonly key: string }, say: Say): number {
  const digits = /^\d+/.exec(entry.value)?.[0];
  const used = Math.min(Number(digits ?? 0), SECONDS_MAX);
  if (digits !== entry.value || Number(digits) > SECONDS_MAX)
    say(
      "SLA-W12",
      entry,
      `${entry.key} "${show(entry.value)}" is not a number of seconds from 0 to ${SECONDS_MAX}: ${used} is used`,
    );
  return used;
}

/** What a word of Asterisk's yes and no means; undefined: neither. */
export function booleanOf(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (ON.has(word)) return true;
  return OFF.has(word) ? false : undefined;
}

/** A yes/no option; an unknown word is named (SLA-W13) and counts as `fallback`. */
export function readBoolean(entry: Entry, fallback: boolean, say: Say): boolean {
  const meant = booleanOf(entry.value);
  if (meant !== undefined) return meant;
  say("SLA-W13", entry, `${entry.writtenKey} "${show(entry.value)}" is neither yes nor no: ${fallback ? "yes" : "no"} is used`);
  return fallback;
}
