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

/** The whole document of a state, after the one in between where the profile wants one (D-6). */
export function wholeDocument<S>(eventPackage: EventPackage<S>, now: S, profile: string, contentType: string): BodyTemplate {
  const { document, shows } = eventPackage.full(undefined, now, profile, contentType);
  return shows === now ? document : eventPackage.full(shows, now, profile, contentType).document;
}
