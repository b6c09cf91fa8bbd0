import type { LampView } from "#domain/lamp/lamp-view";
import type { BodyTemplate, EventPackage, Telling } from "#sip/subscription/package";
import { headerOf } from "#sip/message/message";
import { shortDialogInfo, type DialogProfile } from "./dialog-info.ts";
import { renderedLamp } from "./rendered-lamps.ts";

const CONTENT_TYPE = "application/dialog-info+xml";

/** Rendering profiles (presence.md §6.3, design §9.2 to §9.5): data, one row each. */
interface Profile extends DialogProfile {
  readonly endsBeforeRinging: boolean;
}

const SINGLE: Profile = { parameter: "pval", endsBeforeRinging: false };

const PROFILES: Readonly<Record<string, Profile>> = {
  single: SINGLE,
  /** Polycom ignores RINGING after INUSE unless the dialog ended in between (D-6). */
  polycom: { parameter: "pval", endsBeforeRinging: true },
  /** Both spellings of the rendering parameter: no phone validates. */
  compatible: { parameter: "both", endsBeforeRinging: false },
};

const PROFILE_BY_USER_AGENT: readonly (readonly [RegExp, string])[] = [[/^Polycom/i, "polycom"]];

/** Event package "dialog" (RFC 4235): busy lamp fields. */
export const dialogPackage: EventPackage<LampView> = {
  name: "dialog",
  contentTypes: [CONTENT_TYPE],
  defaultExpirySeconds: 3600,
  profileFor(request) {
    const userAgent = headerOf(request, "user-agent") ?? "";
    return PROFILE_BY_USER_AGENT.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "single";
  },
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

function profileNamed(name: string): Profile {
  return PROFILES[name] ?? SINGLE;
}

/**
 * A whole document may not skip the one in between either (D-6, D-12). Nor may one to a phone that nobody knows what it shows of: after a
 * restart, or after a NOTIFY that failed, it may still show the call.
 */
function step(
  shown: LampView | undefined,
  now: LampView,
  profile: Profile,
  document: BodyTemplate,
  contentType: string,
): Telling<LampView> {
  const needsEnd = profile.endsBeforeRinging && (shown === undefined || isConfirmed(shown)) && now.state === "Ringing";
  if (!needsEnd) return { document, shows: now };
  const ended: LampView = { ...now, state: "Idle", dialogs: [] };
  return { document: renderedLamp(ended, profile, contentType), shows: ended };
}

function isConfirmed(lamp: LampView): boolean {
  return lamp.state !== "Idle" && lamp.state !== "Unavailable" && lamp.state !== "Ringing";
}

/** Equal content, whatever version it will carry (D-9). */
function isSame(left: BodyTemplate, right: BodyTemplate): boolean {
  return (
    left === right ||
    (left.pieces.length === right.pieces.length && left.pieces.every((piece, index) => piece === right.pieces[index]))
  );
}
