import { isIP } from "node:net";
import { parseNetwork } from "#base/network";
import type { Account, AccountTransport, AclRule } from "#domain/site/account";
import { show } from "#domain/site/shown";
import type { Entry } from "../conf/conf-value.ts";
import { KnownWords } from "../options/line-findings.ts";
import { booleanOf, type Say } from "../options/read-values.ts";

const TRANSPORTS: readonly AccountTransport[] = ["udp", "tcp", "tls", "ws", "wss"];
const PORT_MAX = 65_535;
const HOST_MAX_CHARACTERS = 253;
const HOST_LABEL = /^[a-z0-9_-]{1,63}$/i;
/** Rules of one account: each is compared with the address of every request. */
const ACL_MAX_RULES = 100;
const COUNT_MAX = 2_147_483_647;

/** `host` and, written into it or beside it, the port. */
export interface HostAndPort {
  readonly host: string;
  readonly port?: number;
}

/** Reads "name", "name:port", "1.2.3.4", "[2001:db8::1]:5060"; undefined: it is none of them. */
export function parseHost(text: string): HostAndPort | undefined {
  if (isIP(text) !== 0) return { host: text };
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  const [, host = "", port] = bracketed ?? /^([^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isSound = bracketed === null ? isHostName(host) : isIP(host) === 6;
  if (!isSound || !isPort(Number(port ?? 1))) return undefined;
  return port === undefined ? { host } : { host, port: Number(port) };
}

function isHostName(text: string): boolean {
  if (isIP(text) !== 0) return true;
  return (
    text.length <= HOST_MAX_CHARACTERS &&
    text
      .replace(/\.$/, "")
      .split(".")
      .every((label) => HOST_LABEL.test(label))
  );
}

function isPort(port: number): boolean {
  return port >= 1 && port <= PORT_MAX;
}

/** A port of its own line; a bad one is named (SIP-W04) and left out. */
export function readPort(entry: Entry | undefined, say: Say): number | undefined {
  if (entry === undefined) return undefined;
  if (/^\d{1,5}$/.test(entry.value) && isPort(Number(entry.value))) return Number(entry.value);
  say("SIP-W04", entry, `${entry.key} "${show(entry.value)}" is no port from 1 to ${PORT_MAX}: it is ignored`);
  return undefined;
}

/** `transport = udp,tcp`; what is none is named (SIP-W04) and left out. */
export function readTransports(entry: Entry | undefined, say: Say): readonly AccountTransport[] | undefined {
  if (entry === undefined) return undefined;
  const words = listOf(entry.value).map((word) => word.toLowerCase());
  const known = new KnownWords(TRANSPORTS);
  for (const word of words)
    if (!known.has(word))
      say("SIP-W04", entry, `transport "${show(word)}" is not ${known.toString()}${known.near(word)}: it is ignored`);
  const transports = TRANSPORTS.filter((transport) => words.includes(transport));
  transports.sort((a, b) => words.indexOf(a) - words.indexOf(b));
  return transports.length === 0 ? undefined : transports;
}

const INSECURE_WORDS = new Map<string, NonNullable<Account["insecure"]>>([
  ["port", ["port"]],
  ["invite", ["invite"]],
  ["no", []],
  // Older spellings of Asterisk.
  ["yes", ["port"]],
  ["very", ["port", "invite"]],
]);

/** `insecure = port,invite`; the older words yes and very too. */
export function readInsecure(entry: Entry | undefined, say: Say): Account["insecure"] {
  if (entry === undefined) return undefined;
  const parts = listOf(entry.value).flatMap((word) => {
    const meant = INSECURE_WORDS.get(word.toLowerCase());
    if (meant === undefined) say("SIP-W04", entry, `insecure "${show(word)}" is not port, invite or no: it is ignored`);
    return meant ?? [];
  });
  const found = (["port", "invite"] as const).filter((part) => parts.includes(part));
  return found.length === 0 ? undefined : found;
}

/** A yes/no option; another word is named (SIP-W04) and counts as `byDefault`. */
export function readFlag(entry: Entry | undefined, byDefault: boolean, say: Say): boolean {
  const meant = entry === undefined ? byDefault : booleanOf(entry.value);
  if (entry === undefined || meant !== undefined) return meant ?? byDefault;
  say("SIP-W04", entry, `${entry.key} "${show(entry.value)}" is neither yes nor no: ${byDefault ? "yes" : "no"} is used`);
  return byDefault;
}

/** A count of calls; anything else is named (SIP-W04) and ignored. 0 = no limit. */
export function readCount(entry: Entry | undefined, say: Say): number | undefined {
  if (entry === undefined) return undefined;
  if (/^\d{1,10}$/.test(entry.value) && Number(entry.value) <= COUNT_MAX) return Number(entry.value);
  say("SIP-W04", entry, `${entry.key} "${show(entry.value)}" is no number from 0 to ${COUNT_MAX}: it is ignored`);
  return undefined;
}

/**
 * `permit` and `deny` in their order; a value may be a list, and `!` before an address turns the rule round, as in Asterisk. undefined: one of
 * them cannot be read (SIP-E04), and an account whose doors are not known must stay out.
 */
export function readAcl(entries: readonly Entry[], say: Say): readonly AclRule[] | undefined {
  const rules: AclRule[] = [];
  for (const entry of entries)
    for (const part of listOf(entry.value)) {
      const network = aclNetwork(part.replace(/^!\s*/, ""));
      if (network === undefined || rules.length >= ACL_MAX_RULES) {
        say("SIP-E04", entry, badRule(entry.key, part, network === undefined));
        return undefined;
      }
      rules.push({ action: (entry.key === "permit") === part.startsWith("!") ? "deny" : "permit", network });
    }
  return rules;
}

function badRule(key: string, part: string, isUnreadable: boolean): string {
  if (!isUnreadable) return `more than ${ACL_MAX_RULES} rules of permit and deny: the account is left out, write wider networks`;
  return `${key} "${show(part)}" is no network: the account is left out, write an address like 192.168.0.0/16`;
}

/** "192.168.0.0/255.255.0.0", "192.168.0.0/16" or an address alone, in CIDR form. */
function aclNetwork(text: string): string | undefined {
  const [address = "", mask] = text.split("/");
  const bits = mask === undefined || !mask.includes(".") ? mask : maskBits(mask);
  const network = parseNetwork(bits === undefined ? (mask === undefined ? address : "") : text.replace(/\/.*$/, `/${bits}`));
  return network === undefined ? undefined : `${network.address}/${network.bits}`;
}

/** Bits of a netmask without holes. */
function maskBits(mask: string): string | undefined {
  if (isIP(mask) !== 4) return undefined;
  const bits = mask
    .split(".")
    .map((octet) => Number(octet).toString(2).padStart(8, "0"))
    .join("");
  const ones = bits.indexOf("0");
  if (ones === -1) return String(bits.length);
  return bits.includes("1", ones) ? undefined : String(ones);
}

/** Words of a list parted by commas. */
export function listOf(value: string): readonly string[] {
  return value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
