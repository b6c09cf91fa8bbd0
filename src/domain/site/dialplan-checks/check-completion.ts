import { CC_OPTIONS } from "../account.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { didYouMean } from "../nearest.ts";
import { RepeatedFindings } from "../repeated-findings.ts";
import { show } from "../shown.ts";
import { placeOf, sayOf, type DialplanView } from "./dialplan-view.ts";

const OPTIONS: ReadonlySet<string> = new Set(CC_OPTIONS);
/** Options of another kind may be anything that a variable gives. */
const USE = /CALLCOMPLETION\(([^$(){}]{0,80})\)/g;

/** Options that CALLCOMPLETION() does not have (ccss.md §2.5, CC-W09). */
export function checkCompletion(view: DialplanView): Diagnostic[] {
  const repeated = new RepeatedFindings();
  for (const placed of view.writtenSteps) {
    const { args } = placed.step;
    if (!args.includes("CALLCOMPLETION(")) continue;
    for (const [, written = ""] of args.matchAll(USE)) {
      const option = written.trim().toLowerCase();
      if (OPTIONS.has(option)) continue;
      const near = didYouMean(option, OPTIONS);
      const message = `CALLCOMPLETION(${show(written)}) in ${placeOf(placed)} is no option of call completion${near}: it gives and sets nothing`;
      repeated.add(option, sayOf(placed.step, "CC-W09", message));
    }
  }
  return repeated.diagnostics;
}
