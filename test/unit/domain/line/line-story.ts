import type { DeviceDialog } from "#domain/lamp/device-state";
import type { LineEffect } from "#domain/line/line-effect";
import type { LineEvent } from "#domain/line/line-event";
import { lineLamps } from "#domain/line/line-lamps";
import type { LineRules } from "#domain/line/line-rules";
import { advanceLine } from "#domain/line/line-table";
import { IDLE_LINE, type Line } from "#domain/line/line";

/** line1 of four stations, as the site's example has it. */
export const LINE1: LineRules = {
  name: "line1",
  device: "Local/disa@line1_outbound",
  barge: true,
  hold: "open",
  ringTimeoutMs: 0,
  dialTimeoutMs: 120_000,
  attemptCallerId: false,
  stations: ["station1", "station2", "station3", "station4"].map((name) => ({ name, hold: "open", holdMode: "keep" })),
};

type Untimed<E> = E extends LineEvent ? Omit<E, "at"> : never;

/** A line in a test: events in, transcript out. */
export class LineStory {
  line: Line = IDLE_LINE;
  at = 0;

  readonly rules: LineRules;

  constructor(rules: LineRules = LINE1) {
    this.rules = rules;
  }

  /** What the line does, one effect a line: "join s1". */
  tell(event: Untimed<LineEvent>): string[] {
    const { state, effects } = advanceLine(this.rules, this.line, { ...event, at: this.at });
    this.line = state;
    return effects.map(inWords);
  }

  /** station1's leg is "s1". */
  press(station: 1 | 2 | 3 | 4, leg = `s${String(station)}`, isOwnDevice = true): string[] {
    return this.tell({ type: "press", station: `station${String(station)}`, leg, node: "a", newLeg: `out-${leg}`, isOwnDevice });
  }

  offHook(station: 1 | 2 | 3 | 4): string[] {
    const leg = `s${String(station)}`;
    return this.tell({ type: "offHook", station: `station${String(station)}`, leg, node: "a", newLeg: `out-${leg}` });
  }

  incoming(leg = "caller"): string[] {
    return this.tell({ type: "incoming", leg, node: "a", party: { number: "5551234", name: "Ann" } });
  }

  /** The phone of a station, rung as leg "r1", answers. */
  answer(station: 1 | 2 | 3 | 4): string[] {
    return this.tell({ type: "stationAnswered", station: `station${String(station)}`, leg: `r${String(station)}`, node: "a" });
  }

  /** The caller is in a call with this station, which took him with its key. */
  talk(station: 1 | 2 | 3 | 4): void {
    this.incoming();
    this.press(station);
  }

  /** What the keys show, station by station. */
  lamps(): string[] {
    return lineLamps(this.rules, this.line, (number) => number).map(({ state, isOwn }) => (isOwn ? `${state} own` : state));
  }

  /** The dialogs of the keys. */
  shown(): (readonly DeviceDialog[])[] {
    return lineLamps(this.rules, this.line, (number) => `sip:${number}@x`).map(({ dialogs }) => dialogs);
  }

  held(leg: string): string[] {
    return this.tell({ type: "held", leg });
  }

  left(leg: string): string[] {
    return this.tell({ type: "left", leg });
  }
}

function inWords(effect: LineEffect): string {
  switch (effect.type) {
    case "dialTrunk":
      return `dial ${effect.device} as ${effect.leg} for ${effect.forLeg}`;
    case "music":
      return `music ${effect.on ? "on" : "off"} ${effect.leg}${effect.musicClass === undefined ? "" : ` (${effect.musicClass})`}`;
    case "ringing":
      return `${String(effect.status)} ${effect.leg}`;
    case "release":
      return `release ${effect.leg}: ${effect.why}`;
    case "stationResult":
    case "trunkResult": {
      const told = effect.refusal === undefined ? "" : ` ${String(effect.refusal.status)} ${effect.refusal.text}`;
      return `${effect.leg} = ${effect.status}${told}${effect.gone === true ? " (gone)" : ""}`;
    }
    case "identify":
      return `show ${effect.leg} ${effect.party.name ?? ""} ${effect.party.number}`;
    case "logRefusal":
      return `log ${effect.station} on ${effect.trunk}: ${effect.refusal.text}`;
    default:
      return `${effect.type} ${effect.leg}`;
  }
}
