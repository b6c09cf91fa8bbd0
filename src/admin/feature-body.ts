import { z } from "zod";
import { FORWARD_TARGET, RING_COUNT_MAX } from "#domain/feature/features";

const forward = z
  .strictObject({
    active: z.boolean(),
    target: z
      .string()
      .refine((text) => text === "" || FORWARD_TARGET.test(text), { error: "write a number that can be dialled" })
      .default(""),
    ringCount: z.number().int().min(0).max(RING_COUNT_MAX).exactOptional(),
  })
  .refine(({ active, target }) => !active || target !== "", { error: "an active forward needs a target" });

const none = { active: false, target: "" };

/** Body of PUT /accounts/{account}/features; what is absent is off. */
export const featuresBody = z.strictObject({
  doNotDisturb: z.boolean().default(false),
  forwardImmediate: forward.default(none),
  forwardBusy: forward.default(none),
  forwardNoAns: forward.default(none),
});
