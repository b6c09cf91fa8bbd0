import { mailboxesOf, type Account, type OutboundIdentity, type Registration } from "#domain/site/account";
import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { Entry } from "../conf/conf-value.ts";
import { isUsable } from "./account-name.ts";
import {
  listOf,
  parseHost,
  readAcl,
  readCount,
  readFlag,
  readInsecure,
  readPort,
  readTransports,
  type HostAndPort,
} from "./account-values.ts";
import { KnownWords } from "../options/line-findings.ts";
import { readCcOptions, usesCallCompletion } from "./read-cc-options.ts";
import { serverUri } from "./read-register.ts";
import { booleanOf, type Say } from "../options/read-values.ts";
import { written, type SectionOptions } from "../options/section-options.ts";

export const DEFAULT_CONTEXT = "default";
/** chan_sip's qualifyfreq when none is written, in seconds. */
const QUALIFY_SECONDS = 60;
const QUALIFY_MAX_SECONDS = 86_400;
const DIRECT_MEDIA_WORDS: ReadonlySet<string> = new Set(["nonat", "update", "outgoing"]);
const NAT_WORDS = new KnownWords(["no", "yes", "never", "route", "force_rport", "comedia", "auto_force_rport", "auto_comedia"]);

/** Reads an account as sip.conf and users.conf write it; undefined: it cannot be used, and why is said. */
export function readSipAccount(options: SectionOptions, say: Say): Account | undefined {
  const md5secret = options.value("md5secret");
  if (!isUsable(options, md5secret, say)) return undefined;
  const place = readPlace(options, say);
  const acl = readAcl(options.all("permit", "deny"), say);
  if (place === undefined || acl === undefined) return undefined;
  sayWithoutEffect(options, say);
  const context = options.value("context") ?? DEFAULT_CONTEXT;
  const cc = readCcOptions(options, say);
  if (cc !== undefined && usesCallCompletion(cc)) noteCounting(options, say);
  return {
    name: options.name,
    context,
    subscribeContext: options.value("subscribecontext") ?? context,
    ...written({ secret: options.value("secret"), md5secret: md5secret?.toLowerCase(), callerid: callerIdOf(options) }),
    ...place,
    ...written({ type: readType(options, say), mailbox: readMailbox(options, say), cc }),
    ...written({
      transports: readTransports(options.entry("transport"), say),
      insecure: readInsecure(options.entry("insecure"), say),
    }),
    ...written({ acl: acl.length === 0 ? undefined : acl, qualifySeconds: readQualify(options, say) }),
    ...readLimits(options, say),
    ...written({ outbound: outboundOf(options), registration: registrationOf(options, place, say) }),
    origin: options.origin,
  };
}

/** "friend" is left out: it is the default. */
function readType(options: SectionOptions, say: Say): "user" | "peer" | undefined {
  const entry = options.entry("type");
  const word = entry?.value.toLowerCase();
  if (entry === undefined || word === "friend") return undefined;
  if (word === "user" || word === "peer") return word;
  const near = didYouMean(entry.value, ["friend", "peer", "user"]);
  say("SIP-W04", entry, `type "${show(entry.value)}" is not friend, peer or user${near}: friend is used`);
  return undefined;
}

/** Where it is found: nothing of it for one that registers. undefined: `host` cannot be read (SIP-E06). */
function readPlace(options: SectionOptions, say: Say): Partial<HostAndPort> | undefined {
  const entry = options.entry("host");
  const port = readPort(options.entry("port"), say);
  if (entry === undefined || entry.value.toLowerCase() === "dynamic") return {};
  const place = parseHost(entry.value);
  if (place !== undefined) return { ...place, ...written({ port: port ?? place.port }) };
  const message = `host "${show(entry.value)}" of [${show(options.name)}] is no name and no address: write one, or dynamic`;
  say("SIP-E06", entry, message);
  return undefined;
}

/** `callerid`, or put together from the names that realtime and users.conf have for its parts. A `trunkname` is no caller's name. */
function callerIdOf(options: SectionOptions): string | undefined {
  const own = options.own("callerid")?.value;
  if (own !== undefined) return own;
  const [name, number] = [options.value("fullname"), options.value("cid_number")];
  if (name === undefined) return number ?? options.value("callerid");
  return `"${name.replaceAll('"', "'")}"${number === undefined ? "" : ` <${number}>`}`;
}

function readMailbox(options: SectionOptions, say: Say): string | undefined {
  const boxes = mailboxesOf(options.value("mailbox"));
  if (boxes !== undefined) return boxes;
  return readFlag(options.entry("hasvoicemail"), false, say) ? mailboxesOf(options.name) : undefined;
}

/** `qualify` is how long an answer may take, or yes; how often we ask is `qualifyfreq`. */
function readQualify(options: SectionOptions, say: Say): number | undefined {
  const entry = options.entry("qualify");
  if (entry === undefined) return undefined;
  const isOn = /^0*[1-9]\d{0,8}$/.test(entry.value) ? true : booleanOf(entry.value);
  if (isOn === undefined)
    say("SIP-W04", entry, `qualify "${show(entry.value)}" is not yes, no or milliseconds for an answer: no is used`);
  return isOn === true ? readInterval(options, say) : undefined;
}

function readInterval(options: SectionOptions, say: Say): number {
  const entry = options.entry("qualifyfreq");
  if (entry === undefined) return QUALIFY_SECONDS;
  const seconds = /^\d{1,5}$/.test(entry.value) ? Number(entry.value) : 0;
  if (seconds >= 1 && seconds <= QUALIFY_MAX_SECONDS) return seconds;
  const what = `qualifyfreq "${show(entry.value)}" is no number of seconds from 1 to ${QUALIFY_MAX_SECONDS}`;
  say("SIP-W04", entry, `${what}: ${QUALIFY_SECONDS} is used`);
  return QUALIFY_SECONDS;
}

function readLimits(
  options: SectionOptions,
  say: Say,
): Pick<Account, "callLimit" | "busyLevel" | "allowSubscribe" | "directMedia"> {
  const callLimit = readCount(options.entry("call-limit", "call_limit", "incominglimit"), say);
  const busyLevel = readCount(options.entry("busylevel"), say);
  return written({
    callLimit: callLimit === 0 ? undefined : callLimit,
    busyLevel: busyLevel === 0 ? undefined : busyLevel,
    allowSubscribe: readFlag(options.entry("allowsubscribe"), true, say) ? undefined : (false as const),
    directMedia: readDirectMedia(options.entry("directmedia", "canreinvite"), say) ? undefined : (false as const),
  });
}

/** `yes`, `no`, or words of how it is done, of which ours is the only way. */
function readDirectMedia(entry: Entry | undefined, say: Say): boolean {
  const words = listOf(entry?.value ?? "").map((word) => word.toLowerCase());
  if (entry === undefined || words.every((word) => DIRECT_MEDIA_WORDS.has(word))) return true;
  return readFlag(entry, true, say);
}

function outboundOf(options: SectionOptions): OutboundIdentity | undefined {
  const outbound = written({
    username: options.value("defaultuser", "username"),
    secret: options.value("remotesecret"),
    fromUser: options.value("fromuser"),
    fromDomain: options.value("fromdomain"),
    proxy: options.value("outboundproxy"),
  });
  return Object.keys(outbound).length === 0 ? undefined : outbound;
}

/** `callbackextension`: a registration made from the account itself. */
function registrationOf(options: SectionOptions, { host, port }: Partial<HostAndPort>, say: Say): Registration | undefined {
  const entry = options.entry("callbackextension");
  if (entry === undefined) return undefined;
  if (host === undefined) {
    const message = `callbackextension of [${show(options.name)}] needs the provider's host: write host = …, or remove it`;
    say("SIP-W07", entry, message);
    return undefined;
  }
  return {
    server: serverUri({ host, ...written({ port }) }, readTransports(options.entry("transport"), say)?.[0]),
    username: options.value("defaultuser", "username") ?? options.name,
    ...written({ secret: options.value("remotesecret", "secret") }),
    extension: entry.value,
    origin: options.origin,
  };
}

/** Values that change nothing, yet may be written wrong; a list of acl.conf, which would. */
function sayWithoutEffect(options: SectionOptions, say: Say): void {
  const nat = options.entry("nat");
  for (const word of listOf(nat?.value ?? ""))
    if (nat !== undefined && !NAT_WORDS.has(word.toLowerCase()))
      say(
        "SIP-W04",
        nat,
        `nat "${show(word)}" is not known${NAT_WORDS.near(word)}: answers always go back where requests came from`,
      );
  const acl = options.entry("acl");
  if (acl !== undefined)
    say(
      "SIP-W06",
      acl,
      `acl "${show(acl.value)}" is a list of acl.conf, which is not read: nobody is kept out by it, write permit and deny`,
    );
}

/** Call completion needs call counting in Asterisk (sla.md §6, D22). */
function noteCounting(options: SectionOptions, say: Say): void {
  const isCounted = booleanOf(options.value("callcounter") ?? "no") === true;
  if (isCounted || options.entry("call-limit", "call_limit", "incominglimit") !== undefined) return;
  const policy = options.entry("cc_agent_policy") ?? options.entry("cc_monitor_policy");
  const message = `callcounter is not set for [${show(options.name)}]: calls are always counted here, Asterisk needs callcounter = yes`;
  if (policy !== undefined) say("SLA-I34", { valueAt: policy.at }, message);
}
