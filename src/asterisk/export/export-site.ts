import { derivedPhones } from "#domain/site/derived-phones";
import { positionOf, type Diagnostic } from "#domain/site/diagnostic";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import { DEFAULT_SETTINGS } from "#domain/site/settings";
import { show } from "#domain/site/shown";
import {
  isSpare,
  manyLined,
  siteDifferences,
  withoutObjects,
  withoutSpareFields,
  type SiteDifference,
} from "#domain/site/site-differences";
import type { Site } from "#domain/site/site";
import { readAsteriskSite } from "../read-asterisk-site.ts";
import type { AsteriskFile } from "../site-files.ts";
import { writeExtensions } from "./write-extensions.ts";
import { writeSip } from "./write-sip.ts";
import { writeSla } from "./write-sla.ts";
import { writeCcss, writeIndications } from "./write-small-files.ts";

/** Texts of Asterisk's files by name, and what of the site is not in them. */
export interface ExportedSite {
  readonly texts: ReadonlyMap<AsteriskFile, string>;
  readonly diagnostics: readonly Diagnostic[];
}

const HEADER = "Written by lamplighter export; what is changed here is lost at the next one.";
const NEEDED = new Set(["secret", "md5secret", "acl", "autocontext", "allowSubscribe"]);
const KEYS_NAMED_MAX = 10;
/** What is left out may bring others to light; then it is over. */
const ROUNDS_MAX = 5;

/**
 * A site as Asterisk's files. What Asterisk has no word for is named (CONF-W20). They are read again, and what then is not the same, or would
 * be more than one line, is left out and named (CONF-E20).
 */
export function exportSite(site: Site): ExportedSite {
  const told = expressible(site);
  const diagnostics = siteDifferences(site, told).map((difference) =>
    isSaidOtherwise(difference)
      ? sayDifference(difference, "CONF-I20", "is written as lines of extensions.conf")
      : sayDifference(difference, "CONF-W20", "is left out: Asterisk's files have no word for it"),
  );
  const hostile = manyLined(told);
  for (const difference of hostile)
    diagnostics.push(sayDifference(difference, "CONF-E20", "is left out: it is more than one line"));
  const leaveOut = (from: Site, differences: readonly SiteDifference[]): Site => {
    const objects = new Set(differences.map(({ object }) => object));
    diagnostics.push(...keysOf(from, objects));
    return withoutObjects(from, objects);
  };
  let rest = leaveOut(told, hostile);
  for (let round = 0; ; round += 1) {
    const texts = textsOf(rest);
    const bad = differencesOf(rest, texts).filter(isWrong);
    if (bad.length === 0 || round === ROUNDS_MAX) return { texts, diagnostics: [...diagnostics, ...lostFields(rest, texts)] };
    const spare = bad.filter(isSpare);
    for (const difference of spare)
      diagnostics.push(sayDifference(difference, "CONF-W20", "is left out: Asterisk's files would say it otherwise"));
    const whole = bad.filter((difference) => !isSpare(difference));
    for (const difference of whole)
      diagnostics.push(sayDifference(difference, "CONF-E20", "is left out: Asterisk's files would say it otherwise, rename it"));
    rest = leaveOut(withoutSpareFields(rest, spare), whole);
  }
}

/** Numbers of trunks and extensions of the site stand in the dialplan, by what was generated for them. */
function isSaidOtherwise({ object, field }: SiteDifference): boolean {
  return object.startsWith("trunk ") ? field === "did" || field === "context" : object.startsWith("extension ");
}

/** The keys that go with such trunks. */
function keysOf({ stations }: Site, objects: ReadonlySet<string>): Diagnostic[] {
  return stations.flatMap(({ name, origin, keys }) => {
    const lost = keys.filter(({ trunk }) => objects.has(`trunk ${trunk}`)).map(({ trunk }) => show(trunk));
    if (lost.length === 0 || objects.has(`station ${name}`)) return [];
    const message = `keys of station ${show(name)} are left out with their trunk: ${lost.slice(0, KEYS_NAMED_MAX).join(", ")}`;
    return [{ ...positionOf(origin), code: "CONF-W20", message }];
  });
}

/** Is the object another one in the files? Without these fields more or others could do what it may. */
function isWrong({ field, kind }: SiteDifference): boolean {
  return field === undefined || kind === "changed" || NEEDED.has(field);
}

/** Values that a reader of these files does not see, of objects that he does. */
function lostFields(site: Site, texts: ReadonlyMap<AsteriskFile, string>): readonly Diagnostic[] {
  return differencesOf(site, texts).map((difference) =>
    sayDifference(difference, "CONF-W20", "is left out: Asterisk's files have no word for it"),
  );
}

/** Without what only a site.yaml can say. */
function expressible(site: Site): Site {
  const { settings, trunks, stations, accounts } = site;
  return {
    ...site,
    settings: { ...DEFAULT_SETTINGS, attemptCallerId: settings.attemptCallerId, cc: settings.cc },
    trunks: trunks.map(({ did: _did, context: _context, ...trunk }) => trunk),
    stations: stations.map(({ phone: _phone, ...station }) => ({
      ...station,
      keys: station.keys.map(({ label: _label, ...key }) => key),
    })),
    phones: derivedPhones(accounts).phones,
    extensions: [],
  };
}

function textsOf(site: Site): ReadonlyMap<AsteriskFile, string> {
  const texts = new Map<AsteriskFile, string>([
    ["sla.conf", writeSla(site, HEADER)],
    ["sip.conf", writeSip(site, HEADER)],
    ["extensions.conf", writeExtensions(site, HEADER)],
  ]);
  const [ccss, indications] = [writeCcss(site.settings, HEADER), writeIndications(site.indications, HEADER)];
  if (ccss !== undefined) texts.set("ccss.conf", ccss);
  if (indications !== undefined) texts.set("indications.conf", indications);
  return texts;
}

/** What the texts do not say, or otherwise, as a reader takes them. */
function differencesOf(site: Site, texts: ReadonlyMap<AsteriskFile, string>): readonly SiteDifference[] {
  const read = readAsteriskSite(Object.fromEntries(texts));
  return siteDifferences(site, withGeneratedEntries(read.site));
}

function sayDifference({ object, origin, field }: SiteDifference, code: string, what: string): Diagnostic {
  const at = origin === undefined ? { file: "site", line: 1, column: 1 } : positionOf(origin);
  const place = field === undefined ? show(object) : `${show(field)} of ${show(object)}`;
  return { ...at, code, message: `${place} ${what}` };
}
