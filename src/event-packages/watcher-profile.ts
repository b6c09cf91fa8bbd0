import { RecentMap } from "#base/recent-map";
import { profileByUserAgent, profileNamed, withoutCallers } from "#domain/lamp/phone-profiles";
import { inOnePiece } from "#sip/message/own-text";
import type { EventPackage } from "#sip/subscription/package";

/** Phones of an office are of a few kinds. */
const AGENTS_MAX = 1000;
const AGENT_MAX_CHARACTERS = 256;
const byUserAgent = new RecentMap<string>({ lifeMs: Infinity, entriesMax: AGENTS_MAX });

/** The part of a package that is the same for all: profiles by what the site says, else by User-Agent. */
export const BY_PHONE_PROFILE: Pick<EventPackage<never>, "profileFor" | "habitsOf"> = {
  profileFor: (userAgent, { profile, seesCallers }) => {
    const name = profile ?? nameOf(userAgent);
    return seesCallers ? name : withoutCallers(name);
  },
  habitsOf: profileNamed,
};

function nameOf(userAgent: string): string {
  const known = byUserAgent.get(userAgent);
  if (known !== undefined) return known;
  const { name } = profileByUserAgent(userAgent);
  // Only the count bounds it: what a phone says of itself does not age. A string of its own: one cut out of a message keeps all of it alive.
  if (userAgent.length <= AGENT_MAX_CHARACTERS) byUserAgent.set(inOnePiece(userAgent), name, 0);
  return name;
}
