import { isSameAddress, parseUri } from "#sip/message/uri";
import type { Binding } from "./binding.ts";

/** What recognises a contact. */
export type ContactIdentity = Pick<Binding, "contact" | "instance" | "regId" | "userAgent" | "flow">;

/** By instance and reg-id when both have them, else by URI rules (R-7, RFC 5626 §6). */
export function isSameContact(left: ContactIdentity, right: ContactIdentity): boolean {
  const haveInstances = left.instance !== undefined && right.instance !== undefined;
  if (haveInstances) return left.instance === right.instance && left.regId === right.regId;
  return isSameAddress(left.contact, right.contact);
}

/**
 * One phone that writes another contact than before: same software, same flow, same user part; neither tells an instance. The port of
 * the source counts, because two phones of one kind may share an account behind one address.
 */
export function isSameDevice(left: ContactIdentity, right: ContactIdentity): boolean {
  if (left.instance !== undefined || right.instance !== undefined || left.userAgent === "") return false;
  const isSameFlow = left.flow.host === right.flow.host && left.flow.port === right.flow.port;
  return left.userAgent === right.userAgent && isSameFlow && userOf(left.contact) === userOf(right.contact);
}

function userOf(contact: string): string | undefined {
  const uri = parseUri(contact);
  return uri.ok ? uri.value.user : undefined;
}
