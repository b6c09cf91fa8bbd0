import { RecentMap } from "#base/recent-map";
import type { LampView } from "#domain/lamp/lamp-view";
import type { PhoneProfile } from "#domain/lamp/phone-profile";
import type { BodyTemplate } from "#sip/subscription/package";
import { dialogInfo } from "./dialog-info.ts";

/** About 1 kB each. */
const RENDERED_MAX = 8192;

const rendered = new RecentMap<BodyTemplate>({ lifeMs: Infinity, entriesMax: RENDERED_MAX });

/**
 * The document of a lamp, built once per content: a line goes through the same few states all day, and building XML costs more than
 * sending it to twenty watchers. Equal content is the same object.
 */
export function renderedLamp(lamp: LampView, profile: PhoneProfile, contentType: string): BodyTemplate {
  const { extension, state, dialogs } = lamp;
  const key = `${looksOf(profile)} ${state} ${dialogs.length === 0 ? "" : JSON.stringify(dialogs)} ${contentType} ${extension}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const document = dialogInfo(lamp, profile, contentType, undefined);
  // Only the count bounds it: a document does not age.
  rendered.set(key, document, 0);
  return document;
}

const looks = new Map<PhoneProfile, string>();

/** What of a profile can be seen in a document: most families of phones share all of it. */
function looksOf(profile: PhoneProfile): string {
  const known = looks.get(profile);
  if (known !== undefined) return known;
  const { nameAttribute, parameter, dialogElements, idleDocument, callerEarly } = profile;
  const { busyRinging, hold, offline, identityInConfirmed, namesCallers, bodyMaxBytes } = profile;
  const seen = [nameAttribute, parameter, dialogElements, idleDocument, callerEarly, busyRinging, hold, offline];
  const text = [...seen, String(identityInConfirmed), String(namesCallers), String(bodyMaxBytes)].join();
  looks.set(profile, text);
  return text;
}
