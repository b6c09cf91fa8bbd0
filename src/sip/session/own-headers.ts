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

/** Headers of a session's user, as they can be written: what was heard from one peer may hold a NUL, which no other one is sent. */
export function cleanHeaders(headers: readonly OutgoingHeader[]): readonly OutgoingHeader[] {
  return headers.map(([name, value]) => [name, value.replace(/[\r\n\0]/g, " ")]);
}
