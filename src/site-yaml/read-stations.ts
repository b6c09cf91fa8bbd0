import { isMap, type Node } from "yaml";
import { normalMac } from "#domain/site/derived-phones";
import { Suggestions } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { Phone, Station, StationKey } from "#domain/site/site";
import { readRecord } from "./kinds.ts";
import type { Line } from "./read-lines.ts";
import { KEY_FIELDS, STATION_FIELDS } from "./site-fields.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** What stations are made of. */
export interface StationNeeds {
  readonly lines: readonly Line[];
  readonly phones: readonly Phone[];
  readonly keyContext: string | undefined;
  /** Those that follow from lines and phones. */
  readonly ofPhones: readonly Station[];
}

const NAME_MAX_CHARACTERS = 79;
const NAME = /^[^\s\p{C}"<>@;:&,/?#%\\]+$/u;
/** As many as sla.conf may give one. */
const KEYS_MAX = 10_000;
const NO_DELAY = { ringdelay: 0, ringtimeout: 0 };

/** `stations`: NAME: {device, keys, …}, added to those of the phones, whose names and keys they may not take. */
export function readStations(yaml: YamlFields, field: Field | undefined, needs: StationNeeds): readonly Station[] {
  const reader = new StationReader(yaml, needs);
  const written = [...yaml.of(field?.value, "stations").values()].flatMap((station) => reader.read(station));
  return [...needs.ofPhones, ...written];
}

class StationReader {
  readonly #yaml: YamlFields;
  readonly #needs: StationNeeds;
  readonly #lines: ReadonlyMap<string, Line>;
  readonly #suggestions: Suggestions;
  readonly #phones: ReadonlyMap<string, Phone>;
  readonly #names: Set<string>;
  readonly #keys: Set<string>;

  constructor(yaml: YamlFields, needs: StationNeeds) {
    this.#yaml = yaml;
    this.#needs = needs;
    this.#lines = new Map(needs.lines.map((line) => [line.trunk.name.toLowerCase(), line]));
    this.#suggestions = new Suggestions(needs.lines.map(({ trunk }) => trunk.name));
    this.#phones = new Map(needs.phones.map((phone) => [phone.mac, phone]));
    this.#names = new Set(needs.ofPhones.map(({ name }) => name.toLowerCase()));
    this.#keys = new Set(needs.ofPhones.flatMap(({ name, keys }) => keys.map(({ trunk }) => keyId(name, trunk))));
  }

  read(written: Field): Station[] {
    const { name, key, value } = written;
    if (!this.#isFree(written)) return [];
    const {
      keys,
      phone,
      device,
      autocontext = this.#needs.keyContext,
      ...rest
    } = readRecord(this.#yaml, value, "a station", STATION_FIELDS);
    const mac = phone === undefined ? undefined : normalMac(phone);
    if (phone !== undefined && mac === undefined)
      this.#yaml.tree.say("YAML-E03", key, `phone "${show(phone)}" is no MAC address: write 12 hexadecimal digits`);
    const rung = this.#device(written, device, mac);
    if (rung === undefined) return [];
    this.#names.add(name.toLowerCase());
    return [
      {
        name,
        device: rung,
        ...(mac === undefined ? {} : { phone: mac }),
        keys: this.#readKeys(name, keys),
        ...(autocontext === undefined ? {} : { autocontext }),
        ...NO_DELAY,
        hold: "open",
        ...rest,
        origin: this.#yaml.tree.origin(key),
      },
    ];
  }

  #isFree({ name, key }: Field): boolean {
    const isTaken = this.#names.has(name.toLowerCase());
    if (!isTaken && name.length <= NAME_MAX_CHARACTERS && NAME.test(name)) return true;
    const mistake = isTaken
      ? "is there already: the first is used, remove one"
      : `is left out: write 1 to ${NAME_MAX_CHARACTERS} letters, digits, - or .`;
    this.#yaml.tree.say("YAML-E09", key, `station "${show(name)}" ${mistake}`);
    return false;
  }

  /** What is written, else the first account of the phone. */
  #device({ name, key }: Field, written: string | undefined, mac: string | undefined): string | undefined {
    const account = mac === undefined ? undefined : this.#phones.get(mac)?.accounts[0];
    const device = written ?? (account === undefined ? undefined : `SIP/${account}`);
    if (device !== undefined && /^[^/\s]+\/\S/.test(device)) return device;
    const mistake = device === undefined ? "has no device" : `has device "${show(device)}"`;
    this.#yaml.tree.say("YAML-E09", key, `station "${show(name)}" ${mistake}: write device: Tech/resource, for example SIP/100`);
    return undefined;
  }

  #readKeys(station: string, field: Field | undefined): readonly StationKey[] {
    const nodes = this.#yaml.list(field?.value);
    if (nodes.length > KEYS_MAX) this.#yaml.tree.say("YAML-E07", field?.key, `more than ${KEYS_MAX} keys: the first are used`);
    return nodes.slice(0, KEYS_MAX).flatMap((node) => this.#readKey(station, node));
  }

  #readKey(station: string, node: Node): StationKey[] {
    const { line: name, ...rest } = isMap(node)
      ? readRecord(this.#yaml, node, "a key", KEY_FIELDS)
      : { line: this.#yaml.textOf(node, "a key") };
    const line = name === undefined ? undefined : this.#lines.get(name.toLowerCase());
    if (line === undefined) {
      const advice = name === undefined ? "" : this.#suggestions.for(name);
      if (name !== undefined || isMap(node))
        this.#yaml.tree.say(
          "YAML-E04",
          node,
          `line "${show(name ?? "")}" is not defined${advice}: add it to lines, or remove it here`,
        );
      return [];
    }
    const id = keyId(station, line.trunk.name);
    if (this.#keys.has(id)) {
      this.#yaml.tree.say(
        "YAML-E09",
        node,
        `key ${show(`${station}_${line.trunk.name}`)} is there already: remove one, or write "-" for "_"`,
      );
      return [];
    }
    this.#keys.add(id);
    const label = line.label === undefined ? {} : { label: line.label };
    return [{ trunk: line.trunk.name, ...label, ...NO_DELAY, ...rest }];
  }
}

function keyId(station: string, trunk: string): string {
  return `${station}_${trunk}`.toLowerCase();
}
