import type { Node } from "yaml";
import { normalMac } from "#domain/site/derived-phones";
import { Suggestions } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { Account, Phone, Station } from "#domain/site/site";
import type { Line } from "./read-lines.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** A phone of a site.yaml with what follows from it. */
export interface PhoneWithKeys {
  readonly phone: Phone;
  readonly account: Account;
  readonly stations: readonly Station[];
}

const FIELDS = ["label", "model", "secret", "callerid", "lines"];
/** Lines × phones: what a file of a few lines may grow to. */
const KEYS_MAX = 250_000;

/** The lines of a site by name, and how many keys phones may still get of them. */
interface Stock {
  readonly lines: readonly Line[];
  readonly byName: ReadonlyMap<string, Line>;
  readonly suggestions: Suggestions;
  keysLeft: number;
}

/** `phones`: MAC: {…}. Each gets an account named by its MAC as written and one station a line. */
export function readPhones(yaml: YamlFields, field: Field | undefined, lines: readonly Line[], context: string): PhoneWithKeys[] {
  const macs = new Set<string>();
  const names = lines.map(({ trunk }) => trunk.name);
  const byName = new Map(lines.map((line) => [line.trunk.name.toLowerCase(), line]));
  const stock: Stock = { lines, byName, suggestions: new Suggestions(names), keysLeft: KEYS_MAX };
  return [...yaml.of(field?.value, "phones").values()].flatMap((written) => {
    const mac = normalMac(written.name);
    if (mac === undefined || macs.has(mac)) {
      const what =
        mac === undefined ? "is no MAC address: write 12 hexadecimal digits" : "stands twice: the first is used, remove one";
      yaml.tree.say(mac === undefined ? "YAML-E03" : "YAML-E06", written.key, `phone "${show(written.name)}" ${what}`);
      return [];
    }
    macs.add(mac);
    return [readPhone(yaml, written, mac, context, stock)];
  });
}

function readPhone(yaml: YamlFields, written: Field, mac: string, context: string, stock: Stock): PhoneWithKeys {
  const fields = yaml.known(written.value, FIELDS, "a phone");
  const name = written.name.replace(/[:.-]/g, "");
  const origin = yaml.tree.origin(written.key);
  const secret = yaml.text(fields.get("secret"));
  const callerid = yaml.text(fields.get("callerid"));
  return {
    account: {
      name,
      ...(secret === undefined ? {} : { secret }),
      context,
      subscribeContext: context,
      ...(callerid === undefined ? {} : { callerid }),
      origin,
    },
    phone: {
      mac,
      vendor: "polycom",
      model: yaml.text(fields.get("model")) ?? "generic",
      label: yaml.text(fields.get("label")) ?? name,
      accounts: [name],
      origin,
    },
    stations: wantedLines(yaml, fields.get("lines"), written.key, stock).map((line) => station(name, line, context, origin)),
  };
}

/** All lines, or those that the phone names, in its order. */
function wantedLines(yaml: YamlFields, field: Field | undefined, phone: Node, stock: Stock): readonly Line[] {
  const lines = field?.value === undefined ? stock.lines : namedLines(yaml, field.value, stock);
  stock.keysLeft -= lines.length;
  if (stock.keysLeft >= 0) return lines;
  stock.keysLeft += lines.length;
  yaml.tree.say(
    "YAML-E07",
    phone,
    `this phone gets no line keys: the site has more than ${KEYS_MAX}, name the lines of each phone`,
  );
  return [];
}

function namedLines(yaml: YamlFields, written: Node, stock: Stock): readonly Line[] {
  const wanted = new Set<Line>();
  for (const item of yaml.list(written)) {
    const name = yaml.textOf(item, "a line of a phone");
    const line = name === undefined ? undefined : stock.byName.get(name.toLowerCase());
    if (line !== undefined) wanted.add(line);
    else if (name !== undefined) {
      const advice = `${stock.suggestions.for(name)}: add it to lines, or remove it here`;
      yaml.tree.say("YAML-E04", item, `line "${show(name)}" is not defined${advice}`);
    }
  }
  return [...wanted];
}

/** The station of one line key, named as the alternate layout does: L1-<account>. */
function station(account: string, { number, trunk, label }: Line, context: string, origin: string): Station {
  return {
    name: `L${number}-${account}`,
    device: `SIP/${account}`,
    keys: [{ trunk: trunk.name, ...(label === undefined ? {} : { label }), ringdelay: 0, ringtimeout: 0 }],
    autocontext: context,
    ringdelay: 0,
    ringtimeout: 0,
    hold: "open",
    origin,
  };
}
