import type { DialplanContext, Extension } from "../dialplan/dialplan.ts";
import type { Indications } from "../tone/tone-zone.ts";
import { DEFAULT_COUNTRY } from "../tone/zone-tones.ts";
import type { Account } from "./account.ts";
import type { Origin } from "./diagnostic.ts";
import type { Site, Station } from "./site.ts";

/** What a second reading of a site has otherwise than the first. */
export interface SiteDifference {
  /** "station A", "account gate", "settings". */
  readonly object: string;
  /** Of the object as it was; undefined: of the whole site. */
  readonly origin: Origin | undefined;
  /** undefined: the object as a whole. */
  readonly field: string | undefined;
  /** Gone, or there with another value. */
  readonly kind: "lost" | "changed";
}

/** Where something comes from is no part of what it is. */
const PLACES = new Set(["origin", "column", "generatedFor"]);

const CONTROL = /\p{Cc}/u;
const ESCAPED = /(?<!\\)(?:\\\\)*\\(?:[bfnrt]|u00[01789])|[\u007f-\u009f]/;

/** Field → value as text. */
type Content = ReadonlyMap<string, string>;

interface Part {
  readonly origin: Origin | undefined;
  readonly content: Content;
}

type Parts = ReadonlyMap<string, Part>;

/** What of `before` is not in `after`, or other there; where it was written, and the order of objects, are no difference. */
export function siteDifferences(before: Site, after: Site): readonly SiteDifference[] {
  const known = partsOf(after);
  return [...partsOf(before)].flatMap(([object, { origin, content }]): SiteDifference[] => {
    const other = known.get(object)?.content;
    if (other === undefined) return [{ object, origin, field: undefined, kind: "lost" }];
    return [...content.keys(), ...[...other.keys()].filter((field) => !content.has(field))].flatMap((field) => {
      if (content.get(field) === other.get(field)) return [];
      const kind = other.has(field) ? "changed" : "lost";
      return [{ object, origin, field, kind }];
    });
  });
}

/** Objects with a value that is more than one line, which no .conf file can hold. */
export function manyLined(site: Site): readonly SiteDifference[] {
  return [...partsOf(site)].flatMap(([object, { origin, content }]): SiteDifference[] => {
    // As JSON a control character is written with a backslash; a backslash itself is two.
    const isOdd = CONTROL.test(object) || [...content.values()].some((text) => ESCAPED.test(text));
    return isOdd ? [{ object, origin, field: undefined, kind: "lost" }] : [];
  });
}

/** A site without the objects that differences name, and without the keys of such trunks. */
export function withoutObjects(site: Site, objects: ReadonlySet<string>): Site {
  if (objects.size === 0) return site;
  const { dialplan, indications, realm, ...rest } = site;
  return {
    ...rest,
    ...(realm === undefined || objects.has("site") ? {} : { realm }),
    trunks: site.trunks.filter(({ name }) => !objects.has(`trunk ${name}`)),
    stations: site.stations
      .filter(({ name }) => !objects.has(`station ${name}`))
      .map((station) => ({ ...station, keys: station.keys.filter(({ trunk }) => !objects.has(`trunk ${trunk}`)) })),
    accounts: site.accounts.filter(({ name }) => !objects.has(`account ${name}`)),
    hints: site.hints.filter(({ extension, context }) => !objects.has(`hint ${extension}@${context}`)),
    dialplan: {
      contexts: dialplan.contexts.flatMap((context) => withoutParts(context, objects)),
      globals: dialplan.globals.filter(({ name }) => !objects.has(`variable ${name}`)),
    },
    ...(indications === undefined ? {} : { indications: withoutZones(indications, objects) }),
  };
}

/** A country that is named gives way to the default one. */
function withoutZones({ country, zones }: Indications, objects: ReadonlySet<string>): Indications {
  return {
    country: objects.has("tones") ? DEFAULT_COUNTRY : country,
    zones: zones.filter(({ name }) => !objects.has(`tones of ${name}`)),
  };
}

/** Fields of accounts that may be missing: the account can do less then, never more, and is the same one. */
const SPARE_FIELDS = new Set<string>([
  ...["callerid", "port", "transports", "mailbox", "insecure", "qualifySeconds", "busyLevel", "cc", "profile", "unsolicitedMwi"],
  ...["directMedia", "outbound", "registration", "sources"],
]);

/** Can the object do without the field? */
export function isSpare({ object, field }: SiteDifference): boolean {
  return field !== undefined && object.startsWith("account ") && SPARE_FIELDS.has(field);
}

/** A site without such fields of its accounts as differences name. */
export function withoutSpareFields(site: Site, differences: readonly SiteDifference[]): Site {
  const spare = new Map<string, Set<string>>();
  for (const difference of differences) {
    const { object, field } = difference;
    if (field === undefined || !isSpare(difference)) continue;
    const fields = spare.get(object);
    if (fields === undefined) spare.set(object, new Set([field]));
    else fields.add(field);
  }
  if (spare.size === 0) return site;
  return { ...site, accounts: site.accounts.map((account) => withoutFields(account, spare.get(`account ${account.name}`))) };
}

function withoutFields(account: Account, fields: ReadonlySet<string> | undefined): Account {
  if (fields === undefined) return account;
  // Only fields that an account may lack are taken away.
  return Object.fromEntries(Object.entries(account).filter(([field]) => !fields.has(field))) as unknown as Account;
}

/** A context that is named loses what it includes; with nothing left to lose, it goes. Its extensions have names of their own. */
function withoutParts(context: DialplanContext, objects: ReadonlySet<string>): readonly DialplanContext[] {
  const extensions = context.extensions.filter((extension) => !objects.has(stepsName(extension, context.name)));
  if (!objects.has(`context ${context.name}`)) return [{ ...context, extensions }];
  const isBare = context.includes.length === 0 && context.ignorePatterns.length === 0 && context.extensions.length === 0;
  return isBare ? [] : [{ ...context, includes: [], ignorePatterns: [], extensions }];
}

function partsOf(site: Site): Parts {
  const { trunks, stations, accounts, phones, extensions, hints, dialplan, indications, settings, realm } = site;
  return new Map<string, Part>([
    ["site", { origin: undefined, content: contentOf({ realm }) }],
    ["tones", { origin: undefined, content: contentOf({ country: indications?.country }) }],
    ["settings", { origin: undefined, content: contentOf({ ...settings }) }],
    ...trunks.map((trunk) => partOf(`trunk ${trunk.name}`, trunk, trunk.origin)),
    ...stations.map(partOfStation),
    ...accounts.map((account) => partOf(`account ${account.name}`, account, account.origin)),
    ...phones.map((phone) => partOf(`phone ${phone.mac}`, phone, phone.origin)),
    ...extensions.map((own) => partOf(`extension ${own.number}@${own.context}`, own, own.origin)),
    ...hints.map((hint) => partOf(`hint ${hint.extension}@${hint.context}`, hint, hint.origin)),
    ...dialplan.globals.map((variable) => partOf(`variable ${variable.name}`, variable, variable.origin)),
    ...dialplan.contexts.flatMap(partsOfContext),
    ...(indications?.zones ?? []).map((zone) => partOf(`tones of ${zone.name}`, zone, undefined)),
  ]);
}

/** Labels of keys are a field of their own: they may get lost where the keys do not. */
function partOfStation({ keys, ...station }: Station): [string, Part] {
  const labels = keys.map(({ label }) => label ?? "");
  const label = labels.every((text) => text === "") ? undefined : labels;
  const content = { ...station, keys: keys.map(({ label: _label, ...key }) => key), label };
  return partOf(`station ${station.name}`, content, station.origin);
}

function partsOfContext({ name, includes, ignorePatterns, extensions }: DialplanContext): [string, Part][] {
  return [
    partOf(`context ${name}`, { includes, ignorePatterns }, includes[0]?.origin),
    ...extensions.map((extension) => partOf(stepsName(extension, name), extension, extension.steps[0]?.origin)),
  ];
}

function stepsName({ name, callerId }: Extension, context: string): string {
  return `steps of ${name}${callerId === undefined ? "" : `/${callerId}`}@${context}`;
}

function partOf(name: string, object: object, origin: Origin | undefined): [string, Part] {
  return [name, { origin, content: contentOf(object) }];
}

function contentOf(object: object): Content {
  return new Map(
    Object.entries(object).flatMap(([field, value]: [string, unknown]) =>
      value === undefined || PLACES.has(field) ? [] : [[field, JSON.stringify(sorted(value))] as const],
    ),
  );
}

/** Without origins, fields in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([field, content]) => !PLACES.has(field) && content !== undefined);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, content]) => [field, sorted(content)]));
}
