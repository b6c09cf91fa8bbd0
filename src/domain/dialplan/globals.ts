import type { Dialplan } from "./dialplan.ts";
import { expand } from "./expand.ts";
import { REGEX_WORK_MAX } from "./regex.ts";
import { parseTemplate } from "./template.ts";

/** `[globals]`, filled in. In the order of the file: a value may name what stands above it. Functions have no call to speak of yet, and give nothing. */
export function expandGlobals({ globals }: Pick<Dialplan, "globals">): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  const scope = {
    variable: (name: string) => known.get(name) ?? "",
    call: () => "",
    warn: () => undefined,
    work: { left: REGEX_WORK_MAX },
  };
  for (const { name, value } of globals) known.set(name, expand(parseTemplate(value), scope));
  return known;
}
