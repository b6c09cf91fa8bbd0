import { z } from "zod";
import { DEVICE_STATES } from "#domain/lamp/device-state";
import type { Slots } from "#domain/lamp/device-state";

const CAUSE_MAX_CHARS = 200;
const SLOTS_MAX = 50;

const storedSlot = z.object({
  state: z.enum(DEVICE_STATES),
  since: z.number(),
  cause: z.string().max(CAUSE_MAX_CHARS),
  expiresAt: z.number().exactOptional(),
});
const storedSlots = z
  .record(z.string(), storedSlot)
  .refine((slots) => Object.keys(slots).length <= SLOTS_MAX, `more than ${SLOTS_MAX} slots`);

/** The slots of a device as they stand in the store, where programs beside us write too: throws at what is none. */
export function parseStoredSlots(text: string): Slots {
  return storedSlots.parse(JSON.parse(text));
}
