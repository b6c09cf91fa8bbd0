import fc from "fast-check";
import { mailboxesOf, type Account } from "#domain/site/account";
import { EMPTY_SITE, type Hint, type Phone, type Site, type Station, type Trunk } from "#domain/site/site";
import { CC_STATES, type SiteSettings } from "#domain/site/settings";
import { PROFILE_NAMES } from "#domain/lamp/phone-profiles";
import { DEVICE_STATES } from "#domain/lamp/device-state";
import type { Dialplan } from "#domain/dialplan/dialplan";
import type { Indications } from "#domain/tone/tone-zone";

/** Sites of everything that a site.yaml may say, with words that a careless writer would take for structure. */
const origin = "sla.conf:1";
const word = fc.stringMatching(/^[A-Za-z0-9.-]{1,8}$/);
/** What YAML has a meaning for. */
const hostile = fc.oneof(
  word,
  fc.constantFrom(
    "~",
    "null",
    "no",
    "0x10",
    "007",
    "- a",
    "a: b",
    "# c",
    "&x",
    "*x",
    "{}",
    '"',
    "'",
    "a #b",
    "%",
    "!t",
    "@",
    "`",
    " x ",
    "\u00e9",
    ">",
    "|",
    "[a]",
    "a,b",
    "?",
    ":",
  ),
  fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text)),
);
const name = fc.oneof(
  word,
  fc.constantFrom("~", "null", "no", "1e3", "__proto__", "constructor", "-", "*", "a!b", "'x'", "{a}", "0x1F", "=", "|"),
);
const seconds = fc.nat(86_400);
const device = fc.tuple(fc.constantFrom("SIP", "Local", "DAHDI"), word).map(([tech, resource]) => `${tech}/${resource}`);
const mac = fc.stringMatching(/^[0-9a-f]{12}$/);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

/** A record without the fields that are undefined. */
function filled<T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K] | undefined> }): fc.Arbitrary<T> {
  return fc
    .record(shape as { [K in keyof T]: fc.Arbitrary<T[K]> })
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T);
}

function distinct<T>(items: fc.Arbitrary<T>, nameOf: (item: T) => string, maxLength = 4): fc.Arbitrary<T[]> {
  return fc.uniqueArray(items, { selector: (item) => nameOf(item).toLowerCase(), maxLength });
}

const trunk = filled<Trunk>({
  name,
  device,
  did: maybe(fc.array(word, { maxLength: 3 })),
  context: maybe(hostile),
  autocontext: maybe(hostile),
  ringtimeout: seconds,
  barge: fc.boolean(),
  hold: fc.constantFrom("open", "private"),
  appearances: maybe(fc.integer({ min: 1, max: 10 })),
  origin: fc.constant(origin),
});

const cc = filled<NonNullable<Account["cc"]>>({
  agentPolicy: maybe(fc.constantFrom("never", "generic", "native")),
  monitorPolicy: maybe(fc.constantFrom("never", "generic", "native", "always")),
  offerTimer: maybe(fc.integer({ min: 1, max: 2_147_483 })),
  ccbsAvailableTimer: maybe(fc.integer({ min: 1, max: 2_147_483 })),
  ccnrAvailableTimer: fc.constant(undefined),
  recallTimer: maybe(fc.integer({ min: 1, max: 60 })),
  maxAgents: maybe(fc.nat(9)),
  maxMonitors: maybe(fc.nat(9)),
  callbackSub: maybe(hostile),
  callbackMacro: maybe(hostile),
  agentDialstring: maybe(device),
});

const rule = fc.record({
  action: fc.constantFrom("permit", "deny"),
  network: fc.constantFrom("0.0.0.0/0", "192.168.0.0/16", "fd00::/8"),
});

/** As a reader gives it: each box with its context. */
const mailbox = hostile.map((text) => mailboxesOf(text) ?? "100@default");

const registration = filled<NonNullable<Account["registration"]>>({
  server: fc
    .tuple(word, fc.constantFrom("", ":5070"), fc.constantFrom("", ";transport=tcp"))
    .map(([host, port, transport]) => `sip:${host}${port}${transport}`),
  username: hostile,
  authUser: maybe(hostile),
  domain: maybe(word),
  secret: maybe(hostile),
  extension: maybe(hostile),
  expirySeconds: maybe(fc.integer({ min: 1, max: 90_000 })),
  origin: fc.constant(origin),
});

const account = filled<Account>({
  name: fc.oneof(word, mac),
  secret: maybe(hostile),
  md5secret: maybe(fc.stringMatching(/^[0-9a-f]{32}$/)),
  context: fc.oneof(fc.constant("desks"), hostile),
  authUser: maybe(hostile),
  subscribeContext: fc.oneof(fc.constant("desks"), hostile),
  callerid: maybe(hostile),
  type: maybe(fc.constantFrom("user", "peer")),
  host: maybe(word),
  port: maybe(fc.integer({ min: 1, max: 65_535 })),
  sources: maybe(fc.array(fc.constantFrom("192.0.2.1", "198.51.100.0/24"), { minLength: 1, maxLength: 2 })),
  transports: maybe(fc.uniqueArray(fc.constantFrom("udp", "tcp", "tls", "ws", "wss"), { minLength: 1 })),
  allowSubscribe: maybe(fc.constant(false as const)),
  seesCallers: maybe(fc.constant(false as const)),
  mailbox: maybe(mailbox),
  unsolicitedMwi: maybe(fc.constant(true as const)),
  acl: maybe(fc.array(rule, { minLength: 1, maxLength: 3 })),
  insecure: maybe(fc.subarray(["port", "invite"] as const, { minLength: 1 })),
  profile: maybe(fc.constantFrom(...PROFILE_NAMES)),
  qualifySeconds: maybe(fc.nat(86_400)),
  callLimit: maybe(fc.nat(9)),
  busyLevel: maybe(fc.nat(9)),
  cc: maybe(cc),
  outbound: maybe(
    fc.record(
      { username: hostile, secret: hostile, fromUser: hostile, fromDomain: word, proxy: hostile },
      { requiredKeys: [], noNullPrototype: true },
    ),
  ),
  registration: maybe(registration),
  origin: fc.constant(origin),
});

const stateOf = fc.constantFrom(...DEVICE_STATES);

/** Everything that holds for a whole site. */
export const anySettings: fc.Arbitrary<SiteSettings> = fc.record({
  attemptCallerId: fc.boolean(),
  compat: fc.record({ sla: fc.constantFrom("product", "asterisk"), cc: fc.constantFrom("product", "asterisk") }),
  dahdi: distinct(
    fc.record({ channel: fc.constantFrom("1", "2", "g1"), account: word, origin: fc.constant(origin) }),
    ({ channel }) => channel,
  ),
  featureCodes: fc.record(
    { callCompletionRequest: fc.constantFrom("*30", "30"), callCompletionCancel: fc.constant("*31") },
    { requiredKeys: [] },
  ),
  cc: filled<SiteSettings["cc"]>({
    enabled: maybe(fc.boolean()),
    maxRequests: maybe(fc.nat(100)),
    deviceStates: fc.dictionary(fc.constantFrom(...CC_STATES), stateOf, { noNullPrototype: true }),
  }),
  limits: fc.record(
    {
      subscriptionsPerAccount: fc.integer({ min: 1, max: 9999 }),
      subscriptions: fc.integer({ min: 1, max: 9999 }),
      contactsPerAccount: fc.integer({ min: 1, max: 1000 }),
      openTransactions: fc.integer({ min: 1000, max: 9999 }),
      wrongPasswordsPerAccount: fc.integer({ min: 1, max: 99 }),
      wrongPasswordsPerSource: fc.integer({ min: 1, max: 99 }),
      wrongPasswordWindowSeconds: fc.integer({ min: 10, max: 3600 }),
      banSeconds: fc.integer({ min: 1, max: 86400 }),
      banMaxSeconds: fc.integer({ min: 1, max: 86400 }),
      unauthenticatedPerSecond: fc.integer({ min: 1, max: 9999 }),
      unauthenticatedBurst: fc.integer({ min: 1, max: 9999 }),
      publications: fc.integer({ min: 1, max: 9999 }),
      publicationsPerAccount: fc.integer({ min: 1, max: 9999 }),
      publicationsPerResource: fc.integer({ min: 1, max: 1000 }),
      publishedDevices: fc.integer({ min: 1, max: 9999 }),
      connections: fc.integer({ min: 1, max: 9999 }),
      connectionsPerSource: fc.integer({ min: 1, max: 9999 }),
      httpConnectionsPerSource: fc.integer({ min: 1, max: 9999 }),
      idleSeconds: fc.integer({ min: 1, max: 3600 }),
      headers: fc.integer({ min: 32, max: 256 }),
      headerBytes: fc.integer({ min: 1024, max: 8192 }),
      headerSectionBytes: fc.integer({ min: 1024, max: 16384 }),
      bodyBytes: fc.integer({ min: 1024, max: 65536 }),
      xmlDepth: fc.integer({ min: 8, max: 100 }),
      xmlElements: fc.integer({ min: 10, max: 20000 }),
      xmlAttributes: fc.integer({ min: 8, max: 1000 }),
    },
    { requiredKeys: [] },
  ),
});

const anyStep = fc.record({ label: maybe(word), application: word, args: fc.oneof(fc.constant(""), hostile), gap: fc.nat(2) });

const steps = fc.array(anyStep, { maxLength: 4 }).map((items) => {
  let priority = 0;
  return items.map(({ label, application, args, gap }) => {
    priority += 1 + gap;
    return { priority, ...(label === undefined ? {} : { label }), application, args, origin };
  });
});

const extensionName = fc.oneof(
  fc.stringMatching(/^_?[0-9XNZ*]{1,5}[.!]?$/),
  fc.constantFrom("s", "i", "_[1-5]X.", "~", "null", "_tru[n]kX"),
);

const context = (names: readonly string[]): fc.Arbitrary<Dialplan["contexts"][number]> =>
  fc.record({
    name: fc.constantFrom(...names),
    extensions: fc.uniqueArray(
      filled<Dialplan["contexts"][number]["extensions"][number]>({
        name: extensionName,
        callerId: maybe(fc.constantFrom("", "256", "_X.")),
        steps,
      }),
      { selector: ({ name: own, callerId }) => `${own}/${callerId ?? "-"}`, maxLength: 4 },
    ),
    includes: fc.array(
      filled<Dialplan["contexts"][number]["includes"][number]>({
        context: hostile,
        times: maybe(hostile),
        origin: fc.constant(origin),
      }),
      { maxLength: 3 },
    ),
    ignorePatterns: fc.array(extensionName, { maxLength: 2 }),
  });

/** A dialplan of some contexts. */
export const anyDialplan: fc.Arbitrary<Dialplan> = fc.record({
  contexts: distinct(context(["desks", "a b", "~", "in: x", "#1"]), ({ name: own }) => own),
  globals: distinct(
    fc.record({
      name: fc.constantFrom("A", "a_b", "~", "null"),
      value: fc.oneof(fc.constant(""), hostile),
      origin: fc.constant(origin),
    }),
    ({ name: own }) => own,
  ),
});

const zone = fc.record({
  name: fc.constantFrom("us", "br", "no"),
  description: fc.oneof(fc.constant(""), hostile),
  ringCadence: fc.array(fc.nat(5000), { maxLength: 4 }),
  tones: distinct(
    fc.record({ name: fc.constantFrom("dial", "busy", "~"), list: fc.constantFrom("350+440", "480+620/500,0/500", "!1/1") }),
    ({ name: own }) => own,
  ),
});

const anyIndications: fc.Arbitrary<Indications> = fc.record({
  country: fc.constantFrom("us", "no", "br"),
  zones: distinct(zone, ({ name: own }) => own),
});

function stationsOf(trunks: readonly Trunk[]): fc.Arbitrary<Station[]> {
  const key = filled<Station["keys"][number]>({
    trunk: fc.constantFrom(...trunks.map((item) => item.name), "?"),
    label: maybe(hostile),
    ringdelay: fc.oneof(fc.constant(0), seconds),
    ringtimeout: fc.oneof(fc.constant(0), seconds),
  });
  const station = filled<Station>({
    name: fc.stringMatching(/^[a-z]{1,4}$/),
    device,
    phone: maybe(mac),
    keys: fc.uniqueArray(key, { selector: ({ trunk: of }) => of.toLowerCase(), maxLength: 3 }),
    autocontext: maybe(fc.constantFrom("desks", "x y")),
    ringdelay: seconds,
    ringtimeout: seconds,
    hold: fc.constantFrom("open", "private"),
    origin: fc.constant(origin),
  });
  return distinct(station, ({ name: own }) => own).map((stations) =>
    stations.map((own) => ({ ...own, keys: own.keys.filter(({ trunk: of }) => of !== "?") })),
  );
}

function phonesOf(accounts: readonly Account[]): fc.Arbitrary<Phone[]> {
  const ofAccounts = accounts.map(({ name: own }) => own);
  const phone = filled<Phone>({
    profile: maybe(fc.constantFrom(...PROFILE_NAMES)),
    mac: fc.oneof(mac, ...ofAccounts.filter((own) => /^[0-9a-f]{12}$/.test(own)).map((own) => fc.constant(own))),
    vendor: fc.constantFrom("polycom", "other"),
    model: fc.constantFrom("generic", "VVX_400"),
    label: hostile,
    accounts: ofAccounts.length === 0 ? fc.constant([]) : fc.uniqueArray(fc.constantFrom(...ofAccounts), { maxLength: 2 }),
    origin: fc.constant(origin),
  });
  // An account named by a MAC address is that phone's.
  return distinct(phone, (own) => own.mac).map((phones) =>
    phones.map((own) => (ofAccounts.includes(own.mac) ? { ...own, accounts: [own.mac] } : own)),
  );
}

const extension = filled<Site["extensions"][number]>({
  number: fc.constantFrom("100", "101", "_7XX", "*8"),
  context: fc.constantFrom("desks", "x y"),
  devices: fc.array(device, { maxLength: 2 }),
  dial: maybe(fc.oneof(fc.constant(""), hostile)),
  label: maybe(hostile),
  origin: fc.constant(origin),
});

const hint = fc.record({
  extension: fc.constantFrom("200", "_2XX", "*9", "~", "null", "#1"),
  context: fc.constantFrom("desks", "x y", "~"),
  devices: fc.array(device, { minLength: 1, maxLength: 3 }),
  origin: fc.constant(origin),
});

/** The hints that autocontext makes belong to a site that has been read. */
function keyHints(stations: readonly Station[]): Hint[] {
  return stations.flatMap(({ name: own, autocontext, keys }) =>
    autocontext === undefined
      ? []
      : keys.map(({ trunk: of }) => ({ extension: `${own}_${of}`, context: autocontext, devices: [`SLA:${own}_${of}`], origin })),
  );
}

/** A site as a reader may have read it. */
export const anySite: fc.Arbitrary<Site> = fc
  .record({ trunks: distinct(trunk, ({ name: own }) => own), accounts: distinct(account, ({ name: own }) => own) })
  .chain(({ trunks, accounts }) =>
    fc.record({
      realm: maybe(hostile),
      indications: maybe(anyIndications),
      settings: anySettings,
      trunks: fc.constant(trunks),
      stations: stationsOf(trunks),
      accounts: fc.constant(accounts),
      phones: phonesOf(accounts),
      extensions: fc.uniqueArray(extension, { selector: (own) => `${own.number}@${own.context}`, maxLength: 3 }),
      hints: fc.uniqueArray(hint, { selector: (own) => `${own.extension}@${own.context}`, maxLength: 4 }),
      dialplan: anyDialplan,
    }),
  )
  .map(({ realm, indications, ...site }) => ({
    ...EMPTY_SITE,
    ...site,
    hints: [...site.hints, ...keyHints(site.stations)],
    ...(realm === undefined ? {} : { realm }),
    ...(indications === undefined ? {} : { indications }),
  }));
