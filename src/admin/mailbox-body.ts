import { z } from "zod";

const MESSAGES_MAX = 1_000_000;
const count = z.number().int().min(0).max(MESSAGES_MAX);

/** Body of PUT /mailboxes/{mailbox}: how many messages; the urgent ones are part of the others. */
export const mailboxBody = z
  .strictObject({ new: count, old: count.default(0), urgentNew: count.default(0), urgentOld: count.default(0) })
  .refine((counts) => counts.urgentNew <= counts.new && counts.urgentOld <= counts.old, {
    error: "urgent messages are part of the others: there cannot be more of them",
  });
