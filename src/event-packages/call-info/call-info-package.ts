import { sameLineView, type LineView } from "#domain/appearance/line-view";
import { profileNamed } from "#domain/lamp/phone-profiles";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { ANONYMOUS } from "../anonymous.ts";
import { BY_PHONE_PROFILE } from "../watcher-profile.ts";
import { appearanceInfo, IDLE_REST } from "./appearance-info.ts";

/** Event package "call-info" of BroadWorks' shared call appearance (presence.md §2.7): all is said in Call-Info, there is no body. */
export const callInfoPackage: EventPackage<LineView> = {
  ...BY_PHONE_PROFILE,
  name: "call-info",
  contentTypes: [],
  defaultExpirySeconds: 3600,
  change(shown, now, profile) {
    return sameLineView(shown, now) ? undefined : { document: told(now, profile), shows: now };
  },
  full(_shown, now, profile) {
    return { document: told(now, profile), shows: now };
  },
};

/** The appearances that are not idle, and that all others are. */
function told({ appearances }: LineView, profile: string): BodyTemplate {
  const { namesCallers } = profileNamed(profile);
  const shown = appearances.map((one) => (namesCallers || one.peer === undefined ? one : { ...one, peer: ANONYMOUS }));
  const values = [...shown.map(appearanceInfo), IDLE_REST];
  return {
    contentType: undefined,
    ownHeaders: (host) => `Call-Info: ${values.map((value) => `<sip:${host}>${value}`).join(", ")}\r\n`,
    pieces: [],
    holes: [],
  };
}
