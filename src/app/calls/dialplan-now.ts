import type { DialplanWorld } from "#domain/dialplan/leg-run";
import { DialplanLookup } from "#domain/dialplan/dialplan-lookup";
import { aggregate } from "#domain/lamp/aggregate";
import { defaultStates } from "#domain/lamp/default-state";
import type { DeviceState } from "#domain/lamp/device-state";
import { stateOfSlots } from "#domain/lamp/slots";
import type { Site } from "#domain/site/site";
import { toneOf } from "#domain/tone/zone-tones";
import { parseToneList } from "#domain/tone/tone-list";
import type { MediaSource } from "#media/media-engine";
import type { LampRunner } from "../lamp-runner.ts";
import type { SiteRunner } from "../site-runner.ts";

/** The dialplan and what its steps may ask, of the reading of the site that runs now. */
export function dialplanNow(site: SiteRunner, lamps: LampRunner): () => DialplanWorld {
  let known: { readonly of: Site; readonly world: DialplanWorld } | undefined;
  return () => {
    if (known?.of !== site.site) known = { of: site.site, world: worldOf(site, site.site, lamps) };
    return known.world;
  };
}

function worldOf(site: SiteRunner, of: Site, lamps: LampRunner): DialplanWorld {
  const defaultState = defaultStates(of);
  const deviceState = (device: string): DeviceState => stateOfSlots(lamps.board.deviceSlots(device)) ?? defaultState(device);
  return {
    lookup: new DialplanLookup(of.dialplan),
    facts: {
      deviceState,
      extensionState: (extension, context) => {
        const hint = site.hints.find(context, extension);
        return hint === undefined ? "UNKNOWN" : aggregate(hint.devices.map(deviceState));
      },
      hint: (extension, context) => {
        const hint = site.hints.find(context, extension);
        return hint === undefined ? undefined : { devices: hint.devices.join("&"), name: "" };
      },
      completionOption: () => "",
      hasTone: (name) => toneOf(of.indications, name) !== undefined,
    },
  };
}

/** What is heard for a tone of the site's zone, or for a tone list as it is written; undefined: it is neither. */
export function tonesOf(site: Pick<Site, "indications">, text: string): MediaSource | undefined {
  const named = toneOf(site.indications, text);
  const elements = named ?? parsed(text);
  return elements === undefined ? undefined : { type: "tones", elements };
}

function parsed(text: string): Extract<MediaSource, { type: "tones" }>["elements"] | undefined {
  const list = parseToneList(text);
  return list.ok ? list.value : undefined;
}
