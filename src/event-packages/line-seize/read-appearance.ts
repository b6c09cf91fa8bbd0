import { fail, ok, type Result } from "#base/result";
import { parseNameAddress } from "#sip/message/name-addr";
import { splitList } from "#sip/message/split-list";

/** The appearance that a phone wants. */
export interface WantedAppearance {
  /** undefined: any. */
  readonly index: number | undefined;
}

/**
 * Reads the Call-Info of a SUBSCRIBE for line-seize: the first value with an appearance-index counts, 0, `*` and none at all mean any.
 * Without Call-Info, or with one that cannot be read, nobody knows what is wanted.
 */
export function readAppearance(lines: readonly string[]): Result<WantedAppearance, string> {
  const values = lines.flatMap((line) => splitList(line));
  if (values.length === 0) return fail("Call-Info is missing");
  let index: string | undefined;
  for (const value of values) {
    const info = parseNameAddress(value);
    if (!info.ok || !value.startsWith("<")) return fail("Bad Call-Info");
    index ??= info.value.parameters.get("appearance-index");
  }
  if (index === undefined || index === "*") return ok({ index: undefined });
  if (!/^\d{1,4}$/.test(index)) return fail("Bad appearance-index");
  return ok({ index: Number(index) === 0 ? undefined : Number(index) });
}
