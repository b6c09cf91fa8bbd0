import { inOnePiece } from "#sip/message/own-text";
import type { SubscriptionRecord } from "./subscription.ts";

/** Texts that are kept to be shared; beyond it all are forgotten at once, and shared anew. */
const SHARED_MAX = 16_384;
/** Longer ones are nobody else's: no stranger fills the memory with what is kept. */
const SHARED_MAX_CHARACTERS = 256;

const texts = new Map<string, string>();

/**
 * The record with strings of its own: one that is cut out of a message keeps the whole message alive, and a record lives for hours. What
 * many subscriptions of one phone or of one resource have in common is one string.
 */
export function ownRecord(record: SubscriptionRecord): SubscriptionRecord {
  const { dialog, watcher } = record;
  const id = inOnePiece(record.id);
  return {
    ...record,
    id,
    dialog: {
      ...dialog,
      callId: inOnePiece(dialog.callId),
      localTag: dialog.localTag === id ? id : inOnePiece(dialog.localTag),
      remoteTag: inOnePiece(dialog.remoteTag),
      localAddress: sharedText(dialog.localAddress),
      remoteAddress: inOnePiece(dialog.remoteAddress),
      remoteTarget: sharedText(dialog.remoteTarget),
      routeSet: dialog.routeSet.map(sharedText),
    },
    event: sharedText(record.event),
    resource: sharedText(record.resource),
    entity: sharedText(record.entity),
    watcher: { ...watcher, aor: sharedText(watcher.aor), device: sharedText(watcher.device) },
    userAgent: sharedText(record.userAgent),
  };
}

/** A string of its own, one for all that have the same. Names of accounts and resources may hold any character: not all are binary strings. */
export function sharedText(text: string): string {
  return texts.get(text) ?? keep(Buffer.from(text, "utf8").toString("utf8"));
}

function keep(text: string): string {
  if (text.length > SHARED_MAX_CHARACTERS) return text;
  if (texts.size >= SHARED_MAX) texts.clear();
  texts.set(text, text);
  return text;
}
