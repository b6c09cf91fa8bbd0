import type { AccountTransport, Registration } from "#domain/site/account";
import { show } from "#domain/site/shown";
import { parseHost, type HostAndPort } from "./account-values.ts";
import { originOf, type Entry } from "../conf/conf-value.ts";
import type { Say } from "../options/read-values.ts";
import { written } from "../options/section-options.ts";

/** A registration that a file asks for, and the account that it names or that is found by its host. */
export interface WantedRegistration {
  readonly registration: Registration;
  /** Name of the account, as written before "?". */
  readonly peer?: string;
  readonly registrar: HostAndPort;
  readonly entry: Pick<Entry, "valueAt">;
}

const TRANSPORTS = new Map<string, AccountTransport>(
  ["udp", "tcp", "tls", "ws", "wss"].map((name) => [name, name as AccountTransport]),
);
const EXPIRY_MAX_SECONDS = 86_400;
const FORM = "[peer?][transport://]user[@domain][:secret[:authuser]]@host[:port][/extension][~expiry]";

/** Reads `register => …` of [general] (chan_sip's form); undefined: it is not understood (SIP-E05) and left out. */
export function readRegister(entry: Entry, say: Say): WantedRegistration | undefined {
  const at = entry.value.lastIndexOf("@");
  const user = userPart(entry.value.slice(0, Math.max(0, at)));
  const host = at === -1 ? undefined : hostPart(entry.value.slice(at + 1));
  if (user === undefined || host === undefined) {
    const lack = host === undefined ? `no host of a provider after an "@"` : `no user before the "@"`;
    // The value may hold a password: it is not shown.
    say("SIP-E05", entry, `register line has ${lack}: it is left out, write ${FORM}`);
    return undefined;
  }
  const registration: Registration = {
    server: serverUri(host.registrar, user.transport),
    username: user.username,
    ...written({ authUser: user.authUser, domain: user.domain, secret: user.secret }),
    ...written({ extension: host.extension, expirySeconds: host.expirySeconds }),
    origin: originOf(entry),
  };
  return { registration, ...written({ peer: user.peer }), registrar: host.registrar, entry };
}

/** "sip:host:port;transport=tcp". */
export function serverUri({ host, port }: HostAndPort, transport?: AccountTransport): string {
  const address = host.includes(":") ? `[${host}]` : host;
  const suffix = transport === undefined || transport === "udp" ? "" : `;transport=${transport}`;
  return `sip:${address}${port === undefined ? "" : `:${port}`}${suffix}`;
}

interface UserPart {
  readonly peer: string | undefined;
  readonly transport: AccountTransport | undefined;
  readonly username: string;
  readonly domain: string | undefined;
  readonly secret: string | undefined;
  readonly authUser: string | undefined;
}

function userPart(text: string): UserPart | undefined {
  const [, peer, transport, rest = ""] = /^(?:([^?@:/]*)\?)?(?:(udp|tcp|tls|wss?):\/\/)?(.*)$/i.exec(text) ?? [];
  const [address = "", secret, authUser] = rest.split(":");
  const [username = "", domain] = address.split("@");
  if (username === "" || /[\s<>"\p{Cc}]/u.test(username)) return undefined;
  return {
    peer: nonEmpty(peer),
    transport: TRANSPORTS.get(transport?.toLowerCase() ?? ""),
    username,
    domain: nonEmpty(domain),
    secret: nonEmpty(secret),
    authUser: nonEmpty(authUser),
  };
}

interface HostPart {
  readonly registrar: HostAndPort;
  readonly extension: string | undefined;
  readonly expirySeconds: number | undefined;
}

function hostPart(text: string): HostPart | undefined {
  const [beforeExpiry = "", expiry] = text.split("~");
  const [address = "", ...extension] = beforeExpiry.split("/");
  const registrar = parseHost(address.trim());
  if (registrar === undefined || !(expiry === undefined || isExpiry(expiry))) return undefined;
  return {
    registrar,
    extension: nonEmpty(extension.join("/")),
    expirySeconds: expiry === undefined ? undefined : Number(expiry),
  };
}

function isExpiry(text: string): boolean {
  return /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= EXPIRY_MAX_SECONDS;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}

/** Says that a registration went nowhere (SIP-W07). */
export function sayUnused({ entry, registration }: WantedRegistration, why: string, say: Say): void {
  say("SIP-W07", entry, `registration of ${show(registration.username)} is left out: ${why}`);
}
