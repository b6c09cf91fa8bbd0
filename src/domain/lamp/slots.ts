import { aggregate } from "./aggregate.ts";
import { sameDialogs } from "./same-dialogs.ts";
import type { DeviceDialog, DeviceState, Slot, Slots } from "./device-state.ts";

/** One statement of one source about one device; `since` is worked out from what the slot said before. */
export interface SlotReport {
  readonly state: DeviceState;
  readonly cause: string;
  readonly expiresAt?: number;
  readonly dialogs?: readonly DeviceDialog[];
}

export const NO_SLOTS: Slots = {};

/** The slots after a report. The same object when it says nothing new. */
export function applyReport(slots: Slots, source: string, report: SlotReport, at: number): Slots {
  const before = slotOf(slots, source);
  if (before !== undefined && saysTheSame(before, report)) return slots;
  const since = before?.state === report.state ? before.since : at;
  return { ...slots, [source]: { ...report, since } };
}

/** The slots without that of one source. The same object when it had none. */
export function clearSlot(slots: Slots, source: string): Slots {
  return slotOf(slots, source) === undefined ? slots : keep(slots, (name) => name !== source);
}

/** The slots that have not ended at `now`. The same object when none has. */
export function expireSlots(slots: Slots, now: number): Slots {
  const ended = Object.values(slots).some((slot) => hasEnded(slot, now));
  return ended ? keep(slots, (_, slot) => !hasEnded(slot, now)) : slots;
}

/** When the next slot ends; undefined when none does by itself. */
export function nextExpiry(slots: Slots): number | undefined {
  const times = Object.values(slots).flatMap((slot) => slot.expiresAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The state of a device by its slots (design §9.1); undefined when nobody says anything. */
export function stateOfSlots(slots: Slots): DeviceState | undefined {
  const all = Object.values(slots);
  return all.length === 0 ? undefined : aggregate(all.map((slot) => slot.state));
}

/** The slot of a source, whatever its name is. */
export function slotOf(slots: Slots, source: string): Slot | undefined {
  return Object.hasOwn(slots, source) ? slots[source] : undefined;
}

function saysTheSame(slot: Slot, report: SlotReport): boolean {
  return (
    slot.state === report.state &&
    slot.cause === report.cause &&
    slot.expiresAt === report.expiresAt &&
    sameDialogs(slot.dialogs ?? [], report.dialogs ?? [])
  );
}

function hasEnded(slot: Slot, now: number): boolean {
  return slot.expiresAt !== undefined && slot.expiresAt <= now;
}

function keep(slots: Slots, wanted: (source: string, slot: Slot) => boolean): Slots {
  const kept = Object.entries(slots).filter(([source, slot]) => wanted(source, slot));
  return kept.length === 0 ? NO_SLOTS : Object.fromEntries(kept);
}
