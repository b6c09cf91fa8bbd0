/** Messages of a mailbox (RFC 3842 §3.5); the urgent ones are part of the others. */
export interface MessageCounts {
  readonly new: number;
  readonly old: number;
  readonly urgentNew: number;
  readonly urgentOld: number;
}

export const NO_MESSAGES: MessageCounts = { new: 0, old: 0, urgentNew: 0, urgentOld: 0 };

/** Messages of several mailboxes together, as one lamp shows them. */
export function totalOf(boxes: readonly MessageCounts[]): MessageCounts {
  return boxes.reduce(
    (sum, box) => ({
      new: sum.new + box.new,
      old: sum.old + box.old,
      urgentNew: sum.urgentNew + box.urgentNew,
      urgentOld: sum.urgentOld + box.urgentOld,
    }),
    NO_MESSAGES,
  );
}

/** Do both say the same? */
export function sameCounts(left: MessageCounts, right: MessageCounts): boolean {
  return (
    left.new === right.new && left.old === right.old && left.urgentNew === right.urgentNew && left.urgentOld === right.urgentOld
  );
}
