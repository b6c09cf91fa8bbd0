import { lookup, Resolver } from "node:dns/promises";
import type { NaptrRecord } from "node:dns";
import type { Clock } from "#base/clock";
import { RecentMap } from "#base/recent-map";
import type { ServerRecord } from "./order.ts";

/** One way to a domain (RFC 3403), for SIP. */
export type ServiceRecord = Pick<NaptrRecord, "flags" | "service" | "replacement" | "order" | "preference">;

/** What is asked of DNS. A name that does not exist, and a resolver that does not answer, give nothing. */
export interface Dns {
  services(domain: string): Promise<readonly ServiceRecord[]>;
  servers(name: string): Promise<readonly ServerRecord[]>;
  addresses(name: string, family: 4 | 6): Promise<readonly string[]>;
}

/** Records of one answer that are looked at. */
const RECORDS_MAX = 32;
const CACHE_MS = 60_000;
const CACHE_ENTRIES_MAX = 2000;
const TIMEOUT_MS = 2000;
const TRIES = 2;
/** The system's own look-up has no limit of its own. */
const LOOKUP_MAX_MS = 4000;

/** Asks the machine's resolvers, or `servers` ("192.0.2.1:53"); for addresses its hosts file too. */
export function systemDns(clock: Clock, servers?: readonly string[]): Dns {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    services: (domain) => orNothing(resolver.resolveNaptr(domain)),
    servers: (name) => orNothing(resolver.resolveSrv(name)),
    addresses: async (name, family) => {
      const found = await orNothing(family === 6 ? resolver.resolve6(name) : resolver.resolve4(name));
      if (found.length > 0 || servers !== undefined) return found;
      const known = await within(clock, orNothing(lookup(name, { all: true, family })));
      return known.map(({ address }) => address);
    },
  };
}

/** Remembers answers, the empty ones too, for up to a minute, and asks once for all who want the same at once. */
export class CachedDns implements Dns {
  readonly #dns: Dns;
  readonly #clock: Pick<Clock, "now">;
  readonly #answers = new RecentMap<{ readonly at: number; readonly answer: Promise<readonly unknown[]> }>({
    lifeMs: CACHE_MS,
    entriesMax: CACHE_ENTRIES_MAX,
  });

  constructor(dns: Dns, clock: Pick<Clock, "now">) {
    this.#dns = dns;
    this.#clock = clock;
  }

  services(domain: string): Promise<readonly ServiceRecord[]> {
    return this.#ask(`NAPTR ${domain}`, () => this.#dns.services(domain));
  }

  servers(name: string): Promise<readonly ServerRecord[]> {
    return this.#ask(`SRV ${name}`, () => this.#dns.servers(name));
  }

  addresses(name: string, family: 4 | 6): Promise<readonly string[]> {
    return this.#ask(`A${family} ${name}`, () => this.#dns.addresses(name, family));
  }

  #ask<T>(question: string, ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const key = question.toLowerCase();
    const now = this.#clock.now();
    const known = this.#answers.get(key);
    // Each question has answers of one type.
    if (known !== undefined && now - known.at < CACHE_MS) return known.answer as Promise<readonly T[]>;
    const answer = ask().then((records) => records.slice(0, RECORDS_MAX));
    this.#answers.set(key, { at: now, answer }, now);
    return answer;
  }
}

async function orNothing<T>(answer: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await answer;
  } catch {
    // No such name, no such record, no resolver: for whoever looks for a way all are the same.
    return [];
  }
}

async function within<T>(clock: Clock, answer: Promise<readonly T[]>): Promise<readonly T[]> {
  return new Promise((resolve) => {
    const stopTimer = clock.after(LOOKUP_MAX_MS, () => {
      resolve([]);
    });
    void answer.then((records) => {
      stopTimer();
      resolve(records);
    });
  });
}
