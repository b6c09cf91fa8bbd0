import type { LampView } from "#domain/lamp/lamp-view";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { headerOf } from "#sip/message/message";
import type { DialogProfile } from "./dialog-info.ts";
import { renderedLamp } from "./rendered-lamps.ts";

const CONTENT_TYPE = "application/dialog-info+xml";

/** Rendering profiles (presence.md §6.3, design §9.2 to §9.5): data, one row each. */
const PROFILES: Readonly<Record<string, DialogProfile & { readonly endsBeforeRinging: boolean }>> = {
  single: { parameter: "pval", endsBeforeRinging: false },
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
  documents(before, after, profileName, contentType): readonly BodyTemplate[] {
    const profile = PROFILES[profileName] ?? { parameter: "pval", endsBeforeRinging: false };
    const document = renderedLamp(after, profile, contentType);
    if (before === undefined) return [document];
    const shown = renderedLamp(before, profile, contentType);
    if (isSame(shown, document)) return [];
    const needsEnd = profile.endsBeforeRinging && isConfirmed(before) && after.state === "Ringing";
    return needsEnd ? [renderedLamp({ ...after, state: "Idle", dialogs: [] }, profile, contentType), document] : [document];
  },
};

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
