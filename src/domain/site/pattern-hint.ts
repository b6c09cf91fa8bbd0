import { expand, type Scope } from "../dialplan/expand.ts";
import { REGEX_WORK_MAX } from "../dialplan/regex.ts";
import { parseTemplate } from "../dialplan/template.ts";
import type { Hint } from "./site.ts";

/** Devices in one hint. */
const DEVICES_MAX = 50;

/**
 * The hint of one extension that a pattern stands for: `_7XXX` with `SIP/${EXTEN}` gives 7101 the device SIP/7101 (sla.md §4.3).
 * `globals`: values of `[globals]`; one of them may hold several devices.
 */
export function hintOfPattern(hint: Hint, extension: string, globals: ReadonlyMap<string, string>): Hint {
  const values = new Map([
    ["EXTEN", extension],
    ["CONTEXT", hint.context],
  ]);
  const scope: Scope = {
    variable: (name) => values.get(name) ?? globals.get(name) ?? "",
    call: () => "",
    warn: () => undefined,
    work: { left: REGEX_WORK_MAX },
  };
  const filled = hint.devices.map((device) => expand(parseTemplate(device), scope)).join("&");
  const devices = filled
    .split("&")
    .map((device) => device.trim())
    .filter((device) => device !== "");
  return { ...hint, extension, pattern: hint.extension, devices: devices.slice(0, DEVICES_MAX) };
}
