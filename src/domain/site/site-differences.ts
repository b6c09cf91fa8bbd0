import type { Origin } from "./diagnostic.ts";
import type { Site } from "./site.ts";

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

function partsOf(site: Site): Parts {
  const { trunks, stations, accounts, phones, extensions, hints, dialplan, indications, settings, realm } = site;
  return new Map<string, Part>([
    ["site", { origin: undefined, content: contentOf({ realm, country: indications?.country }) }],
    ["settings", { origin: undefined, content: contentOf({ ...settings }) }],
    ...trunks.map((trunk) => partOf(`trunk ${trunk.name}`, trunk)),
    ...stations.map((station) => partOf(`station ${station.name}`, station)),
    ...accounts.map((account) => partOf(`account ${account.name}`, account)),
    ...phones.map((phone) => partOf(`phone ${phone.mac}`, phone)),
    ...extensions.map((extension) => partOf(`extension ${extension.number}@${extension.context}`, extension)),
    ...hints.map((hint) => partOf(`hint ${hint.extension}@${hint.context}`, hint)),
    ...dialplan.globals.map((variable) => partOf(`variable ${variable.name}`, variable)),
    ...dialplan.contexts.map(({ name, includes, ignorePatterns }) =>
      partOf(`context ${name}`, { includes, ignorePatterns, origin: includes[0]?.origin }),
    ),
    ...dialplan.contexts.flatMap(({ name, extensions: written }) =>
      written.map((extension) => {
        const caller = extension.callerId === undefined ? "" : `/${extension.callerId}`;
        return partOf(`steps of ${extension.name}${caller}@${name}`, { ...extension, origin: extension.steps[0]?.origin });
      }),
    ),
    ...(indications?.zones ?? []).map((zone) => partOf(`tones of ${zone.name}`, { ...zone, origin: undefined })),
  ]);
}

function partOf<T extends { readonly origin: Origin | undefined }>(name: string, object: T): [string, Part] {
  const { origin, ...rest } = object;
  return [name, { origin, content: contentOf(rest) }];
}

function contentOf(object: Readonly<Record<string, unknown>>): Content {
  return new Map(
    Object.entries(object).flatMap(([field, value]) =>
      value === undefined ? [] : [[field, JSON.stringify(sorted(value))] as const],
    ),
  );
}

/** Without origins, fields in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([field, content]) => field !== "origin" && content !== undefined);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, content]) => [field, sorted(content)]));
}
