import { positionOf, type Diagnostic } from "./diagnostic.ts";
import { phoneKeys } from "./phone-keys.ts";
import { show } from "./shown.ts";
import type { Phone, Site, WatchList } from "./site.ts";

/** An extension of a list, and what its key shows. */
export interface ListedExtension {
  readonly extension: string;
  readonly label?: string | undefined;
}

/** Lists in a list in a list (L-8). */
export const LISTS_DEPTH_MAX = 3;
/** Members of a list, its lists counted out (L-8). */
export const LIST_MEMBERS_MAX = 500;
/** The list of a phone's own keys is `keys-<mac>`: no other is called so. */
export const KEYS_LIST_PREFIX = "keys-";

/** Name of the list that holds the keys of a phone, in their order. */
export function keysListOf(mac: string): string {
  return KEYS_LIST_PREFIX + mac;
}

/**
 * The lists of a site: those that are written, with the lists in them counted out, and one for each phone with its keys. Where a list is in
 * itself, or too deep, it is left out there; what is too much is left out at the end (and said by checkLists).
 */
export class WatchLists {
  readonly #site: Pick<Site, "stations">;
  readonly #written: ReadonlyMap<string, WatchList>;
  readonly #phones: ReadonlyMap<string, Phone>;

  constructor(site: Pick<Site, "lists" | "phones" | "stations">) {
    this.#site = site;
    this.#written = new Map(site.lists.map((list) => [list.name, list]));
    this.#phones = new Map(site.phones.map((phone) => [keysListOf(phone.mac), phone]));
  }

  /** The phone whose keys a list holds. */
  phoneOf(name: string): Phone | undefined {
    return this.#phones.get(name);
  }

  /** The members of a list in order, each once; undefined: there is no such list, or nothing in it. */
  members(name: string): readonly ListedExtension[] | undefined {
    const phone = this.#phones.get(name);
    const found =
      phone === undefined
        ? extensionsOf(name, this.#written)
        : phoneKeys(this.#site, phone).map(({ address, label }) => ({ extension: address, label }));
    const once = new Map<string, ListedExtension>();
    for (const member of found) if (!once.has(member.extension)) once.set(member.extension, member);
    return once.size === 0 ? undefined : [...once.values()].slice(0, LIST_MEMBERS_MAX);
  }
}

/** The extensions of a written list, those of the lists in it too. No list is counted out twice at one depth: 500 in each of 500 would never end. */
function extensionsOf(name: string, lists: ReadonlyMap<string, WatchList>): readonly ListedExtension[] {
  const found: ListedExtension[] = [];
  const seen = new Set<string>();
  const visit = (at: string, above: readonly string[]): void => {
    const list = lists.get(at);
    const place = `${above.length} ${at}`;
    if (list === undefined || above.includes(at) || above.length >= LISTS_DEPTH_MAX || seen.has(place)) return;
    seen.add(place);
    for (const entry of list.members) {
      if ("list" in entry) visit(entry.list, [...above, at]);
      else found.push(entry);
    }
  };
  visit(name, []);
  return found;
}

/** What is wrong with the lists of a site: names, loops, depth, size (YAML-E15), extensions without a lamp (YAML-W08). */
export function checkLists(site: Site): readonly Diagnostic[] {
  const byName = new Map(site.lists.map((list) => [list.name, list]));
  const lamps = new Set(site.hints.map(({ extension }) => extension));
  const hasPatterns = site.hints.some(({ extension }) => extension.startsWith("_"));
  return site.lists.flatMap((list) => {
    const say = (code: string, message: string): Diagnostic => ({
      ...positionOf(list.origin),
      code,
      message: `list ${show(list.name)} ${message}`,
    });
    const mistake = mistakeOf(list, byName);
    const found: Diagnostic[] = mistake === undefined ? [] : [say("YAML-E15", mistake)];
    if (
      mistake === undefined &&
      new Set(extensionsOf(list.name, byName).map(({ extension }) => extension)).size > LIST_MEMBERS_MAX
    )
      found.push(say("YAML-E15", `holds more than ${LIST_MEMBERS_MAX} extensions: the first are used`));
    const dark = hasPatterns
      ? []
      : list.members.flatMap((entry) => ("list" in entry || lamps.has(entry.extension) ? [] : [entry.extension]));
    if (dark.length > 0)
      found.push(say("YAML-W08", `names ${show(dark.slice(0, 20).join(", "))} without a hint: nothing lights that lamp`));
    return found;
  });
}

/** The first mistake on the way down. A list is looked into once at each depth: what is wrong below it does not depend on more. */
function mistakeOf(list: WatchList, byName: ReadonlyMap<string, WatchList>): string | undefined {
  const seen = new Set<string>();
  const look = (at: WatchList, above: readonly string[]): string | undefined => {
    const path = [...above, at.name];
    for (const entry of at.members) {
      if (!("list" in entry) || seen.has(`${path.length} ${entry.list}`)) continue;
      seen.add(`${path.length} ${entry.list}`);
      const inner = byName.get(entry.list);
      if (inner === undefined) return `holds list ${show(entry.list)}, which is not defined: it is left out`;
      if (path.includes(entry.list))
        return `holds itself, by way of ${show([...path.slice(1), entry.list].join(", "))}: that is left out`;
      if (path.length >= LISTS_DEPTH_MAX) return `holds lists more than ${LISTS_DEPTH_MAX} deep: ${show(entry.list)} is left out`;
      const below = look(inner, path);
      if (below !== undefined) return below;
    }
    return undefined;
  };
  return look(list, []);
}
