import { headersOf } from "#sip/message/message";
import type { EventPackage } from "#sip/subscription/package";
import { BY_PHONE_PROFILE } from "../watcher-profile.ts";
import { readAppearance } from "./read-appearance.ts";

/** How long a line may be off hook without a call. */
const SEIZE_SECONDS = 15;

/** What a subscription holds: one appearance. */
export interface HeldAppearance {
  readonly index: number;
}

/** Event package "line-seize" of BroadWorks' shared call appearance (presence.md §2.7): who is granted a subscription has the line. */
export const lineSeizePackage: EventPackage<HeldAppearance> = {
  ...BY_PHONE_PROFILE,
  name: "line-seize",
  contentTypes: [],
  defaultExpirySeconds: SEIZE_SECONDS,
  holding: { secondsMax: SEIZE_SECONDS, wish: (request) => readAppearance(headersOf(request, "call-info")) },
  change(shown, now) {
    return shown.index === now.index ? undefined : this.full(shown, now, "", "");
  },
  full(_shown, now) {
    const value = `;appearance-index=${now.index}`;
    const ownHeaders = (host: string): string => `Call-Info: <sip:${host}>${value}\r\n`;
    return { document: { contentType: undefined, ownHeaders, pieces: [], holes: [] }, shows: now };
  },
};
