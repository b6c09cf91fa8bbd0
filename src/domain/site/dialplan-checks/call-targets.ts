import { splitArguments, splitAt } from "../../dialplan/application-call.ts";
import { parseDestination } from "../../dialplan/destination.ts";

/** Where Goto leads, as written; absent = where the step stands. */
export interface GotoTarget {
  readonly context?: string;
  readonly extension?: string;
  /** A number, a label, or relative: "+2". */
  readonly priority: string;
}

/** Where a `Local/extension@context` device runs. */
export interface LocalTarget {
  readonly extension: string;
  readonly context: string;
}

/** What stands behind the `?` of GotoIf, parted at the `:`; empty ones left out. */
export function gotoIfTargets(args: string): readonly string[] {
  const mark = outside(args, "?");
  if (mark === -1) return [];
  const targets = args.slice(mark + 1);
  const colon = outside(targets, ":");
  const both = colon === -1 ? [targets] : [targets.slice(0, colon), targets.slice(colon + 1)];
  return both.filter((target) => target.trim() !== "");
}

/** `[[context,]extension,]priority`; undefined when a part of it is known only during the call. */
export function literalTarget(text: string): GotoTarget | undefined {
  if (text.includes("$")) return undefined;
  const parts = splitArguments(text).map((part) => part.trim());
  const [priority = "", extension = "", context = ""] = parts.toReversed();
  if (priority === "" || parts.length > 3) return undefined;
  return { ...(context === "" ? {} : { context }), ...(extension === "" ? {} : { extension }), priority };
}

/** Where a device runs the dialplan, if it does. */
export function localTarget(device: string): LocalTarget | undefined {
  const destination = parseDestination(device);
  return destination?.kind === "local" ? destination : undefined;
}

/** The destinations of Dial. */
export function dialDestinations(args: string): readonly string[] {
  const [destinations = ""] = splitArguments(args, 2);
  return splitAt(destinations, "&").map((destination) => destination.trim());
}

/** First place of a character that is in no `${…}` and no `$[…]`. */
function outside(text: string, wanted: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
    else if (char === wanted && depth <= 0) return at;
  }
  return -1;
}
