import { parseNetwork } from "#base/network";
import { mailboxesOf, type Account, type AccountTransport, type AclRule, type OutboundIdentity } from "#domain/site/account";
import { show } from "#domain/site/shown";
import { isUsable } from "./account-name.ts";
import { listOf, parseHost, readAcl, readCount, readFlag, readTransports } from "./account-values.ts";
import { KnownWords } from "../options/line-findings.ts";
import type { PjsipObjects } from "./pjsip-objects.ts";
import { parsePjsipUri, type PjsipUri } from "./pjsip-uri.ts";
import type { Say } from "../options/read-values.ts";
import { written, type SectionOptions } from "../options/section-options.ts";

const DEFAULT_CONTEXT = "default";
const SOURCES_MAX = 100;
const QUALIFY_MAX_SECONDS = 86_400;

/** What endpoints are put together from. */
export interface EndpointParts {
  readonly objects: PjsipObjects;
  readonly names: Readonly<Record<"auth" | "aor" | "transport", KnownWords>>;
  readonly identifies: ReadonlyMap<string, readonly SectionOptions[]>;
  /** Of the sections of type acl, which hold for all. */
  readonly acl: readonly AclRule[];
  readonly say: Say;
}

/** One endpoint with its auth, aor, identify and transport as an account; undefined: it cannot be used, and why is said. */
export function readEndpoint(endpoint: SectionOptions, parts: EndpointParts): Account | undefined {
  const { say } = parts;
  const auth = reference(endpoint, "auth", "auth", parts);
  const aor = reference(endpoint, "aors", "aor", parts);
  const shown = secretsOf(endpoint.name, auth, say);
  if (!isUsable(endpoint, shown.md5secret, say)) return undefined;
  const acl = aclOf(endpoint, parts);
  if (acl === undefined) return undefined;
  const contact = contactOf(aor, say);
  const place = placeOf(endpoint, { aor, contact, hasAuth: auth !== undefined }, parts);
  if (place.host === undefined) sayOtherAor(endpoint, aor, say);
  const context = endpoint.value("context") ?? DEFAULT_CONTEXT;
  return {
    name: endpoint.name,
    ...shown,
    context,
    subscribeContext: endpoint.value("subscribe_context") ?? context,
    ...written({ callerid: endpoint.value("callerid"), transports: transportsOf(endpoint, contact, parts) }),
    ...place,
    ...written({ mailbox: mailboxesOf(endpoint.value("mailboxes") ?? aor?.value("mailboxes")) }),
    ...written({ acl: acl.length === 0 ? undefined : acl, ...limitsOf(endpoint, aor, say) }),
    ...written({ outbound: outboundOf(endpoint, parts) }),
    origin: endpoint.origin,
  };
}

/** The section that an option names; one that is not there is named (SIP-W09). */
function reference(
  endpoint: SectionOptions,
  key: string,
  type: "auth" | "aor" | "transport",
  { objects, names, say }: EndpointParts,
): SectionOptions | undefined {
  const entry = endpoint.entry(key);
  if (entry === undefined) return undefined;
  const [name = ""] = listOf(entry.value);
  const found = objects.find(type, name);
  const near = found === undefined ? names[type].near(name) : "";
  if (found === undefined)
    say(
      "SIP-W09",
      entry,
      `${key} of [${show(endpoint.name)}] names "${show(name)}", but no section with type = ${type} is so called${near}`,
    );
  return found;
}

interface Shown {
  readonly secret?: string;
  readonly md5secret?: string;
  readonly authUser?: string;
}

const AUTH_TYPES = new KnownWords(["userpass", "digest", "md5"]);

/** How it shows who it is. Its digest user is that of the auth section, which is not the endpoint's name as a rule. */
function secretsOf(endpoint: string, auth: SectionOptions | undefined, say: Say): Shown {
  if (auth === undefined) return {};
  const type = auth.entry("auth_type");
  if (type !== undefined && !AUTH_TYPES.has(type.value.toLowerCase())) {
    const known = `${AUTH_TYPES.toString()}${AUTH_TYPES.near(type.value)}`;
    say("SIP-W04", type, `auth_type "${show(type.value)}" is not ${known}: userpass is used`);
  }
  const username = auth.value("username");
  return written({ ...keyOf(auth, type?.value.toLowerCase()), authUser: username === endpoint ? undefined : username });
}

/** The password, or the hash where there is none or the type says that it counts. */
function keyOf(auth: SectionOptions, type: string | undefined): Shown {
  const password = auth.value("password");
  if (type !== "md5" && password !== undefined) return { secret: password };
  const digest = /^md5:([0-9a-f]{32})$/i.exec(auth.value("password_digest") ?? "")?.[1];
  return written({ md5secret: (auth.value("md5_cred") ?? digest)?.toLowerCase() });
}

function outboundOf(endpoint: SectionOptions, parts: EndpointParts): OutboundIdentity | undefined {
  const auth = reference(endpoint, "outbound_auth", "auth", parts);
  const outbound = written({
    username: auth?.value("username"),
    secret: auth?.value("password"),
    fromUser: endpoint.value("from_user"),
    fromDomain: endpoint.value("from_domain"),
    proxy: endpoint.value("outbound_proxy"),
  });
  return Object.keys(outbound).length === 0 ? undefined : outbound;
}

/** The endpoint's own list, or else that of the whole server: both at once is more than one list can say (SIP-W10). */
function aclOf(endpoint: SectionOptions, { acl: ofAll, say }: EndpointParts): readonly AclRule[] | undefined {
  sayAclFile(endpoint, say);
  const lines = endpoint.all("permit", "deny");
  const own = readAcl(lines, say);
  const [first] = lines;
  if (own === undefined) return undefined;
  if (first === undefined) return ofAll;
  if (ofAll.length > 0)
    say("SIP-W10", first, `[${show(endpoint.name)}] and a section with type = acl both have lists: the endpoint's own decides`);
  return own;
}

/** Lists of acl.conf are not read. */
export function sayAclFile(options: SectionOptions, say: Say): void {
  const acl = options.entry("acl");
  const message = `acl "${show(acl?.value ?? "")}" is a list of acl.conf, which is not read: nobody is kept out by it, write permit and deny`;
  if (acl !== undefined) say("SIP-W06", acl, message);
}

function contactOf(aor: SectionOptions | undefined, say: Say): PjsipUri | undefined {
  const [entry] = aor?.all("contact") ?? [];
  if (entry === undefined) return undefined;
  const [first = ""] = listOf(entry.value);
  const contact = parsePjsipUri(first);
  // Not shown: it may have a password.
  if (contact === undefined) say("SIP-W04", entry, "contact is no SIP URI: it is ignored, write sip:host:port");
  return contact;
}

type Place = Pick<Account, "host" | "port" | "sources" | "insecure">;

interface Reached {
  readonly aor: SectionOptions | undefined;
  readonly contact: PjsipUri | undefined;
  readonly hasAuth: boolean;
}

/** Where it is, and where its requests come from. Who is known by address alone and has no auth is never asked for a password. */
function placeOf(endpoint: SectionOptions, { aor, contact, hasAuth }: Reached, parts: EndpointParts): Place {
  const matches = matchesOf(endpoint, parts);
  const registers = Number(aor?.value("max_contacts") ?? 0) > 0;
  const byMatch = registers ? undefined : matches.find(({ host }) => host !== undefined);
  const { host, port } = contact ?? byMatch ?? {};
  const sources = matches.filter((match) => match.host === undefined || match.host !== host).map(({ source }) => source);
  const insecure: Account["insecure"] = hasAuth ? ["port"] : ["port", "invite"];
  const isKnownByAddress = matches.length > 0 || host !== undefined;
  return written({
    host,
    port,
    sources: sources.length === 0 ? undefined : sources,
    insecure: isKnownByAddress ? insecure : undefined,
  });
}

interface Match {
  /** As it is written, networks in CIDR form. */
  readonly source: string;
  /** When it is one address or one name. */
  readonly host?: string;
  readonly port?: number;
}

function matchesOf({ name }: SectionOptions, { identifies, say }: EndpointParts): readonly Match[] {
  const entries = (identifies.get(name) ?? []).flatMap((identify) => identify.all("match"));
  const matches = entries.flatMap((entry) =>
    listOf(entry.value).flatMap((text): Match[] => {
      // Its grammar of networks is that of permit.
      const network = readAcl([{ ...entry, key: "permit", value: text }], () => undefined)?.[0]?.network;
      if (network !== undefined)
        return [isOneAddress(network) ? { source: network, host: network.replace(/\/.*$/, "") } : { source: network }];
      const place = parseHost(text);
      if (place !== undefined) return [{ source: place.host, ...place }];
      say("SIP-W04", entry, `match "${show(text)}" is no address, network or name: it is ignored`);
      return [];
    }),
  );
  return matches.slice(0, SOURCES_MAX);
}

function isOneAddress(text: string): boolean {
  const network = parseNetwork(text);
  return network !== undefined && network.bits === (network.family === "ipv6" ? 128 : 32);
}

/** A phone registers with the name of the aor in Asterisk, with that of the account here. */
function sayOtherAor(endpoint: SectionOptions, aor: SectionOptions | undefined, say: Say): void {
  const entry = endpoint.entry("aors");
  if (entry === undefined || aor === undefined || aor.name === endpoint.name) return;
  const [name, own] = [show(aor.name), show(endpoint.name)];
  say("SIP-W11", entry, `phones of [${own}] must register as ${own} here, not as ${name}: give the aor the name of its endpoint`);
}

function transportsOf(
  endpoint: SectionOptions,
  contact: PjsipUri | undefined,
  parts: EndpointParts,
): readonly AccountTransport[] | undefined {
  const section = reference(endpoint, "transport", "transport", parts);
  const written = readTransports(section?.entry("protocol"), parts.say);
  return written ?? (contact?.transport === undefined ? undefined : [contact.transport]);
}

function limitsOf(
  endpoint: SectionOptions,
  aor: SectionOptions | undefined,
  say: Say,
): Pick<Account, "busyLevel" | "qualifySeconds" | "allowSubscribe" | "directMedia"> {
  const busyLevel = readCount(endpoint.entry("device_state_busy_at"), say);
  const qualify = readCount(aor?.entry("qualify_frequency"), say) ?? 0;
  return written({
    busyLevel: busyLevel === 0 ? undefined : busyLevel,
    qualifySeconds: qualify === 0 ? undefined : Math.min(qualify, QUALIFY_MAX_SECONDS),
    allowSubscribe: readFlag(endpoint.entry("allow_subscribe"), true, say) ? undefined : (false as const),
    directMedia: readFlag(endpoint.entry("direct_media"), true, say) ? undefined : (false as const),
  });
}
