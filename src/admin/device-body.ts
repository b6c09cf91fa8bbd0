import { z } from "zod";
import { DEVICE_STATES } from "#domain/lamp/device-state";

const TTL_MAX_SECONDS = 30 * 86_400;

/** Body of PUT /devices/{device}: state by Asterisk's name in any case, ttl in seconds. */
export const deviceStateBody = z.strictObject({
  state: z
    .string()
    .overwrite((name) => name.toUpperCase())
    .pipe(z.enum(DEVICE_STATES, { error: `write one of ${DEVICE_STATES.join(", ")}` })),
  ttl: z.number().int().min(1).max(TTL_MAX_SECONDS).optional(),
});
