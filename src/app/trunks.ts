import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { Account } from "#domain/site/account";
import type { Site } from "#domain/site/site";
import { CachedDns, systemDns } from "#sip/locate/dns";
import type { Flow } from "#sip/transport/flow";
import type { Store } from "#store/store";
import type { LampRunner } from "./lamp-runner.ts";
import { PeerAddresses } from "./peer-addresses.ts";
import { accountRoute, connectTo, type PeerRoute } from "./peer-route.ts";
import { QualifyRunner } from "./qualify-runner.ts";
import type { SipStack } from "./sip-stack.ts";
import type { SiteRunner } from "./site-runner.ts";
import { TrunkRegistrations } from "./trunk-registrations.ts";

export interface TrunksParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly node: string;
  readonly leaseSeconds: number;
  readonly store: Store;
  readonly site: SiteRunner;
  readonly lamps: LampRunner;
  readonly sip: SipStack;
}

/** Everything about the peers of a site that do not register with us: providers, gateways, other servers. */
export class Trunks {
  readonly registrations: TrunkRegistrations;
  readonly addresses: PeerAddresses;
  readonly #qualify: QualifyRunner;
  readonly #dns: CachedDns;
  readonly #parts: TrunksParts;

  constructor(parts: TrunksParts) {
    const { clock, random, sip, site, lamps } = parts;
    this.#parts = parts;
    this.#dns = new CachedDns(systemDns(clock), clock);
    const welcome = (host: string): void => {
      sip.failures.welcome(host, clock.now());
    };
    const common = { clock, random, dns: this.#dns, transports: sip.transports, clients: sip.transactions.clients, welcome };
    this.registrations = new TrunkRegistrations({ ...parts, ...common });
    this.#qualify = new QualifyRunner({ ...common, lamps });
    this.addresses = new PeerAddresses({
      ...{ clock, random, dns: this.#dns },
      transports: () => sip.transports.listeners.map(({ transport }) => transport),
    });
    site.listen((next) =>
      Promise.resolve(() => {
        this.#setSite(next);
      }),
    );
  }

  /** Registers and asks, once the listeners are open. */
  start(): void {
    this.registrations.start();
    this.#qualify.start();
    // Names were looked up for the transports of listeners that were not open yet.
    void this.addresses.setSite(this.#parts.site.site);
  }

  async stop(): Promise<void> {
    this.#qualify.stop();
    this.addresses.stop();
    await this.registrations.stop();
  }

  /** A connection is gone. */
  flowClosed(flow: Flow): void {
    this.registrations.flowClosed(flow);
  }

  /**
   * How a peer is called and over which flow: the one we are registered over, else one to the first of its places that can be reached.
   * undefined: the account is no peer, its phones register. Rejects when no place can be reached.
   */
  async reach(account: Account): Promise<{ readonly route: PeerRoute; readonly flow: Flow } | undefined> {
    const route = accountRoute(account);
    if (route === undefined) return undefined;
    const registered = route.routes.length === 0 ? this.registrations.flow(account.name) : undefined;
    const { random, sip } = this.#parts;
    const flow = registered ?? (await connectTo(route.wanted, { dns: this.#dns, random, transports: sip.transports }));
    sip.failures.welcome(flow.remoteHost, this.#parts.clock.now());
    return { route, flow };
  }

  #setSite(site: Site): void {
    this.registrations.setSite(site);
    this.#qualify.setSite(site);
    void this.addresses.setSite(site);
  }
}
