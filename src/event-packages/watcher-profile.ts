import { profileByUserAgent, profileNamed } from "#domain/lamp/phone-profiles";
import { headerOf, type SipRequest } from "#sip/message/message";
import type { EventPackage } from "#sip/subscription/package";

/** The part of a package that is the same for all: profiles by what the site says, else by User-Agent. */
export const BY_PHONE_PROFILE: Pick<EventPackage<never>, "profileFor" | "habitsOf"> = {
  profileFor: (request: SipRequest, chosen) => chosen ?? profileByUserAgent(headerOf(request, "user-agent") ?? "").name,
  habitsOf: profileNamed,
};
