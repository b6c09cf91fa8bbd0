import { expand, type Scope } from "../dialplan/expand.ts";
import { REGEX_WORK_MAX } from "../dialplan/regex.ts";
import { parseTemplate } from "../dialplan/template.ts";
import type { Hint } from "./site.ts";

/** The hint of one extension that a pattern stands for: `_7XXX` with `SIP/${EXTEN}` gives 7101 the device SIP/7101 (sla.md §4.3). */
export function hintOfPattern(hint: Hint, extension: string): Hint {
  const values = new Map([
    ["EXTEN", extension],
    ["CONTEXT", hint.context],
  ]);
  const scope: Scope = {
    variable: (name) => values.get(name) ?? "",
    call: () => "",
    warn: () => undefined,
    work: { left: REGEX_WORK_MAX },
  };
  const devices = hint.devices.map((device) => expand(parseTemplate(device), scope));
  return { ...hint, extension, pattern: hint.extension, devices };
}
