import { isPattern } from "#domain/dialplan/pattern";
import { show } from "#domain/site/shown";
import type { LoadVariables } from "./load-variables.ts";

/** Devices in one hint. */
const DEVICES_MAX = 50;

/** Where a hint stands. */
export interface HintPlace {
  readonly extension: string;
  readonly context: string;
}

/** Devices of a hint, or what is wrong with it. */
export type HintDevices =
  | { readonly ok: true; readonly devices: readonly string[] }
  | { readonly ok: false; readonly code: string; readonly message: string };

/**
 * The devices of `exten => E,hint,A&B,provider`. What follows the comma is a presence provider, not a device (sla.md §4.3). Variables are
 * filled in when the hint is made: here, but those of a pattern only when somebody asks for an extension that matches.
 */
export function readHintDevices(place: HintPlace, written: string, variables: LoadVariables): HintDevices {
  const { extension } = place;
  const filled = variables.fill(written, place);
  const text = isPattern(extension) ? written : filled.text;
  // Of a pattern, a name that is put together from EXTEN is not known yet.
  const missing = filled.unset.find((name) => !isPattern(extension) || isSpelledOut(name, written));
  if (missing !== undefined)
    return mistake("EXT-E04", `has \${${show(missing)}}, which is not set in [globals]: set it there, or write its value`);
  const devices = beforeComma(text)
    .split("&")
    .map((device) => device.trim())
    .filter((device) => device !== "");
  if (devices.length > 0 && devices.length <= DEVICES_MAX) return { ok: true, devices };
  return mistake("EXT-E02", `needs 1 to ${DEVICES_MAX} devices: write exten => ${show(extension)},hint,Tech/resource`);
}

function isSpelledOut(name: string, text: string): boolean {
  if (name.endsWith("()")) return text.includes(`\${${name.slice(0, -1)}`);
  return text.includes(`\${${name}}`) || text.includes(`\${${name}:`);
}

function mistake(code: string, message: string): HintDevices {
  return { ok: false, code, message };
}

/** Commas inside `${…}` part nothing. */
function beforeComma(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "{") depth += 1;
    else if (char === "}") depth = Math.max(0, depth - 1);
    else if (char === "," && depth === 0) return text.slice(0, at);
  }
  return text;
}
