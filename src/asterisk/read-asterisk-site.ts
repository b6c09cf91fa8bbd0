import type { Diagnostic } from "#domain/site/diagnostic";
import { didYouMean } from "#domain/site/nearest";
import { derivedPhones } from "#domain/site/derived-phones";
import type { Hint, SiteReading, Station } from "#domain/site/site";
import type { ConfFile } from "./conf-value.ts";
import { parseConf, show } from "./parse-conf.ts";
import { readExtensions } from "./read-extensions.ts";
import { readSip } from "./read-sip.ts";
import { readSla } from "./read-sla.ts";

/** Files that make a site, and those that are known but hold nothing for this release. */
export const SITE_FILES = ["sla.conf", "sip.conf", "extensions.conf"] as const;
export const OTHER_FILES = ["ccss.conf", "indications.conf"] as const;

type SiteFile = (typeof SITE_FILES)[number];

/** Texts of the files that are there, by name. */
export type SiteTexts = Readonly<Partial<Record<SiteFile | (typeof OTHER_FILES)[number], string>>>;

/** Reads a folder of Asterisk's files into a site. A file rejected as a whole makes the site unusable; a bad object is left out. */
export function readAsteriskSite(texts: SiteTexts): SiteReading {
  const diagnostics: Diagnostic[] = [];
  const rejected: string[] = [];
  const read = (file: SiteFile | (typeof OTHER_FILES)[number]): ConfFile => {
    const reading = parseConf(texts[file] ?? "", file);
    diagnostics.push(...reading.diagnostics);
    if (reading.rejected) rejected.push(file);
    return reading.conf;
  };
  const sla = readSla(read("sla.conf"));
  const sip = readSip(read("sip.conf"));
  const extensions = readExtensions(read("extensions.conf"));
  for (const file of OTHER_FILES) if (texts[file] !== undefined) read(file);
  diagnostics.push(...sla.diagnostics, ...sip.diagnostics, ...extensions.diagnostics);
  const hints = withAutocontexts(extensions.hints, sla.stations);
  diagnostics.push(...crossCheck(hints, sla.stations, texts));
  const site = {
    ...(sip.realm === undefined ? {} : { realm: sip.realm }),
    trunks: sla.trunks,
    stations: sla.stations,
    accounts: sip.accounts,
    phones: derivedPhones(sip.accounts),
    hints,
    includes: extensions.includes,
  };
  const first = rejected[0];
  return {
    site,
    diagnostics: inOrder(diagnostics),
    ...(first === undefined ? {} : { unusable: `${first} is rejected as a whole: see its CONF-E01` }),
  };
}

/** What `autocontext` of a station creates (sla.md §2.7); what stands there by hand is never replaced. */
function withAutocontexts(written: readonly Hint[], stations: readonly Station[]): readonly Hint[] {
  const hints = new Map(written.map((hint) => [`${hint.context}\n${hint.extension}`, hint]));
  for (const station of stations) {
    if (station.autocontext === undefined) continue;
    for (const { trunk } of station.keys) {
      const extension = `${station.name}_${trunk}`;
      const key = `${station.autocontext}\n${extension}`;
      if (!hints.has(key))
        hints.set(key, { extension, context: station.autocontext, devices: [`SLA:${extension}`], origin: station.origin });
    }
  }
  return [...hints.values()];
}

/** Keys without a hint and hints without a key (SLA-W16, SLA-W17). */
function crossCheck(hints: readonly Hint[], stations: readonly Station[], texts: SiteTexts): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const keys = new Map(
    stations.flatMap((station) => station.keys.map((key) => [`${station.name}_${key.trunk}`.toLowerCase(), station] as const)),
  );
  const watched = new Set(hints.flatMap((hint) => hint.devices.map((device) => device.toLowerCase())));
  if (texts["extensions.conf"] !== undefined) {
    for (const [key, station] of keys) {
      const name = stationKeyName(station, key);
      if (!watched.has(`sla:${key}`)) {
        diagnostics.push({
          ...positionOf(station.origin),
          code: "SLA-W16",
          message: `key ${show(name)} has no hint, its lamp stays dark: add exten => ${show(name)},hint,SLA:${show(name)}`,
        });
      }
    }
  }
  for (const hint of hints) {
    for (const device of hint.devices) {
      const name = /^sla:(.*)$/i.exec(device)?.[1];
      if (name === undefined || keys.has(name.toLowerCase())) continue;
      diagnostics.push({
        ...positionOf(hint.origin),
        code: "SLA-W17",
        message: `${show(device)} is no key of any station${didYouMean(name, keys.keys())}`,
      });
    }
  }
  return diagnostics;
}

function stationKeyName(station: Station, key: string): string {
  return station.keys.map(({ trunk }) => `${station.name}_${trunk}`).find((name) => name.toLowerCase() === key) ?? key;
}

function positionOf(origin: string): { readonly file: string; readonly line: number; readonly column: number } {
  const colon = origin.lastIndexOf(":");
  return { file: origin.slice(0, colon), line: Number(origin.slice(colon + 1)), column: 1 };
}

/** By file, line and column. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = ({ file, line, column }: Diagnostic): string =>
    `${file} ${String(line).padStart(8, "0")} ${String(column).padStart(6, "0")}`;
  return [...diagnostics].sort((a, b) => key(a).localeCompare(key(b)));
}
