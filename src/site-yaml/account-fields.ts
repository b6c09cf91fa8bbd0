import { choice, flag, list, record, text, whole, type Kind } from "./kinds.ts";
import { PROFILE_NAMES } from "#domain/lamp/phone-profiles";
import { mailboxesOf, type AclRule } from "#domain/site/account";

const TRANSPORTS = ["udp", "tcp", "tls", "ws", "wss"] as const;
const TYPES = ["friend", "user", "peer"] as const;
const INSECURE = ["port", "invite"] as const;
const ACL_MAX = 100;
const SECRET_MAX_CHARACTERS = 1024;
/** Longer ones overflow in Asterisk (ccss.md §2.3). */
const TIMER_MAX_SECONDS = 2_147_483;
const COUNT_MAX = 1_000_000;
const NETWORK = /^(?:permit|deny) [0-9a-fA-F.:]{2,45}\/\d{1,3}$/;

const timer = (description: string): Kind<number> => whole(`${description}, in seconds`, 1, TIMER_MAX_SECONDS);
const secret = (description: string): Kind<string> => text(description, { max: SECRET_MAX_CHARACTERS });

const rules: Kind<readonly AclRule[]> = mapped(
  list(
    "Addresses it may come from, in order, the last that fits decides: [deny 0.0.0.0/0, permit 192.168.0.0/16]",
    text("permit NETWORK or deny NETWORK", {
      form: { pattern: NETWORK, words: "permit or deny and a network: permit 192.168.0.0/16" },
    }),
    ACL_MAX,
  ),
  (lines) =>
    someOf(
      lines.map((line) => {
        const [action, network = ""] = line.split(" ");
        return { action: action === "permit" ? ("permit" as const) : ("deny" as const), network };
      }),
    ),
);

/** Call completion of an account, as the cc_ options of sip.conf. */
const CC = {
  agentPolicy: choice("How it asks for call backs", ["never", "generic", "native"]),
  monitorPolicy: choice("How others may ask for a call back to it", ["never", "generic", "native", "always"]),
  offerTimer: timer("How long after a call it may ask"),
  ccbsAvailableTimer: timer("How long a request lives that was made of a busy party"),
  ccnrAvailableTimer: timer("How long a request lives that was made of a party that did not answer"),
  recallTimer: timer("How long it is rung for its call back"),
  maxAgents: whole("Requests it may have at once; 0: none", 0, COUNT_MAX),
  maxMonitors: whole("Requests that others may have for it; 0: none", 0, COUNT_MAX),
  callbackSub: text("[[context,]extension,]priority, run on its leg before the call back is dialled"),
  callbackMacro: text("Macro run there, as older Asterisks do"),
  agentDialstring: text("What is rung for the call back; absent: its own device"),
};

const OUTBOUND = {
  username: text("User of digest"),
  secret: secret("What we show it; absent: the secret of the account"),
  fromUser: text("User of From"),
  fromDomain: text("Host of From"),
  proxy: text("Proxy its requests go to"),
};

const REGISTRATION = {
  server: mapped(text("Host or SIP URI of the registrar: sip.example.com, or sip:sip.example.com:5070;transport=tcp"), sipUri),
  username: text("User that is registered"),
  authUser: text("User of digest; absent: username"),
  domain: text("Domain of the address that is registered; absent: that of the registrar"),
  secret: secret("Its password"),
  extension: text("Extension that its calls are delivered to; absent: s"),
  expirySeconds: whole("Seconds a registration lives; absent: the provider's", 1, TIMER_MAX_SECONDS),
};

/** What an account of a site.yaml may say: everything that the site knows of one. */
export const ACCOUNT_FIELDS = {
  secret: secret("Password; absent: one is made and kept in the data folder"),
  md5secret: text("MD5 of name:realm:password, instead of a password", {
    isSecret: true,
    form: { pattern: /^[0-9a-fA-F]{32}$/, words: "32 hexadecimal digits" },
  }),
  authUser: text("User of digest; absent: its name"),
  context: text("Context of its calls; absent: that of the site"),
  subscribeContext: text("Context whose lamps it may watch; absent: that of its calls"),
  callerid: text('Its name and number: "Reception" <100>'),
  type: mapped(choice("Whether it calls in (user), is called (peer), or both (friend, if absent)", TYPES), (type) =>
    type === "friend" ? undefined : type,
  ),
  host: text("Name or address it is always found at; absent: it registers"),
  port: whole("Port beside `host`", 1, 65_535),
  sources: list("Addresses and networks besides `host` that its requests come from", text("An address"), ACL_MAX),
  allowSubscribe: onlyNo("no: it may watch no lamps"),
  seesCallers: onlyNo("no: where it watches a lamp, it is not told who calls"),
  directMedia: onlyNo("no: the sound of its calls always goes through the server"),
  transports: mapped(
    list("Transports it may use, preferred first", choice("A transport", TRANSPORTS), TRANSPORTS.length),
    someOf,
  ),
  mailbox: mapped(text("Mailbox whose messages its lamp shows: 100@default; several parted by commas"), mailboxesOf),
  unsolicitedMwi: mapped(flag("yes: its phones are told of messages without having subscribed", false), (isOn) =>
    isOn ? (true as const) : undefined,
  ),
  acl: rules,
  insecure: mapped(list("What is not looked at of calls from its host", choice("port or invite", INSECURE), 2), (parts) =>
    someOf(INSECURE.filter((part) => parts.includes(part))),
  ),
  profile: choice("How its phones are told things; absent: as they say what they are in User-Agent", PROFILE_NAMES),
  qualifySeconds: whole("Seconds between OPTIONS to it; 0: none", 0, 86_400),
  callLimit: whole("Calls at once", 0, COUNT_MAX),
  busyLevel: whole("Calls from which on it counts as busy", 0, COUNT_MAX),
  cc: record("Call completion, as the cc_ options of sip.conf", "cc", CC),
  outbound: record("How we show ourselves to it", "outbound", OUTBOUND),
  registration: record("We register with it", "registration", REGISTRATION),
};

/** A flag of which only "no" is anything to keep. */
function onlyNo(description: string): Kind<false> {
  return mapped(flag(description), (isOn) => (isOn ? undefined : false));
}

/** An empty list is none. */
function someOf<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

function sipUri(server: string): string {
  return /^sips?:/i.test(server) ? server : `sip:${server}`;
}

function mapped<A, B>({ schema, read }: Kind<A>, map: (value: A) => B | undefined): Kind<B> {
  return {
    schema,
    read: (yaml, field) => {
      const value = read(yaml, field);
      return value === undefined ? undefined : map(value);
    },
  };
}
