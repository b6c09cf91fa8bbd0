import { isMap, type Node } from "yaml";
import { EMPTY_SITE, type Hint, type Site, type SiteReading, type Station } from "#domain/site/site";
import { readRecord } from "./kinds.ts";
import { readAccounts } from "./read-accounts.ts";
import { readContexts, readGlobals } from "./read-contexts.ts";
import { HintReader } from "./read-hints.ts";
import { readLines } from "./read-lines.ts";
import { readLists } from "./read-lists.ts";
import { readPhones } from "./read-phones.ts";
import { readIndications, readNativeExtensions, readSettings } from "./read-settings.ts";
import { readStations } from "./read-stations.ts";
import { SITE_FIELDS } from "./site-fields.ts";
import { YamlFields } from "./yaml-fields.ts";
import { YamlTree } from "./yaml-tree.ts";

const DEFAULT_CONTEXT = "default";

/**
 * Reads a `site.yaml`, the native site: lines × phones, everything else derived; what that cannot say is written out. All fields stand in
 * site-fields.ts. `file` is its name for diagnostics. Never throws.
 *
 * ```yaml
 * context: LocalSets         # where keys and hints live; default "default"
 * lines:                     # trunks: names, or name: {device, label, ringtimeout, barge, hold, …}
 *   T1: { device: Local/trunk1@sla_trunks/n }
 * phones:                    # MAC: {label, model, secret, callerid, lines, …}; each has an account of its own and a key per line
 *   0000FFFF0005: { label: Reception, model: VVX_400 }
 * hints: { "100": [SIP/0000FFFF0005, SIP/0000FFFF0006] }
 * ```
 */
export function readYamlSite(text: string, file: string): SiteReading {
  const tree = new YamlTree(file);
  const { root, rejected } = tree.read(text);
  if (rejected || (root !== undefined && !isMap(root))) {
    if (!rejected) tree.say("YAML-E01", root, "write fields like lines: and phones: at the top (the whole file is rejected)");
    return { site: EMPTY_SITE, diagnostics: tree.diagnostics, unusable: `${file} is rejected as a whole: see its YAML-E01` };
  }
  return { ...siteOf(new YamlFields(tree), root), diagnostics: tree.diagnostics };
}

function siteOf(yaml: YamlFields, root: Node | undefined): Pick<SiteReading, "site" | "attemptCallerId"> {
  const fields = readRecord(yaml, root, "the site", SITE_FIELDS);
  const { realm, context = DEFAULT_CONTEXT } = fields;
  const keyContext = fields.autocontext === false ? undefined : context;
  const lines = readLines(yaml, fields.lines);
  const accounts = readAccounts(yaml, fields.accounts, context);
  const phones = readPhones(yaml, fields.phones, { lines, context, keyContext, accounts });
  const ofPhones = phones.flatMap((phone) => phone.stations);
  const stations = readStations(yaml, fields.stations, { lines, phones: phones.map(({ phone }) => phone), keyContext, ofPhones });
  const written = stations.slice(ofPhones.length);
  const hints = new HintReader(yaml, [
    ...ofPhones.flatMap((station) => keyHints(station, context)),
    ...written.flatMap((station) => (station.autocontext === undefined ? [] : keyHints(station, station.autocontext))),
  ]);
  hints.read(fields.hints, context);
  const contexts = readContexts(yaml, fields.contexts, hints);
  const indications = readIndications(yaml, fields.settings?.country, fields.tones);
  const site: Site = {
    ...(realm === undefined ? {} : { realm }),
    settings: readSettings(yaml, fields),
    trunks: lines.map(({ trunk }) => trunk),
    stations,
    accounts: [...accounts.values(), ...phones.flatMap(({ account }) => account ?? [])],
    phones: phones.map(({ phone }) => phone),
    extensions: readNativeExtensions(yaml, fields.extensions, context),
    hints: hints.hints,
    lists: readLists(yaml, fields.lists),
    dialplan: { contexts, globals: readGlobals(yaml, fields.globals) },
    ...(indications === undefined ? {} : { indications }),
  };
  const attemptCallerId = fields.settings?.attemptcallerid;
  return { site, attemptCallerId: { fallback: true, ...(attemptCallerId === undefined ? {} : { written: attemptCallerId }) } };
}

/** The hints that light the keys of a station. */
function keyHints({ name, keys, origin }: Station, context: string): Hint[] {
  return keys.map(({ trunk }) => ({
    extension: `${name}_${trunk}`,
    context,
    devices: [`SLA:${name}_${trunk}`],
    origin,
  }));
}
