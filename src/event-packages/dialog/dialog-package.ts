import type { LampView } from "#domain/lamp/lamp-view";
import type { PhoneProfile } from "#domain/lamp/phone-profile";
import { profileNamed } from "#domain/lamp/phone-profiles";
import type { BodyTemplate, EventPackage, Telling } from "#sip/subscription/package";
import { BY_PHONE_PROFILE } from "../watcher-profile.ts";
import { dialogInfo, shortDialogInfo } from "./dialog-info.ts";
import { renderedLamp } from "./rendered-lamps.ts";
import { shownState } from "./shown-dialogs.ts";

/** Event package "dialog" (RFC 4235): busy lamp fields. */
export const dialogPackage: EventPackage<LampView> = {
  ...BY_PHONE_PROFILE,
  name: "dialog",
  contentTypes: ["application/dialog-info+xml"],
  defaultExpirySeconds: 3600,
  change(shown, now, profileName, contentType) {
    const profile = profileNamed(profileName);
    const document = renderedLamp(now, profile, contentType);
    return isSame(renderedLamp(shown, profile, contentType), document)
      ? undefined
      : step(shown, now, profile, document, contentType);
  },
  full(shown, now, profileName, contentType) {
    const profile = profileNamed(profileName);
    return step(shown, now, profile, renderedLamp(now, profile, contentType), contentType);
  },
  short: (now, profileName, contentType) => shortDialogInfo(now, profileNamed(profileName), contentType),
};

/**
 * A whole document may not skip the one in between either (D-6, D-12). Nor may one to a phone that nobody knows what it shows of: after a
 * restart, or after a NOTIFY that failed, it may still show the call.
 */
function step(
  shown: LampView | undefined,
  now: LampView,
  profile: PhoneProfile,
  document: BodyTemplate,
  contentType: string,
): Telling<LampView> {
  const needsEnd =
    profile.endsBeforeRinging &&
    (shown === undefined || shownState(shown, profile) === "confirmed") &&
    shownState(now, profile) === "early";
  if (needsEnd) {
    const ended: LampView = { ...now, state: "Idle", dialogs: [] };
    return { document: renderedLamp(ended, profile, contentType), shows: ended };
  }
  const mayTellEnds = profile.dialogElements === "all" && shown !== undefined && shown.dialogs.length > 0;
  return { document: mayTellEnds ? dialogInfo(now, profile, contentType, shown) : document, shows: now };
}

/** Equal content, whatever version it will carry (D-9). */
function isSame(left: BodyTemplate, right: BodyTemplate): boolean {
  return (
    left === right ||
    (left.pieces.length === right.pieces.length && left.pieces.every((piece, index) => piece === right.pieces[index]))
  );
}
