import type { LampView } from "#domain/lamp/lamp-view";
import { PROFILE_NAMES } from "#domain/lamp/phone-profiles";
import { EVENT_PACKAGES } from "#event-packages/registry";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { splicedBody } from "#test/support/spliced-body";
import { wholeDocument } from "#test/support/tellings";
import { lampWith, NAMES, STATES } from "./hostile-lamps.ts";

/** Packages that show lamps. */
export const LAMP_PACKAGES = EVENT_PACKAGES.filter(({ name }) => name === "dialog" || name === "presence");

export const VERSION = 41;

/** One document and where it comes from. */
export interface HostileBody {
  readonly label: string;
  readonly package: EventPackage<unknown>;
  readonly profile: string;
  readonly lamp: LampView;
  readonly name: string;
  readonly template: BodyTemplate;
}

/** Every state, profile, media type and name. */
export const BODIES: readonly HostileBody[] = LAMP_PACKAGES.flatMap((eventPackage) =>
  eventPackage.contentTypes.flatMap((contentType) =>
    PROFILE_NAMES.flatMap((profile) =>
      STATES.flatMap((state) =>
        NAMES.map((name, at) => {
          const lamp = lampWith(state, name);
          const template = wholeDocument(eventPackage, lamp, profile, contentType);
          return {
            label: `${eventPackage.name} ${contentType} ${profile} ${state} name ${at}`,
            package: eventPackage,
            profile,
            lamp,
            name,
            template,
          };
        }),
      ),
    ),
  ),
);

/** The document as it goes to a watcher who wrote `entity`. */
export function bodyOf(template: BodyTemplate, entity = "sip:1001@pbx.example"): string {
  return splicedBody(template, VERSION, entity);
}
