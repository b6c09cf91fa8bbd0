/** Parts between underscores that are looked at in the name of a key. */
const PARTS_MAX = 20;

/** Tells keys of some stations, whatever their trunk: `station_trunk`. */
export function keysOf(stations: readonly string[]): (key: string) => boolean {
  const names = new Set(stations.map((name) => name.toLowerCase()));
  return (key) => {
    const parts = key.toLowerCase().split("_", PARTS_MAX);
    return parts.some((_, count) => names.has(parts.slice(0, count).join("_")));
  };
}
