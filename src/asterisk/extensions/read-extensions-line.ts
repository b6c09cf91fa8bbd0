/** `E,P,…` or `P,…` of a line of extensions.conf, taken apart but not yet understood (sla.md §5.3). */
export interface PriorityForm {
  /** Digits, a word of ours ("n", "next", "s", "same") or a label of the extension. */
  readonly base: string;
  readonly label?: string;
  /** `+k`. */
  readonly plus: number;
}

/** Extension of an `exten` line: "100" or "_1XX", with the number of the caller that it is for. */
export interface ExtensionName {
  readonly name: string;
  /** "" = only for callers without a number. */
  readonly callerId?: string;
}

/** A number, `n`, `s`, or a label; `+k` on either side of the new label. */
const PRIORITY = /^(\d{1,9}|[A-Za-z_][\w-]*)(?:\+(\d{1,9}))?(?:\(([^()]*)\))?(?:\+(\d{1,9}))?$/;

/** The parts of a priority; undefined when it has another form. */
export function parsePriority(text: string): PriorityForm | undefined {
  const match = PRIORITY.exec(text);
  if (match === null) return undefined;
  const [, base = "", before, label, after] = match;
  return { base, ...(label === undefined ? {} : { label }), plus: Number(before ?? after ?? 0) };
}

/** `E/callerId` without blanks. */
export function parseExtensionName(written: string): ExtensionName {
  const text = written.replace(/\s+/g, "");
  const slash = text.indexOf("/");
  if (slash === -1) return { name: text };
  return { name: text.slice(0, slash), callerId: shrunk(text.slice(slash + 1)) };
}

/** The number of a caller without what people write between its digits; a dash in brackets is part of a set, a last dot of a pattern. */
function shrunk(number: string): string {
  return number.replace(/\[[^\]]*\]|[()-]|\.(?!$)/g, (found) => (found.startsWith("[") ? found : ""));
}

/** Cuts at commas outside brackets into at most `max` parts; the last keeps its commas. `offsets`: where each part begins. */
export function splitTop(text: string, max: number): { readonly parts: readonly string[]; readonly offsets: readonly number[] } {
  const parts: string[] = [];
  const offsets = [0];
  let start = 0;
  while (parts.length < max - 1) {
    const comma = commaOutside(text, start);
    if (comma === -1) break;
    parts.push(text.slice(start, comma));
    start = comma + 1;
    offsets.push(start);
  }
  parts.push(text.slice(start));
  return { parts, offsets };
}

function commaOutside(text: string, start: number): number {
  const first = text.indexOf(",", start);
  const bracket = text.indexOf("[", start);
  if (first === -1 || bracket === -1 || first < bracket) return first;
  let depth = 0;
  for (let at = bracket; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "[") depth += 1;
    else if (char === "]") depth = Math.max(0, depth - 1);
    else if (char === "," && depth === 0) return at;
  }
  return -1;
}
