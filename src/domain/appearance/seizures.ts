import { step } from "#base/machine";
import { appearanceTable, FREE, isSameHolder, type Appearance, type AppearanceEvent, type Hold } from "./seizure-table.ts";

/** An appearance of a line that a phone holds, before there is a call. Plain JSON. */
export interface Seizure extends Hold {
  /** From 1. */
  readonly index: number;
}

/** What is seized of a line, by index. */
export type Seizures = readonly Seizure[];

export const NO_SEIZURES: Seizures = [];

/** What a phone asks of a line. */
export interface SeizeAsk extends Hold {
  /** undefined: any. */
  readonly index: number | undefined;
  readonly at: number;
}

/** What else decides: how many appearances the line has, and which of them have calls. */
export interface LineRoom {
  readonly appearances: number;
  readonly inCall: ReadonlySet<number>;
}

/** `busy`: somebody has it, or all of them. `unknown`: the line has no such appearance. */
export type SeizeOutcome =
  { readonly type: "granted"; readonly seizures: Seizures; readonly index: number } | { readonly type: "busy" | "unknown" };

/** Takes an appearance off hook, if it may be. */
export function seize(before: Seizures, ask: SeizeAsk, { appearances, inCall }: LineRoom): SeizeOutcome {
  const line = seizuresAfter(before, { type: "timePassed", at: ask.at });
  const isTaken = (index: number): boolean => inCall.has(index) || line.some((seizure) => seizure.index === index);
  const own = line.find(({ holder, index }) => isSameHolder(holder, ask.holder) && !inCall.has(index))?.index;
  const free = Array.from({ length: appearances }, (_, at) => at + 1).find((index) => !isTaken(index));
  const index = ask.index ?? own ?? free;
  if (index === undefined) return { type: "busy" };
  if (index > appearances) return { type: "unknown" };
  if (inCall.has(index)) return { type: "busy" };
  const old = line.find((seizure) => seizure.index === index);
  const { state } = step(appearanceTable, old === undefined ? FREE : appearanceOf(old), { ...ask, type: "seize" });
  if (state.phase === "free" || state.subscription !== ask.subscription) return { type: "busy" };
  const { holder, isRegistered, subscription, until } = state;
  const others = line.filter((seizure) => seizure !== old);
  const seizures = [...others, { index, holder, isRegistered, subscription, until }];
  seizures.sort((left, right) => left.index - right.index);
  return { type: "granted", seizures, index };
}

/** A line after something that concerns all of its appearances; the same object when nothing changed. */
export function seizuresAfter(line: Seizures, event: Exclude<AppearanceEvent, { type: "seize" }>): Seizures {
  const after = line.flatMap((seizure) => {
    const before = appearanceOf(seizure);
    const { state } = step(appearanceTable, before, event);
    if (state === before) return [seizure];
    return state.phase === "free" ? [] : [{ ...seizure, until: state.until }];
  });
  return after.length === line.length && after.every((seizure, at) => seizure === line[at]) ? line : after;
}

/** What a subscription holds. */
export function seizureOf(line: Seizures, subscription: string): Seizure | undefined {
  return line.find((seizure) => seizure.subscription === subscription);
}

/** When the next one is over by itself; undefined: nothing is seized. */
export function nextEnd(line: Seizures): number | undefined {
  return line.length === 0 ? undefined : Math.min(...line.map(({ until }) => until));
}

function appearanceOf({ holder, isRegistered, subscription, until }: Seizure): Appearance {
  return { phase: "seized", holder, isRegistered, subscription, until };
}
