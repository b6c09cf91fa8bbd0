import { quote } from "#sip/message/scan-text";
import type { OutgoingHeader } from "#sip/transaction/user";
import type { Reason } from "./session.ts";

/** Reason headers (RFC 3326), one line each. */
export function reasonHeaders(reasons: readonly Reason[]): OutgoingHeader[] {
  return reasons.map(({ protocol, cause, text }) => [
    "Reason",
    `${protocol};cause=${cause}${text === undefined ? "" : `;text=${quote(text)}`}`,
  ]);
}
