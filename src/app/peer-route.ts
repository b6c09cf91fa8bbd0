import type { Account } from "#domain/site/account";
import { escapeNumber } from "#domain/site/dial-target";
import { locate, wantedOf, type LocateParts, type OutgoingTransport, type Target, type Wanted } from "#sip/locate/locate";
import { formatHost, formatHostPort, parseHostPort } from "#sip/message/uri";
import { toWire } from "#sip/message/wire-text";
import type { Flow } from "#sip/transport/flow";
import type { AccountPlace } from "#sources/registrar/registrar-source";
import type { Transports } from "#sip/transport/transports";

/** How a peer is spoken to: a provider, a gateway, another PBX. Strings are binary strings, ready for the wire. */
export interface PeerRoute {
  /** The Request-URI for a number; without one, of the peer itself. */
  requestUri(number?: string): string;
  /** Values of Route: the outbound proxy. */
  readonly routes: readonly string[];
  /** Where its requests are sent. */
  readonly wanted: Wanted;
  /** User of From; undefined: the caller's number. */
  readonly fromUser: string | undefined;
  /** Domain of From; undefined: our own. */
  readonly fromDomain: string | undefined;
  /** Whom we show ourselves as when we are challenged. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
}

const OUTGOING: readonly OutgoingTransport[] = ["udp", "tcp", "tls"];

/** The route of an account with a fixed host, an outbound proxy or a registration; undefined: its phones are found where they registered. */
export function accountRoute(account: Account): PeerRoute | undefined {
  const { outbound, registration } = account;
  const own = ownPlace(account) ?? (registration === undefined ? undefined : wantedOf(toWire(registration.server)));
  if (own === undefined) return undefined;
  const proxy = outbound?.proxy === undefined ? undefined : proxyOf(outbound.proxy);
  const { fromUser, fromDomain } = fromOf(account, own);
  return {
    requestUri: (number) => uriOf(own, number),
    routes: proxy === undefined ? [] : [`<${uriOf(proxy)};lr>`],
    wanted: proxy ?? own,
    fromUser,
    fromDomain,
    credentials: credentialsOf(account),
  };
}

/** Is the peer asked by OPTIONS whether it is there? */
export function isQualified({ host, qualifySeconds = 0 }: Account): boolean {
  return host !== undefined && qualifySeconds > 0;
}

/** Where a hint on the account's device looks for it. */
export function placeOf(account: Account): AccountPlace {
  if (isQualified(account)) return "asked";
  return accountRoute(account) === undefined ? "registers" : "fixed";
}

function fromOf({ outbound, registration }: Account, own: Wanted): Pick<PeerRoute, "fromUser" | "fromDomain"> {
  const user = outbound?.fromUser ?? registration?.username;
  const domain = outbound?.fromDomain ?? (registration === undefined ? undefined : (registration.domain ?? own.host));
  return {
    fromUser: user === undefined ? undefined : escapeNumber(user),
    fromDomain: domain === undefined ? undefined : toWire(domain),
  };
}

/** Whom we show ourselves as to the peer of an account, where there is a password to show. */
export function credentialsOf(account: Account): PeerRoute["credentials"] {
  const { outbound, registration, secret } = account;
  const password = outbound?.secret ?? registration?.secret ?? secret;
  if (password === undefined || password === "") return undefined;
  const user = outbound?.username ?? registrationUser(account) ?? account.authUser ?? account.name;
  return { user: toWire(user), password: toWire(password) };
}

function registrationUser({ registration }: Account): string | undefined {
  return registration?.authUser ?? registration?.username;
}

function ownPlace({ host, port, transports }: Account): Wanted | undefined {
  if (host === undefined) return undefined;
  const transport = OUTGOING.find((name) => name === transports?.find((one) => OUTGOING.some((known) => known === one)));
  return { host, ...(port === undefined ? {} : { port }), ...(transport === undefined ? {} : { transport }) };
}

/** "sip:proxy:5070;transport=tcp", "proxy", "proxy:5070", with Asterisk's ",force" behind it. */
function proxyOf(text: string): Wanted | undefined {
  const [written = ""] = toWire(text).split(",");
  if (/^sips?:/i.test(written)) return wantedOf(written);
  const address = parseHostPort(written.trim());
  if (address === undefined) return undefined;
  return { host: address.host, ...(address.port === undefined ? {} : { port: address.port }) };
}

function uriOf({ host, port, transport, isSecure }: Wanted, number?: string): string {
  const user = number === undefined || number === "" ? "" : `${escapeNumber(number)}@`;
  const place = port === undefined ? formatHost(host) : formatHostPort(host, port);
  // UDP is what everybody takes for granted.
  const suffix = transport === undefined || transport === "udp" ? "" : `;transport=${transport}`;
  return `${isSecure === true ? "sips" : "sip"}:${user}${place}${suffix}`;
}

/** The first place of a peer that a flow leads to; rejects when none does. */
export async function connectTo(
  wanted: Wanted,
  { transports, ...parts }: Omit<LocateParts, "transports"> & { readonly transports: Pick<Transports, "connect" | "listeners"> },
): Promise<Flow> {
  const targets = await locate(wanted, { ...parts, transports: () => transports.listeners.map(({ transport }) => transport) });
  let last: unknown = new Error(`no address of ${wanted.host} is known`);
  for (const target of targets) {
    try {
      return await transports.connect(target satisfies Target);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
