import type { LampView } from "#domain/lamp/lamp-view";
import { profileNamed } from "#domain/lamp/phone-profiles";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { BY_PHONE_PROFILE } from "../watcher-profile.ts";
import { PIDF, pidf } from "./pidf.ts";
import { presenceState } from "./presence-state.ts";
import { XPIDF, xpidf } from "./xpidf.ts";

/** Event package "presence" (RFC 3856): PIDF, or what was before it for who accepts nothing else. */
export const presencePackage: EventPackage<LampView> = {
  ...BY_PHONE_PROFILE,
  name: "presence",
  contentTypes: [PIDF, XPIDF],
  defaultExpirySeconds: 3600,
  change(shown, now, profile, contentType) {
    const isSame = looks(shown, contentType) === looks(now, contentType);
    return isSame ? undefined : { document: document(now, profile, contentType), shows: now };
  },
  full(_shown, now, profile, contentType) {
    return { document: document(now, profile, contentType), shows: now };
  },
};

function document(lamp: LampView, profile: string, contentType: string): BodyTemplate {
  return contentType === XPIDF ? xpidf(lamp) : pidf(lamp, profileNamed(profile));
}

/** Different lamps may look the same (D-9). */
function looks(lamp: LampView, contentType: string): string {
  const { note, basic, activity, xpidf: status } = presenceState(lamp);
  return contentType === XPIDF ? status.join() : [note, basic, activity].join();
}
