import { BUILTIN_ZONES, US_ZONE } from "./builtin-zones.ts";
import { parseToneList, type ToneSegment } from "./tone-list.ts";
import type { Indications, ToneZone } from "./tone-zone.ts";

/** The zone of a site that has no indications.conf. */
export const DEFAULT_COUNTRY = "us";

/**
 * What is played for a tone in a country: as its zone says, else the built-in zone of that name, else us. undefined: no zone knows such a
 * tone.
 */
export function toneOf(
  indications: Indications | undefined,
  name: string,
  country = indications?.country ?? DEFAULT_COUNTRY,
): readonly ToneSegment[] | undefined {
  const wanted = name.toLowerCase();
  for (const zone of zonesFor(indications, country)) {
    const tone = zone.tones.find((known) => known.name === wanted);
    const parsed = tone === undefined ? undefined : parseToneList(tone.list);
    if (parsed?.ok === true) return parsed.value;
  }
  return undefined;
}

/** Milliseconds of ringing and silence in turn. */
export function ringCadenceOf(
  indications: Indications | undefined,
  country = indications?.country ?? DEFAULT_COUNTRY,
): readonly number[] {
  const zone = zonesFor(indications, country).find(({ ringCadence }) => ringCadence.length > 0);
  return zone?.ringCadence ?? US_ZONE.ringCadence;
}

/** Where a tone is looked for, in order. */
function zonesFor(indications: Indications | undefined, country: string): readonly ToneZone[] {
  const name = country.toLowerCase();
  const written = (wanted: string): ToneZone | undefined => indications?.zones.find((zone) => zone.name === wanted);
  const order = [written(name), BUILTIN_ZONES.get(name), written(DEFAULT_COUNTRY), US_ZONE];
  return order.filter((zone) => zone !== undefined);
}
