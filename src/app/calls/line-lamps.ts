import { lineLamps } from "#domain/line/line-lamps";
import type { Line } from "#domain/line/line";
import type { LineRules } from "#domain/line/line-rules";
import type { LampRunner } from "../lamp-runner.ts";
import { numberUri } from "./identity.ts";

/** Name of the slot that lines write. */
export const LINE_SOURCE = "line";

/** Shows lines on the keys of all stations: always worked out from the line as it is. */
export class LineLamps {
  readonly #lamps: Pick<LampRunner, "report" | "forget">;
  readonly #domain: () => string;
  /** Devices that say something of a trunk. */
  readonly #lit = new Map<string, readonly string[]>();

  constructor(lamps: Pick<LampRunner, "report" | "forget">, domain: () => string) {
    this.#lamps = lamps;
    this.#domain = domain;
  }

  /** Other keys may be there, and others gone. */
  setSite(rules: ReadonlyMap<string, LineRules>, lineOf: (trunk: string) => Line): void {
    for (const trunk of [...this.#lit.keys()]) if (!rules.has(trunk)) this.#light(trunk, new Set());
    for (const [trunk, one] of rules) if (lineOf(trunk).phase !== "idle" || this.#lit.has(trunk)) this.show(one, lineOf(trunk));
  }

  show(rules: LineRules, line: Line): void {
    const lit = new Set<string>();
    const uriOf = (number: string): string => numberUri(number, this.#domain());
    for (const { station, trunk, device, state, isOwn, dialogs } of lineLamps(rules, line, uriOf)) {
      if (state === "IDLE") continue;
      const name = `SLA:${station}_${trunk}`;
      lit.add(name);
      const cause = isOwn ? `${trunk}: ${state}, this phone is on it` : `${trunk}: ${state}`;
      this.#lamps.report(name, LINE_SOURCE, { state: device, cause, dialogs });
    }
    this.#light(rules.name, lit);
  }

  #light(trunk: string, lit: ReadonlySet<string>): void {
    for (const device of this.#lit.get(trunk) ?? []) if (!lit.has(device)) this.#lamps.forget(device, LINE_SOURCE);
    if (lit.size === 0) this.#lit.delete(trunk);
    else this.#lit.set(trunk, [...lit]);
  }
}
