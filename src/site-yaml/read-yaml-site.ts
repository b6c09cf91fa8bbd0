import { isMap, type Node } from "yaml";
import { show } from "#domain/site/shown";
import { EMPTY_SITE, type Site, type SiteReading } from "#domain/site/site";
import { readHints } from "./read-hints.ts";
import { readLines } from "./read-lines.ts";
import { readPhones } from "./read-phones.ts";
import { YamlFields, type Field } from "./yaml-fields.ts";
import { YamlTree } from "./yaml-tree.ts";

const FIELDS = ["realm", "context", "lines", "phones", "hints"];
/** Known by design §9.23, but nothing here reads them. */
const UNREAD = ["settings", "limits", "dahdi", "compat", "featureCodes"];
const DEFAULT_CONTEXT = "default";

/**
 * Reads a `site.yaml`, the native site: lines × phones, everything else derived. `file` is its name for diagnostics. Never throws.
 *
 * ```yaml
 * context: LocalSets         # where keys and hints live; default "default"
 * lines:                     # trunks: names, or name: {device, label, ringtimeout, barge, hold}
 *   T1: { device: Local/trunk1@sla_trunks/n }
 * phones:                    # MAC: {label, model, secret, callerid, lines}; each has an account of its own and a key per line
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
  return { site: siteOf(new YamlFields(tree), root), diagnostics: tree.diagnostics };
}

function siteOf(yaml: YamlFields, root: Node | undefined): Site {
  const fields = yaml.known(root, [...FIELDS, ...UNREAD], "the site");
  for (const name of UNREAD) nameUnread(yaml, fields.get(name));
  const context = yaml.text(fields.get("context")) ?? DEFAULT_CONTEXT;
  const realm = yaml.text(fields.get("realm"));
  const lines = readLines(yaml, fields.get("lines"));
  const phones = readPhones(yaml, fields.get("phones"), lines, context);
  const stations = phones.flatMap((phone) => phone.stations);
  return {
    ...EMPTY_SITE,
    ...(realm === undefined ? {} : { realm }),
    trunks: lines.map(({ trunk }) => trunk),
    stations,
    accounts: phones.map(({ account }) => account),
    phones: phones.map(({ phone }) => phone),
    hints: readHints(yaml, fields.get("hints"), context, stations),
  };
}

function nameUnread(yaml: YamlFields, field: Field | undefined): void {
  if (field !== undefined)
    yaml.tree.say("YAML-W05", field.key, `${show(field.name)} is not used by this version: what it says has no effect`);
}
