import type { Diagnostic, Origin, Position } from "./diagnostic.ts";
import { checkAdvice } from "./dialplan-checks/check-advice.ts";
import { checkCompletion } from "./dialplan-checks/check-completion.ts";
import { checkInbound } from "./dialplan-checks/check-inbound.ts";
import { checkNames } from "./dialplan-checks/check-names.ts";
import { checkNumbers } from "./dialplan-checks/check-numbers.ts";
import { checkSteps } from "./dialplan-checks/check-steps.ts";
import { checkTargets } from "./dialplan-checks/check-targets.ts";
import { DialplanView } from "./dialplan-checks/dialplan-view.ts";
import type { Site } from "./site.ts";

/** What the dialplan of a whole site would do wrong when a call ran through it (sla.md §2.10, §6); generated entries are in it already. `leftOut`: objects that have a finding already. */
export function checkDialplan(
  site: Site,
  leftOut: readonly string[] = [],
  devicePlaces: ReadonlyMap<Origin, Position> = new Map(),
): readonly Diagnostic[] {
  const view = new DialplanView(site, leftOut, devicePlaces);
  return [checkTargets, checkSteps, checkCompletion, checkNames, checkNumbers, checkInbound, checkAdvice].flatMap((check) =>
    check(view),
  );
}
