import { aggregateStates } from "./aggregate.ts";
import type { DeviceDialog, DeviceState, Slot, Slots } from "./device-state.ts";

/** What a source reports; `at` and `expiresAt` in epoch ms. */
export interface Report {
  readonly source: string;
  readonly state: DeviceState;
  readonly at: number;
  readonly expiresAt?: number;
  readonly cause: string;
  readonly dialogs?: readonly DeviceDialog[];
}

/** Slots with a source's new report. The very same object when it says nothing new. */
export function withReport(slots: Slots, report: Report): Slots {
  const before = slotOf(slots, report.source);
  const slot: Slot = {
    state: report.state,
    since: before?.state === report.state ? before.since : report.at,
    cause: report.cause,
    ...(report.expiresAt === undefined ? {} : { expiresAt: report.expiresAt }),
    ...(report.dialogs === undefined ? {} : { dialogs: report.dialogs }),
  };
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(slot)) return slots;
  return { ...slots, [report.source]: slot };
}

/** Slots without those of `source`; the same object when it had none. */
export function withoutSource(slots: Slots, source: string): Slots {
  return withoutSources(slots, (name) => name === source);
}

/** Slots without the expired ones; the same object when none is. */
export function withoutExpired(slots: Slots, now: number): Slots {
  return withoutSources(slots, (_name, slot) => slot.expiresAt !== undefined && slot.expiresAt <= now);
}

/** When the first slot expires; null = none does. */
export function nextExpiry(slots: Slots): number | null {
  const times = Object.values(slots).flatMap((slot) => (slot.expiresAt === undefined ? [] : [slot.expiresAt]));
  return times.length === 0 ? null : Math.min(...times);
}

/** The state of one device out of its slots; `fallback` when no source says anything. */
export function deviceStateOf(slots: Slots, fallback: DeviceState): DeviceState {
  const states = Object.values(slots).map((slot) => slot.state);
  return states.length === 0 ? fallback : aggregateStates(states);
}

/** The dialogs behind the winning state (design §9.1). */
export function dialogsBehind(slots: Slots, state: DeviceState): readonly DeviceDialog[] {
  const winners = Object.values(slots).filter((slot) => slot.state === state || state === "RINGINUSE");
  return winners.flatMap((slot) => slot.dialogs ?? []);
}

function slotOf(slots: Slots, source: string): Slot | undefined {
  return Object.hasOwn(slots, source) ? slots[source] : undefined;
}

function withoutSources(slots: Slots, isGone: (source: string, slot: Slot) => boolean): Slots {
  const entries = Object.entries(slots);
  const kept = entries.filter(([source, slot]) => !isGone(source, slot));
  return kept.length === entries.length ? slots : Object.fromEntries(kept);
}
