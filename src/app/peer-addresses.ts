import type { Clock, StopTimer } from "#base/clock";
import { insideOf, parseNetwork, type Network } from "#base/network";
import type { Account } from "#domain/site/account";
import type { Site } from "#domain/site/site";
import { locate, type LocateParts } from "#sip/locate/locate";
import { isIP } from "node:net";

/** Where a request came from. */
export interface SourceAddress {
  readonly host: string;
  readonly port: number;
}

/** An account that a source address stands for (design §9.14 b). */
export interface FoundPeer {
  readonly account: Account;
  /** `insecure=invite`: its calls are not challenged. */
  readonly waivesChallenge: boolean;
}

/** Names → addresses as they were resolved last. */
export type ResolvedHosts = ReadonlyMap<string, readonly string[]>;

const DEFAULT_PORT = 5060;

/**
 * The peer that an address belongs to: the first account whose `host` it is, its port compared unless `insecure` has `port`; else the first
 * one whose `sources` hold it. An account that may only be called (type=user has no host) is none.
 */
export function peerOfAddress(
  { accounts }: Pick<Site, "accounts">,
  { host, port }: SourceAddress,
  resolved: ResolvedHosts = new Map(),
): FoundPeer | undefined {
  const isAt = (account: Account): boolean => isHostOf(account, host, resolved) && isPortOf(account, port);
  const account = accounts.find(isAt) ?? accounts.find(({ sources }) => sources !== undefined && holds(sources, host, resolved));
  return account === undefined ? undefined : { account, waivesChallenge: account.insecure?.includes("invite") ?? false };
}

function isHostOf({ host }: Account, source: string, resolved: ResolvedHosts): boolean {
  return host !== undefined && addressesOf(host, resolved).includes(source.toLowerCase());
}

function isPortOf({ port, insecure }: Account, source: number): boolean {
  return insecure?.includes("port") === true || (port ?? DEFAULT_PORT) === source;
}

function addressesOf(host: string, resolved: ResolvedHosts): readonly string[] {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return isIP(name) === 0 ? (resolved.get(name) ?? []) : [name];
}

function holds(sources: readonly string[], host: string, resolved: ResolvedHosts): boolean {
  const networks: Network[] = [];
  for (const source of sources) {
    const network = parseNetwork(source);
    if (network !== undefined) networks.push(network);
    else if (addressesOf(source, resolved).includes(host.toLowerCase())) return true;
  }
  return insideOf(networks)(host);
}

/** How often names are looked up anew. */
const REFRESH_MS = 300_000;
/** Names of one site that are looked up. */
const NAMES_MAX = 500;

/** Keeps the addresses of hosts that accounts name: looked up when the site is read and every five minutes. */
export class PeerAddresses {
  readonly #parts: LocateParts & { readonly clock: Clock };
  #resolved = new Map<string, readonly string[]>();
  #site: Pick<Site, "accounts"> = { accounts: [] };
  #stopTimer: StopTimer | undefined;

  constructor(parts: LocateParts & { readonly clock: Clock }) {
    this.#parts = parts;
  }

  /** The peer that a source is, by what is known now. */
  find(source: SourceAddress): FoundPeer | undefined {
    return peerOfAddress(this.#site, source, this.#resolved);
  }

  /** Takes a site over; resolves when its names were looked up once. Those known already hold meanwhile. */
  async setSite(site: Pick<Site, "accounts">): Promise<void> {
    this.#site = site;
    await this.#refresh();
  }

  stop(): void {
    this.#stopTimer?.();
  }

  async #refresh(): Promise<void> {
    const site = this.#site;
    this.#stopTimer?.();
    this.#stopTimer = this.#parts.clock.after(REFRESH_MS, () => {
      void this.#refresh();
    });
    const names = namesOf(site);
    const found = await Promise.all(names.map(async (name) => [name, await this.#lookUp(name)] as const));
    if (site === this.#site) this.#resolved = new Map(found);
  }

  /** A provider's calls come from any of its servers; a name that is not found now keeps what it was. */
  async #lookUp(name: string): Promise<readonly string[]> {
    const targets = await locate({ host: name }, this.#parts);
    const addresses = [...new Set(targets.map(({ host }) => host.toLowerCase()))];
    return addresses.length > 0 ? addresses : (this.#resolved.get(name) ?? []);
  }
}

function namesOf({ accounts }: Pick<Site, "accounts">): string[] {
  const written = accounts.flatMap(({ host, sources = [] }) => [...(host === undefined ? [] : [host]), ...sources]);
  const names = written.map((host) => host.toLowerCase()).filter((host) => parseNetwork(host) === undefined && isIP(host) === 0);
  return [...new Set(names)].slice(0, NAMES_MAX);
}
