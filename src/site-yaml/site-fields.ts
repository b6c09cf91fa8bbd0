import { CC_STATES } from "#domain/site/settings";
import { DEVICE_STATES } from "#domain/lamp/device-state";
import { APPEARANCES_MAX } from "#domain/site/shared-lines";
import { PROFILE_NAMES } from "#domain/lamp/phone-profiles";
import { choice, flag, list, mapSchema, record, recordSchema, seconds, text, whole, written } from "./kinds.ts";
import { ACCOUNT_FIELDS } from "./account-fields.ts";
import { LIMIT_FIELDS } from "./limit-fields.ts";
import { CONTEXT_FIELDS, globalValue, hintDevices, zoneFields } from "./dialplan-fields.ts";

/** What a map of a site.yaml may say, one table a map: readers and the JSON Schema both follow it. */
const DEVICE = "Tech/resource, as in sla.conf: SIP/0000FFFF0005, Local/trunk1@sla_trunks/n, DAHDI/1";
const DEVICES_MAX = 50;
const LINES_MAX = 1000;
const DIDS_MAX = 1000;
const ACCOUNTS_MAX = 50;
const COUNT_MAX = 100_000_000;

const lineNames = list("Names of lines, in the order of the keys; [] for none", text("Name of a line"), LINES_MAX);

/** A line (a trunk of sla.conf). */
export const LINE_FIELDS = {
  device: text(`What is dialled when somebody takes the line: ${DEVICE}. Absent: Custom/NAME, a lamp alone`),
  label: text("What its keys show"),
  did: list("Numbers that callers reach this line by", text("A number"), DIDS_MAX),
  context: text("Context that calls to these numbers come in at; absent: default"),
  autocontext: text("Context whose extension s is made to ring this line"),
  ringtimeout: seconds("Seconds that a call rings at most; 0: as long as the caller waits"),
  barge: flag("Whether a key joins a call that goes on"),
  hold: choice("Who may take a held call back: anybody (open), or who held it (private)", ["open", "private"], "open"),
  appearances: whole("Calls that phones with shared call appearance show of it; absent: 1", 1, APPEARANCES_MAX),
};

/** A desk phone. */
export const PHONE_FIELDS = {
  label: text("What the phone shows, and what it is called in lists"),
  vendor: text("Maker of the phone; absent: polycom"),
  model: text("Model of the phone, for example VVX_400; absent: generic"),
  secret: text("Password of its account; absent: one is made and written into its file", { max: 1024 }),
  callerid: text('Its name and number: "Reception" <100>'),
  accounts: list(
    "Accounts it registers with, first = registration 1; absent: one of its own, named by its MAC",
    text("Name of an account"),
    ACCOUNTS_MAX,
  ),
  profile: choice("How it is told things; absent: as it says what it is in User-Agent", PROFILE_NAMES),
  lines: written({ ...lineNames.schema, description: "Lines it has keys of, in this order; absent: all, []: none" }),
};

/** One key of a station. */
export const KEY_FIELDS = {
  line: text("Name of the line"),
  label: text("What the key shows; absent: the label of the line"),
  ringdelay: seconds("Seconds after which this phone begins to ring for this line"),
  ringtimeout: seconds("Seconds after which this phone no longer rings for this line"),
};

const key = { anyOf: [text("Name of a line").schema, recordSchema("A key", KEY_FIELDS)] };

/** A station of sla.conf, where lines × phones does not say it. */
export const STATION_FIELDS = {
  device: text(`What is rung: ${DEVICE}. Absent: the first account of \`phone\``),
  phone: text("MAC address of the phone that shows its keys; absent: the one that has the account of `device`"),
  keys: written({ description: "Its line keys, in order", anyOf: [{ type: "array", items: key }, key] }),
  autocontext: text("Context in which its extensions and hints are made; absent: that of the site"),
  ringdelay: seconds("Seconds after which it begins to ring"),
  ringtimeout: seconds("Seconds that it rings at most"),
  hold: choice("Who may take a call back that it held: anybody (open), or itself (private)", ["open", "private"], "open"),
};

/** A number that people dial and watch. */
export const EXTENSION_FIELDS = {
  devices: list("Devices whose state its lamp shows", text(DEVICE), DEVICES_MAX),
  dial: text('Arguments of Dial; absent: its devices for 20 seconds; "": it cannot be dialled', { max: 1024, mayBeEmpty: true }),
  label: text("What it is called in lists"),
  context: text("Context it belongs to; absent: that of the site"),
};

const compat = (what: string): ReturnType<typeof choice<"product" | "asterisk">> =>
  choice(`Whose way of doing ${what}: ours, or Asterisk's with its limits`, ["product", "asterisk"]);

/** Emergency numbers of a site. */
const EMERGENCY_MAX = 20;

/** Entries of a list. */
export const LIST_ENTRIES_MAX = 500;

/** One entry of a list. */
export const LIST_ENTRY_FIELDS = {
  extension: text("An extension with a hint"),
  label: text("What its key shows"),
  list: text("Name of another list, all of which is in this one"),
};

const listEntry = { anyOf: [text("An extension").schema, recordSchema("An entry", LIST_ENTRY_FIELDS)] };

/** What holds for the whole site. */
export const SETTING_FIELDS = {
  attemptcallerid: flag(
    "Whether phones and lines are told who calls (sla.conf). Absent: yes; beside a sla.conf that does not say it: no",
  ),
  emergency: list(
    "Emergency numbers: phones reach them past all lines and limits, by the trunks in their order, unless the dialplan says how",
    text("A number: 112", { max: 20, form: { pattern: /^[0-9*#]{1,20}$/, words: "digits" } }),
    EMERGENCY_MAX,
  ),
  country: text("Whose tones are played: us, uk, br, …; see `tones`", { max: 20 }),
};

const CODE = { max: 20, form: { pattern: /^[0-9*#A-Da-d]+$/, words: "digits, * and #" } };

/** Numbers that a phone dials to ask for something. */
export const FEATURE_CODE_FIELDS = {
  callCompletionRequest: text("Asks for a call back when the called party is free: *30", CODE),
  callCompletionCancel: text("Takes that back: *31", CODE),
};

const ccStates = Object.fromEntries(
  CC_STATES.map((state) => [state, choice(`Lamp of a completion that is ${state}`, DEVICE_STATES)]),
) as Readonly<Record<(typeof CC_STATES)[number], ReturnType<typeof choice<(typeof DEVICE_STATES)[number]>>>>;

/** Call completion, as in ccss.conf. */
export const CC_FIELDS = {
  enabled: flag("Whether anybody may ask for a call back"),
  maxRequests: whole("Requests at once in the whole system", 0, COUNT_MAX),
  deviceStates: record("What the lamp of a completion shows, by its state", "deviceStates", ccStates),
};

/** A DAHDI channel or group. */
export const DAHDI_FIELDS = { account: text("Account that stands for the channel: a port of a gateway") };

/** The whole file. */
export const SITE_FIELDS = {
  realm: text("Realm of SIP digests; absent: the server's --domain"),
  context: text("Context of phones, keys, extensions and hints; absent: default"),
  autocontext: flag("Whether extensions that press the keys are made in `context`; no: `contexts` does it"),
  settings: record("What holds for the whole site", "settings", SETTING_FIELDS),
  compat: record("Where Asterisk's limits are kept to", "compat", { sla: compat("shared lines"), cc: compat("call completion") }),
  limits: record("Limits of the server", "limits", LIMIT_FIELDS),
  dahdi: written(mapSchema("DAHDI channel or group (1, g1): what stands for it", recordSchema("A channel", DAHDI_FIELDS))),
  featureCodes: record("Numbers that a phone dials to ask for something", "featureCodes", FEATURE_CODE_FIELDS),
  callCompletion: record("Call completion, as in ccss.conf", "callCompletion", CC_FIELDS),
  lines: written({
    description: "Lines: names, or NAME: {…}",
    anyOf: [
      mapSchema("NAME: {…}", recordSchema("A line", LINE_FIELDS)),
      { type: "array", items: text("Name of a line").schema },
      text("Name of a line").schema,
    ],
  }),
  phones: written(mapSchema("MAC: {…}; each has an account and a key a line", recordSchema("A phone", PHONE_FIELDS))),
  stations: written(mapSchema("NAME: {…}, for keys that lines × phones cannot say", recordSchema("A station", STATION_FIELDS))),
  accounts: written(
    mapSchema("NAME: {…}: providers, gateways, and phones that need more", recordSchema("An account", ACCOUNT_FIELDS)),
  ),
  extensions: written(mapSchema('"100" or "100@CONTEXT": {…}', recordSchema("An extension", EXTENSION_FIELDS))),
  hints: written(mapSchema('"100": [Tech/resource, …]', hintDevices.schema)),
  lists: written(
    mapSchema("NAME: [100, { extension: 101, label: Anna }, { list: OTHER }], watched with one subscription (RFC 4662)", {
      anyOf: [{ type: "array", items: listEntry, maxItems: LIST_ENTRIES_MAX }, listEntry],
    }),
  ),
  contexts: written(mapSchema("NAME: {…}: a dialplan, as in extensions.conf", recordSchema("A context", CONTEXT_FIELDS))),
  globals: written(mapSchema("NAME: value, as in [globals]", globalValue.schema)),
  tones: written(mapSchema("COUNTRY: {…}, as in indications.conf", recordSchema("A country", zoneFields))),
};
