import type { DahdiMapping, SiteSettings } from "#domain/site/settings";
import { show } from "#domain/site/shown";
import type { NativeExtension } from "#domain/site/site";
import type { Indications, NamedTone, ToneZone } from "#domain/tone/tone-zone";
import { toneList, zoneFields } from "./dialplan-fields.ts";
import { readRecord, type ValuesOf } from "./kinds.ts";
import { DAHDI_FIELDS, EXTENSION_FIELDS, type SITE_FIELDS } from "./site-fields.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

type Written = ValuesOf<typeof SITE_FIELDS>;

const CHANNEL = /^g?\d{1,5}$/i;
const NUMBER = /^[^\s\p{C}"<>@;,/\\]{1,79}$/u;
const ZONE = /^[A-Za-z0-9_-]{1,20}$/;
const DEFAULT_COUNTRY = "us";

/** What holds for the whole site. A site.yaml alone tells phones who calls (design §9.24). */
export function readSettings(
  yaml: YamlFields,
  { settings = {}, compat, dahdi, featureCodes = {}, callCompletion = {}, limits = {} }: Written,
): SiteSettings {
  const { attemptcallerid: attemptCallerId = true, emergency } = settings;
  const { deviceStates = {}, ...cc } = callCompletion;
  return {
    attemptCallerId,
    compat: { sla: compat?.sla ?? "product", cc: compat?.cc ?? "product" },
    dahdi: readDahdi(yaml, dahdi),
    featureCodes,
    ...(emergency === undefined ? {} : { emergency }),
    cc: { ...cc, deviceStates },
    limits,
  };
}

function readDahdi(yaml: YamlFields, field: Field | undefined): readonly DahdiMapping[] {
  return [...yaml.of(field?.value, "dahdi").values()].flatMap(({ name, key, value }) => {
    const { account } = readRecord(yaml, value, "a channel", DAHDI_FIELDS);
    if (CHANNEL.test(name) && account !== undefined)
      return [{ channel: name.toLowerCase(), account, origin: yaml.tree.origin(key) }];
    yaml.tree.say("YAML-E13", key, `dahdi "${show(name)}" is left out: write 1: { account: NAME }, or g1: for a group`);
    return [];
  });
}

/** `extensions`: "100" or "100@context": {devices, dial, label, context}. */
export function readNativeExtensions(
  yaml: YamlFields,
  field: Field | undefined,
  siteContext: string,
): readonly NativeExtension[] {
  const taken = new Set<string>();
  return [...yaml.of(field?.value, "extensions").values()].flatMap(({ name, key, value }) => {
    const { context: written, devices = [], ...rest } = readRecord(yaml, value, "an extension", EXTENSION_FIELDS);
    const at = name.indexOf("@");
    const number = at === -1 ? name : name.slice(0, at);
    const context = at === -1 ? (written ?? siteContext) : name.slice(at + 1);
    const id = `${number}@${context}`;
    const isTwice = taken.has(id);
    if (isTwice || context === "" || !NUMBER.test(number)) {
      const mistake = isTwice ? "stands twice: the first is used, remove one" : `is left out: write "100": or "100@CONTEXT":`;
      yaml.tree.say("YAML-E11", key, `extension "${show(name)}" ${mistake}`);
      return [];
    }
    taken.add(id);
    return [{ number, context, devices, ...rest, origin: yaml.tree.origin(key) }];
  });
}

/** `settings.country` and `tones`; undefined: neither is written. */
export function readIndications(
  yaml: YamlFields,
  country: string | undefined,
  field: Field | undefined,
): Indications | undefined {
  if (country === undefined && field === undefined) return undefined;
  const zones = new Map<string, ToneZone>();
  for (const { name, key, value } of yaml.of(field?.value, "tones").values()) {
    const zone = name.toLowerCase();
    const fields = readRecord(yaml, value, "a country", zoneFields);
    if (!ZONE.test(zone) || zones.has(zone)) {
      yaml.tree.say("YAML-E14", key, `tones of "${show(name)}" are left out: write a country once, for example br`);
      continue;
    }
    const { description = "", ringcadence = [] } = fields;
    zones.set(zone, { name: zone, description, ringCadence: ringcadence, tones: readTones(yaml, fields.tones) });
  }
  return { country: (country ?? DEFAULT_COUNTRY).toLowerCase(), zones: [...zones.values()] };
}

function readTones(yaml: YamlFields, field: Field | undefined): readonly NamedTone[] {
  return [...yaml.of(field?.value, "tones").values()].flatMap((written) => {
    const list = toneList.read(yaml, written);
    return list === undefined ? [] : [{ name: written.name.toLowerCase(), list }];
  });
}
