/** Parts between underscores that are looked at in the name of a key. */
const PARTS_MAX = 20;

/**
 * Tells the names of objects that are written but left out, and of keys of such stations, `station_trunk`: whoever refers to them is not to
 * blame, and the object has its finding already.
 */
export function leftOutNames(objects: readonly string[]): (name: string) => boolean {
  const names = new Set(objects.map((name) => name.toLowerCase()));
  if (names.size === 0) return () => false;
  return (name) => {
    const parts = name.toLowerCase().split("_", PARTS_MAX);
    return parts.some((_, last) => names.has(parts.slice(0, last + 1).join("_")));
  };
}
