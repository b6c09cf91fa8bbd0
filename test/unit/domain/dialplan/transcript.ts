import { DialplanLookup } from "#domain/dialplan/dialplan-lookup";
import { advance, FRESH_LEG } from "#domain/dialplan/interpreter";
import type { LegEffect } from "#domain/dialplan/leg-effect";
import type { LegEntry, LegEvent, LegResult } from "#domain/dialplan/leg-event";
import type { DialplanWorld, SiteFacts } from "#domain/dialplan/leg-run";
import type { Leg } from "#domain/dialplan/leg";
import { dialplanOf } from "./dialplan-of.ts";

type WithoutStamp<E> = E extends LegResult ? Omit<E, "id" | "at"> : never;

/** A result without time and id: the leg's last wait. */
export type ScriptResult = WithoutStamp<LegResult>;

const FACTS: SiteFacts = {
  deviceState: () => "NOT_INUSE",
  extensionState: () => "UNKNOWN",
  hint: () => undefined,
  completionOption: () => "",
  hasTone: (name) => ["dial", "busy", "ring", "congestion"].includes(name),
};

/** A site of one `extensions.conf`. */
export function worldOf(text: string, facts: Partial<SiteFacts> = {}, waitsForDigits = false): DialplanWorld {
  return { lookup: new DialplanLookup(dialplanOf(text)), facts: { ...FACTS, ...facts }, waitsForDigits };
}

/** Drives one leg with a script and writes down, line by line, what comes out. */
export class Transcript {
  leg: Leg = FRESH_LEG;
  /** Effects of the last event. */
  effects: readonly LegEffect[] = [];
  readonly #world: DialplanWorld;
  #at = 1_700_000_000_000;

  constructor(world: DialplanWorld) {
    this.#world = world;
  }

  enter(context: string, extension: string, more: Partial<LegEntry> = {}): string[] {
    const call = { callerNumber: "12564286000", callerName: "Ann", channel: "SIP/phone-1", uniqueId: "1.1" };
    return this.send({ type: "enter", at: this.#at, context, extension, ...call, ...more });
  }

  result(result: ScriptResult): string[] {
    const id = "facts" in this.leg ? this.leg.facts.waitCount : 0;
    return this.send({ ...result, id, at: (this.#at += 1000) });
  }

  hangUp(): string[] {
    return this.send({ type: "hungup", at: (this.#at += 1000) });
  }

  send(event: LegEvent): string[] {
    const { state, effects } = advance(this.#world, this.leg, event);
    this.leg = state;
    this.effects = effects;
    return effects.map(lineOf);
  }
}

/** One effect as one line: its type, then what it holds. */
export function lineOf(effect: LegEffect): string {
  const words = Object.entries(effect)
    .filter(([key, value]) => !["type", "id"].includes(key) && isWorthSaying(value))
    .map(([key, value]) => (value === true ? key : `${key}=${typeof value === "object" ? JSON.stringify(value) : value}`));
  return [effect.type, ...words].join(" ");
}

function isWorthSaying(value: unknown): boolean {
  return value !== false && value !== "" && !(Array.isArray(value) && value.length === 0);
}
