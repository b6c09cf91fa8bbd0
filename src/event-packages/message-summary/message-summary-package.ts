import { sameCounts, type MessageCounts } from "#domain/mailbox/message-counts";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { HOLE, textTemplate } from "../body-template.ts";
import { BY_PHONE_PROFILE } from "../watcher-profile.ts";

const CONTENT_TYPE = "application/simple-message-summary";

/** Event package "message-summary" (RFC 3842): message waiting lamps. Never without a body (E-6). */
export const messageSummaryPackage: EventPackage<MessageCounts> = {
  ...BY_PHONE_PROFILE,
  name: "message-summary",
  contentTypes: [CONTENT_TYPE],
  defaultExpirySeconds: 3600,
  change(shown, now) {
    return sameCounts(shown, now) ? undefined : { document: summary(now), shows: now };
  },
  full(_shown, now) {
    return { document: summary(now), shows: now };
  },
};

function summary(counts: MessageCounts): BodyTemplate {
  return textTemplate(CONTENT_TYPE, messageSummary(counts, HOLE.entityText));
}

/** The lines of RFC 3842 §5.2; `account`: the URI that they are of. */
export function messageSummary({ new: fresh, old, urgentNew, urgentOld }: MessageCounts, account: string): string {
  return [
    `Messages-Waiting: ${fresh > 0 ? "yes" : "no"}`,
    `Message-Account: ${account}`,
    `Voice-Message: ${fresh}/${old} (${urgentNew}/${urgentOld})`,
    "",
  ].join("\r\n");
}
