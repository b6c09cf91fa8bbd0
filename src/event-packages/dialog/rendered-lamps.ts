import { RecentMap } from "#base/recent-map";
import type { LampView } from "#domain/lamp/lamp-view";
import type { BodyTemplate } from "#sip/subscription/package";
import { dialogInfo, type DialogProfile } from "./dialog-info.ts";

/** About 1 kB each. */
const RENDERED_MAX = 8192;

const rendered = new RecentMap<BodyTemplate>({ lifeMs: Infinity, entriesMax: RENDERED_MAX });

/**
 * The document of a lamp, built once per content: a line goes through the same few states all day, and building XML costs more than
 * sending it to twenty watchers. Equal content is the same object.
 */
export function renderedLamp(lamp: LampView, profile: DialogProfile, contentType: string): BodyTemplate {
  const { extension, state, dialogs } = lamp;
  const key = `${profile.parameter} ${state} ${dialogs.length === 0 ? "" : JSON.stringify(dialogs)} ${contentType} ${extension}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const document = dialogInfo(lamp, profile, contentType);
  // Only the count bounds it: a document does not age.
  rendered.set(key, document, 0);
  return document;
}
