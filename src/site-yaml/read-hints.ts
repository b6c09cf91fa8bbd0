import { show } from "#domain/site/shown";
import type { Hint, Station } from "#domain/site/site";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** Devices in one hint. */
const DEVICES_MAX = 50;
/** An extension that a phone can subscribe to: exact, no pattern (sla.md §2.7). */
const EXTENSION = /^[^\s\p{C}"<>@;:&,/?#%\\_][^\s\p{C}"<>@;:&,/?#%\\]{0,78}$/u;

/** `hints`: extension: [Tech/resource, …]; they may not take the names of line keys, whose hints are generated. */
export function readHints(
  yaml: YamlFields,
  field: Field | undefined,
  context: string,
  stations: readonly Station[],
): readonly Hint[] {
  const taken = new Set(stations.flatMap(({ name, keys }) => keys.map(({ trunk }) => `${name}_${trunk}`)));
  return [...yaml.of(field?.value, "hints").values()].flatMap((hint) => {
    const extension = hint.name;
    const items = yaml.list(hint.value);
    if (items.length === 0 || items.length > DEVICES_MAX || !EXTENSION.test(extension) || taken.has(extension)) {
      const what = taken.has(extension) ? "is a line key already: remove it" : "is left out";
      const form = `write "100": [Tech/resource, …], 1 to ${DEVICES_MAX} devices`;
      yaml.tree.say("YAML-E08", hint.key, `hint "${show(extension)}" ${what}: ${form}`);
      return [];
    }
    const devices = items.flatMap((item) => yaml.textOf(item, "a device of a hint") ?? []);
    return devices.length === 0 ? [] : [{ extension, context, devices, origin: yaml.tree.origin(hint.key) }];
  });
}
