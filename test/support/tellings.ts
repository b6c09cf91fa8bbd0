import assert from "node:assert/strict";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";

/** Documents that bring a watcher from `shown` to `now`, in order, as the notifier asks for them. */
export function tellings<S>(
  eventPackage: EventPackage<S>,
  shown: S | undefined,
  now: S,
  profile: string,
  contentType: string,
): readonly BodyTemplate[] {
  const documents: BodyTemplate[] = [];
  for (let at = shown; at !== now;) {
    const next =
      at === undefined ? eventPackage.full(at, now, profile, contentType) : eventPackage.change(at, now, profile, contentType);
    if (next === undefined) break;
    documents.push(next.document);
    assert.ok(documents.length < 1000, "the steps come to an end");
    at = next.shows;
  }
  return documents;
}

/** The whole document of a state. */
export function wholeDocument<S>(eventPackage: EventPackage<S>, now: S, profile: string, contentType: string): BodyTemplate {
  return eventPackage.full(undefined, now, profile, contentType).document;
}
