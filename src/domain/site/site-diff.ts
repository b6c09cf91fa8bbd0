import type { Site } from "./site.ts";

/** What a reading of a site changed, by kind of object; names as the API shows them. */
export type SiteDiff = Readonly<Record<SiteObjects, ObjectDiff>>;

export type SiteObjects = "trunks" | "stations" | "accounts" | "phones" | "hints" | "lists";

export interface ObjectDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Still there, and different; another line of the file alone is no difference. */
  readonly changed: readonly string[];
}

/** Compares two readings of a site. */
export function diffSites(before: Site, after: Site): SiteDiff {
  const [old, fresh] = [byKind(before), byKind(after)];
  const of = (kind: SiteObjects): ObjectDiff => diffObjects(old[kind], fresh[kind]);
  return {
    trunks: of("trunks"),
    stations: of("stations"),
    accounts: of("accounts"),
    phones: of("phones"),
    hints: of("hints"),
    lists: of("lists"),
  };
}

/** By name, in the order of the site. */
type Objects = ReadonlyMap<string, object>;

function diffObjects(before: Objects, after: Objects): ObjectDiff {
  const names = [...after.keys()];
  return {
    added: names.filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: names.filter((name) => before.has(name) && !isSame(before.get(name), after.get(name))),
  };
}

function byKind(site: Site): Readonly<Record<SiteObjects, Objects>> {
  return {
    trunks: objects(site.trunks, ({ name }) => name),
    stations: objects(site.stations, ({ name }) => name),
    accounts: objects(site.accounts, ({ name }) => name),
    phones: objects(site.phones, ({ mac }) => mac),
    hints: objects(site.hints, ({ extension, context }) => `${extension}@${context}`),
    lists: objects(site.lists, ({ name }) => name),
  };
}

function objects<T extends object>(list: readonly T[], nameOf: (object: T) => string): Objects {
  return new Map(list.map((object) => [nameOf(object), object]));
}

/** Whether two objects say the same; where they stand does not count. Objects of a site are a few levels deep. */
function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  const [of, other] = [left as Fields, right as Fields];
  const names = Object.keys(of).filter((name) => name !== "origin");
  if (names.length !== Object.keys(other).length - Number("origin" in other)) return false;
  return names.every((name) => name in other && isSame(of[name], other[name]));
}

/** Of an object, or a list, of which these are the places. */
type Fields = Readonly<Record<string, unknown>>;
