import { sameLineView, type LineView } from "#domain/appearance/line-view";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { BY_PHONE_PROFILE } from "../watcher-profile.ts";
import { appearanceInfo, IDLE_REST } from "./appearance-info.ts";

/** Event package "call-info" of BroadWorks' shared call appearance (presence.md §2.7): all is said in Call-Info, there is no body. */
export const callInfoPackage: EventPackage<LineView> = {
  ...BY_PHONE_PROFILE,
  name: "call-info",
  contentTypes: [],
  defaultExpirySeconds: 3600,
  change(shown, now) {
    return sameLineView(shown, now) ? undefined : { document: told(now), shows: now };
  },
  full(_shown, now) {
    return { document: told(now), shows: now };
  },
};

/** The appearances that are not idle, and that all others are. */
function told({ appearances }: LineView): BodyTemplate {
  const values = [...appearances.map(appearanceInfo), IDLE_REST];
  return {
    contentType: undefined,
    ownHeaders: (host) => `Call-Info: ${values.map((value) => `<sip:${host}>${value}`).join(", ")}\r\n`,
    pieces: [values.join("\n")],
    holes: [],
  };
}
