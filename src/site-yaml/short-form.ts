import type { Phone, Site, Station, Trunk } from "#domain/site/site";
import { keyHintText, textOfHint } from "#domain/site/written-site";

/** How stations can be said as lines × phones. */
export interface ShortForm {
  /** Trunk name → label of all its keys. */
  readonly labels: ReadonlyMap<string, string | undefined>;
  /** MAC → names of the lines that it has keys of, in order. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
}

/** Context of the site, and whether its keys can be dialled there. */
export interface KeyPlace {
  readonly context: string;
  readonly keyContext: string | undefined;
}

/** undefined: a station is none that follows from lines × phones, or its lamp is not lit as theirs are. */
export function shortForm(site: Site, { context, keyContext }: KeyPlace): ShortForm | undefined {
  const numbers = new Map(site.trunks.map(({ name }, index) => [name, index + 1]));
  const owners = new Map(site.phones.flatMap((phone) => ownersOf(phone)));
  const hints = new Set(site.hints.map(textOfHint));
  const labels = new Map<string, string | undefined>();
  const lines = new Map<string, string[]>(site.phones.map(({ mac }) => [mac, []]));
  for (const station of site.stations) {
    const [key] = station.keys;
    const phone = owners.get(station.device);
    if (key === undefined || phone === undefined || !isPlain(station, keyContext)) return undefined;
    const isNamedSo = station.name === `L${numbers.get(key.trunk) ?? 0}-${phone.accounts[0] ?? ""}`;
    const isLabelledSo = !labels.has(key.trunk) || labels.get(key.trunk) === key.label;
    if (!isNamedSo || !isLabelledSo || !hints.has(keyHintText(station.name, key.trunk, context))) return undefined;
    labels.set(key.trunk, key.label);
    // Names of stations differ, so that no line is twice in this list.
    lines.get(phone.mac)?.push(key.trunk);
  }
  return { labels, lines };
}

/** The phone whose stations ring this device. */
function ownersOf(phone: Phone): (readonly [string, Phone])[] {
  const [account] = phone.accounts;
  return account === undefined ? [] : [[`SIP/${account}`, phone]];
}

/** Has it only what a station of lines × phones has? */
function isPlain({ phone, keys, autocontext, ringdelay, ringtimeout, hold }: Station, keyContext: string | undefined): boolean {
  const [key, ...more] = keys;
  const isQuiet = [ringdelay, ringtimeout, key?.ringdelay ?? 0, key?.ringtimeout ?? 0].every((seconds) => seconds === 0);
  return phone === undefined && more.length === 0 && isQuiet && hold === "open" && autocontext === keyContext;
}

/** The lines field of a phone; undefined: all of them. */
export function linesField(lines: readonly string[], trunks: readonly Trunk[]): readonly string[] | undefined {
  return lines.length === trunks.length && trunks.every(({ name }, index) => lines[index] === name) ? undefined : lines;
}
