import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { Account } from "#domain/site/account";
import { escapeNumber } from "#domain/site/dial-target";
import type { Site } from "#domain/site/site";
import type { Dns } from "#sip/locate/dns";
import { locate, wantedOf, type Target } from "#sip/locate/locate";
import { formatHost } from "#sip/message/uri";
import { toWire } from "#sip/message/wire-text";
import { RegistrationClient, type RegistrationStatus, type RegistrationWish } from "#sip/registration/registration-client";
import type { ClientTransactions } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";
import type { Transports } from "#sip/transport/transports";
import type { Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { credentialsOf } from "./peer-route.ts";
import { reasonOf } from "./reason-of.ts";

/** How an account stands with its provider; "elsewhere": another node of the store keeps its registration. */
export type TrunkStatus = RegistrationStatus | { readonly state: "elsewhere"; readonly since: number };

export interface TrunkRegistrationsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly node: string;
  readonly leaseSeconds: number;
  readonly store: Pick<Store, "leases">;
  readonly dns: Dns;
  readonly clients: ClientTransactions;
  readonly transports: Pick<Transports, "connect" | "listeners">;
  /** Answers and calls of this host are awaited. */
  readonly welcome: (host: string) => void;
}

/** Renewals in the time of one lease. */
const RENEWALS = 3;
const DEFAULT_EXTENSION = "s";

interface Kept {
  readonly account: Account;
  /** Equal: the same registration. */
  readonly key: string;
  readonly wish: RegistrationWish;
  /** Equal: the same binding at the registrar, whoever shows which password for it. */
  readonly binding: string;
  client: RegistrationClient | undefined;
  isElsewhere: boolean;
  since: number;
}

/** The registrations that this site keeps with providers; of several nodes on one store, one node keeps each. */
export class TrunkRegistrations {
  readonly #parts: TrunkRegistrationsParts;
  readonly #kept = new Map<string, Kept>();
  /** Bindings that a former client still speaks of: two at once would undo each other's. */
  readonly #leaving = new Map<string, Promise<void>>();
  #round: Promise<void> = Promise.resolve();
  #stopTimer: StopTimer | undefined;
  #phase: "new" | "running" | "stopped" = "new";

  constructor(parts: TrunkRegistrationsParts) {
    this.#parts = parts;
  }

  /** Those that are gone from the site, or changed, are taken back; new ones begin. */
  setSite({ accounts }: Pick<Site, "accounts">): void {
    const wanted = new Map(accounts.flatMap((account) => keptOf(account, this.#parts.clock.now()) ?? []));
    for (const [name, old] of this.#kept) {
      const next = wanted.get(name);
      if (next?.key === old.key) continue;
      this.#kept.delete(name);
      void this.#leave(old, next);
    }
    for (const [name, kept] of wanted) if (!this.#kept.has(name)) this.#kept.set(name, kept);
    if (this.#phase === "running") this.#next(0);
  }

  /** Registers, once the listeners are open. */
  start(): void {
    this.#phase = "running";
    this.#next(0);
  }

  /** The registrations are left at the registrars: whoever serves next under this name finds them. */
  async stop(): Promise<void> {
    this.#phase = "stopped";
    this.#stopTimer?.();
    for (const { client } of this.#kept.values()) void client?.stop();
    await this.#round;
  }

  /** undefined: the account keeps no registration. */
  status(account: string): TrunkStatus | undefined {
    const kept = this.#kept.get(account);
    if (kept === undefined) return undefined;
    return kept.client?.status ?? { state: kept.isElsewhere ? "elsewhere" : "trying", since: kept.since };
  }

  /** The live way to the provider of an account; undefined: it is not registered from here. */
  flow(account: string): Flow | undefined {
    return this.#kept.get(account)?.client?.flow;
  }

  /** A connection is gone. */
  flowClosed(flow: Flow): void {
    for (const { client } of this.#kept.values()) client?.flowClosed(flow);
  }

  #next(delayMs: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#parts.clock.after(delayMs, () => {
      this.#round = this.#round.then(() => this.#renewAll());
    });
  }

  async #renewAll(): Promise<void> {
    await Promise.all([...this.#kept.values()].map((kept) => this.#renew(kept)));
    if (this.#phase === "running" && this.#kept.size > 0) this.#next((this.#parts.leaseSeconds * 1000) / RENEWALS);
  }

  async #renew(kept: Kept): Promise<void> {
    const { store, node, leaseSeconds, log, clock } = this.#parts;
    const { name } = kept.account;
    try {
      const lease = await store.leases.acquire(COLLECTIONS.registration, name, node, leaseSeconds * 1000);
      if (this.#phase !== "running" || this.#kept.get(name) !== kept) return;
      const isElsewhere = lease.type !== "held";
      if (kept.isElsewhere !== isElsewhere) kept.since = clock.now();
      kept.isElsewhere = isElsewhere;
      if (lease.type === "held") {
        if (!this.#leaving.has(kept.binding)) kept.client ??= this.#begin(kept);
      } else if (kept.client !== undefined) {
        log.info("another node keeps this registration now", { account: name, node: lease.holder });
        void kept.client.stop();
        kept.client = undefined;
      }
    } catch (error) {
      // Who had it goes on: two nodes that register one account do less harm than none.
      log.debug("the lease of a registration is not known", { account: name, error: reasonOf(error) });
    }
  }

  #begin({ account, wish }: Kept): RegistrationClient {
    const { clock, random, clients, transports, dns, log, welcome } = this.#parts;
    const wanted = wantedOf(wish.registrar);
    const own = (): readonly Flow["transport"][] => transports.listeners.map(({ transport }) => transport);
    return new RegistrationClient(wish, {
      ...{ clock, random, clients },
      locate: async () => (wanted === undefined ? [] : locate(wanted, { dns, random, transports: own })),
      connect: (target: Target) => {
        welcome(target.host);
        return transports.connect(target);
      },
      onStatus: ({ state, reason, expiresAt }) => {
        const fields = { account: account.name, registrar: wish.registrar, state, reason, expiresAt };
        if (state === "registered" || state === "trying") log.info("registration with a provider", fields);
        else log.warn("registration with a provider", fields);
      },
    });
  }

  /** One that is gone from the site, or changed to `next`: the same binding is left to its new client, others are taken back. */
  async #leave({ account, client, binding }: Kept, next: Kept | undefined): Promise<void> {
    if (client !== undefined) await this.#left(binding, next?.binding === binding ? client.stop() : client.remove());
    // It may be wanted again meanwhile.
    if (this.#kept.has(account.name)) return;
    const { store, node, log } = this.#parts;
    try {
      await store.leases.release(COLLECTIONS.registration, account.name, node);
    } catch (error) {
      // It runs out.
      log.debug("the lease of a registration was not given back", { account: account.name, error: reasonOf(error) });
    }
  }

  /** Whoever wants this binding begins when nobody speaks of it any more. */
  async #left(binding: string, ended: Promise<void>): Promise<void> {
    const all = Promise.all([this.#leaving.get(binding), ended]).then(() => undefined);
    this.#leaving.set(binding, all);
    await all;
    if (this.#leaving.get(binding) !== all) return;
    this.#leaving.delete(binding);
    if (this.#phase === "running") this.#next(0);
  }
}

function keptOf(account: Account, now: number): [[string, Kept]] | undefined {
  const { registration } = account;
  if (registration === undefined) return undefined;
  const { server, username, domain, extension, expirySeconds } = registration;
  const registrar = toWire(server).replace(/^(sips?:)[^@]*@/i, "$1");
  const host = wantedOf(registrar)?.host;
  if (host === undefined) return undefined;
  const credentials = registrationCredentials(account);
  const wish: RegistrationWish = {
    registrar,
    address: `sip:${escapeNumber(username)}@${domain === undefined ? formatHost(host) : toWire(domain)}`,
    contactUser: escapeNumber(extension ?? DEFAULT_EXTENSION),
    ...(credentials === undefined ? {} : { credentials }),
    ...(expirySeconds === undefined ? {} : { expirySeconds }),
  };
  const binding = `${registrar} ${wish.address} ${wish.contactUser}`;
  return [
    [account.name, { account, key: JSON.stringify(wish), wish, binding, client: undefined, isElsewhere: false, since: now }],
  ];
}

/** A register line has names of its own; the account's hold where it is silent. */
function registrationCredentials(account: Account): RegistrationWish["credentials"] {
  const { authUser, username, secret } = account.registration ?? {};
  if (secret === undefined) return credentialsOf(account);
  return { user: toWire(authUser ?? username ?? account.name), password: toWire(secret) };
}
