import type { Node } from "yaml";
import { normalMac } from "#domain/site/derived-phones";
import { Suggestions } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { Account, Phone, Station } from "#domain/site/site";
import { readRecord } from "./kinds.ts";
import type { Line } from "./read-lines.ts";
import { PHONE_FIELDS } from "./site-fields.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** A phone of a site.yaml with what follows from it. */
export interface PhoneWithKeys {
  readonly phone: Phone;
  /** Its own, unless it has others. */
  readonly account: Account | undefined;
  readonly stations: readonly Station[];
}

/** What phones are made of. */
export interface PhoneNeeds {
  readonly lines: readonly Line[];
  readonly context: string;
  /** Context in which keys can be dialled; undefined: the dialplan says how. */
  readonly keyContext: string | undefined;
  /** Accounts that are written, by name in lower case. */
  readonly accounts: ReadonlyMap<string, Account>;
}

/** Lines × phones: what a file of a few lines may grow to. */
const KEYS_MAX = 250_000;

/** The lines of a site by name, and how many keys phones may still get of them. */
interface Stock extends PhoneNeeds {
  readonly byName: ReadonlyMap<string, Line>;
  readonly suggestions: Suggestions;
  keysLeft: number;
}

/** `phones`: MAC: {…}. Each gets an account named by its MAC as written, unless it has others, and one station a line. */
export function readPhones(yaml: YamlFields, field: Field | undefined, needs: PhoneNeeds): PhoneWithKeys[] {
  const macs = new Set<string>();
  const { lines } = needs;
  const names = lines.map(({ trunk }) => trunk.name);
  const byName = new Map(lines.map((line) => [line.trunk.name.toLowerCase(), line]));
  const stock: Stock = { ...needs, byName, suggestions: new Suggestions(names), keysLeft: KEYS_MAX };
  return [...yaml.of(field?.value, "phones").values()].flatMap((written) => {
    const mac = normalMac(written.name);
    if (mac === undefined || macs.has(mac)) {
      const what =
        mac === undefined ? "is no MAC address: write 12 hexadecimal digits" : "stands twice: the first is used, remove one";
      yaml.tree.say(mac === undefined ? "YAML-E03" : "YAML-E06", written.key, `phone "${show(written.name)}" ${what}`);
      return [];
    }
    macs.add(mac);
    return [readPhone(yaml, written, mac, stock)];
  });
}

function readPhone(yaml: YamlFields, written: Field, mac: string, stock: Stock): PhoneWithKeys {
  const fields = readRecord(yaml, written.value, "a phone", PHONE_FIELDS);
  const name = written.name.replace(/[:.-]/g, "");
  const origin = yaml.tree.origin(written.key);
  const own = { secret: fields.secret, callerid: fields.callerid };
  const known = stock.accounts.get(name.toLowerCase());
  const accounts = fields.accounts ?? [known?.name ?? name];
  const hasOwn = fields.accounts === undefined && known === undefined;
  if (!hasOwn) nameLost(yaml, written, own, accounts);
  return {
    account: hasOwn ? ownAccount({ ...own, name, context: stock.context, origin }) : undefined,
    phone: {
      mac,
      vendor: fields.vendor ?? "polycom",
      model: fields.model ?? "generic",
      label: fields.label ?? name,
      ...(fields.profile === undefined ? {} : { profile: fields.profile }),
      accounts,
      origin,
    },
    stations: stationsOf(accounts, wantedLines(yaml, fields.lines, written.key, stock), origin, stock),
  };
}

interface OwnAccount {
  readonly name: string;
  readonly secret: string | undefined;
  readonly callerid: string | undefined;
  readonly context: string;
  readonly origin: string;
}

function ownAccount({ name, secret, callerid, context, origin }: OwnAccount): Account {
  return {
    name,
    ...(secret === undefined ? {} : { secret }),
    context,
    subscribeContext: context,
    ...(callerid === undefined ? {} : { callerid }),
    origin,
  };
}

/** What would belong to an account that is written elsewhere (YAML-W06). */
function nameLost(
  yaml: YamlFields,
  { key }: Field,
  own: Readonly<Record<"secret" | "callerid", string | undefined>>,
  [account = "NAME"]: readonly string[],
): void {
  for (const [field, value] of Object.entries(own))
    if (value !== undefined)
      yaml.tree.say(
        "YAML-W06",
        key,
        `${field} of this phone has no effect, its account is written: move it to accounts: ${show(account)}`,
      );
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

/** The station of each line key, named as the alternate layout does: L1-<account>. */
function stationsOf([account]: readonly string[], lines: readonly Line[], origin: string, { keyContext }: Stock): Station[] {
  if (account === undefined) return [];
  return lines.map(({ number, trunk, label }) => ({
    name: `L${number}-${account}`,
    device: `SIP/${account}`,
    keys: [{ trunk: trunk.name, ...(label === undefined ? {} : { label }), ringdelay: 0, ringtimeout: 0 }],
    ...(keyContext === undefined ? {} : { autocontext: keyContext }),
    ringdelay: 0,
    ringtimeout: 0,
    hold: "open",
    origin,
  }));
}
