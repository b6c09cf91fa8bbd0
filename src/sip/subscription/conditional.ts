import { hashHex } from "#base/digest";
import { headerOf, type SipRequest } from "#sip/message/message";
import type { BodyTemplate } from "./package.ts";
import type { Subscription } from "./subscription.ts";

/** 48 bits: two documents of one resource with the same tag do not happen. Every NOTIFY carries it. */
const TAG_CHARACTERS = 12;

/** Entity-tag of a document (RFC 5839 §4): the same for equal content, whatever its version. Worked out once. */
export function entityTag(document: BodyTemplate): string {
  const { contentType = "", headers = "", ownHeaders, pieces } = document;
  document.tag ??= hashHex("SHA-256", [contentType, headers, ownHeaders?.("") ?? "", ...pieces].join("\n")).slice(
    0,
    TAG_CHARACTERS,
  );
  return document.tag;
}

/**
 * Does the sender of this SUBSCRIBE hold the present document already, so that it wants no NOTIFY (P-22)? Lists are told in parts, which have
 * no tag.
 */
export function holdsPresent(request: SipRequest, subscription: Subscription, state: unknown): boolean {
  const condition = headerOf(request, "suppress-if-match")?.trim();
  if (condition === undefined || state === undefined || subscription.record.list === true) return false;
  if (condition === "*") return true;
  const { package: eventPackage, record } = subscription;
  // The state itself, not a step on the way there (D-6).
  return condition === entityTag(eventPackage.full(state, state, record.profile, record.contentType).document);
}
