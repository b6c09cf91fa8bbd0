import type { Clock } from "#base/clock";
import { Lifecycle } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { TimerWheel } from "#base/timer-wheel";
import { EVENT_PACKAGES } from "#event-packages/registry";
import { Authenticator } from "#sip/auth/authenticator";
import type { AuthenticatorParts } from "#sip/auth/authenticator";
import { Compositor } from "#sip/publication/compositor";
import { DEFAULT_PUBLICATION_LIMITS } from "#sip/publication/limits";
import type { PublicationPackage } from "#sip/publication/package";
import type { PublicationDirectory, PublicationObserver, PublicationStore } from "#sip/publication/ports";
import { Registrar, type BindingStore } from "#sip/registrar/registrar";
import { Notifier } from "#sip/subscription/notifier";
import type { NotifierObserver, ResourceDirectory, SubscriptionStore } from "#sip/subscription/ports";
import { UnsolicitedNotifier } from "#sip/unsolicited/unsolicited-notifier";
import { optionsHandler } from "#sip/transaction/dispatch";
import { SERVER_TRANSACTIONS_MAX } from "#sip/transaction/limits";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { Flow } from "#sip/transport/flow";
import type { TlsIdentity } from "#sip/transport/listener";
import { BadListener, Transports } from "#sip/transport/transports";
import type { SiteLimits } from "#domain/site/settings";
import { StartRefused } from "./config.ts";
import { failureLimits, notifierLimits, registrarLimits } from "./site-limits.ts";

/** Granularity of all SIP timers. */
const TICK_MS = 25;

/** Option tags: outbound (RFC 5626) and Path (RFC 3327). */
const SUPPORTED = ["outbound", "path"];

export interface SipStackParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly node: string;
  readonly advertise: string | undefined;
  /** For listeners inside TLS. */
  readonly tls: TlsIdentity | undefined;
  readonly nonceKey: string;
  readonly realm: () => string;
  readonly credential: AuthenticatorParts["credential"];
  readonly refusal: Required<AuthenticatorParts>["refusal"];
  readonly limits: () => SiteLimits;
  readonly isAccount: (name: string) => boolean;
  readonly trusted: (flow: Flow) => boolean;
  readonly isOurHost: (host: string) => boolean;
  readonly bindings: BindingStore;
  readonly subscriptions: SubscriptionStore;
  readonly directory: ResourceDirectory;
  readonly observer: NotifierObserver & PublicationObserver;
  /** A device has registered with this node. */
  readonly onBound: (device: { readonly aor: string; readonly flow: Flow }) => void;
  readonly publications: PublicationStore;
  readonly publicationDirectory: PublicationDirectory;
  readonly publicationPackages: readonly PublicationPackage[];
}

/** Everything that speaks SIP on this node, wired; `listen` opens the ports. */
export class SipStack {
  readonly transports: Transports;
  readonly transactions: TransactionLayer;
  readonly authenticator: Authenticator;
  readonly notifier: Notifier;
  readonly unsolicited: UnsolicitedNotifier;
  readonly #lifecycle = new Lifecycle();

  constructor(parts: SipStackParts) {
    const { clock, random, log } = parts;
    const wheel = new TimerWheel(clock, TICK_MS);
    this.transactions = new TransactionLayer({
      wheel,
      random,
      log,
      supported: SUPPORTED,
      serverTransactionsMax: () => parts.limits().openTransactions ?? SERVER_TRANSACTIONS_MAX,
    });
    this.transports = new Transports({
      clock,
      log,
      ...(parts.advertise === undefined ? {} : { advertise: parts.advertise }),
      ...(parts.tls === undefined ? {} : { tls: parts.tls }),
      onMessage: (message, flow) => {
        this.transactions.receive(message, flow);
      },
      onClosed: (flow) => {
        this.transactions.flowClosed(flow);
        registrar.flowClosed(flow);
      },
    });
    this.authenticator = new Authenticator({ ...parts, failureLimits: failureLimits(parts.limits) });
    const { authenticate } = this.authenticator;
    const packages = new Map(EVENT_PACKAGES.map((eventPackage) => [eventPackage.name, eventPackage]));
    this.notifier = new Notifier({
      ...parts,
      wheel,
      clients: this.transactions.clients,
      flows: this.transports,
      authenticate,
      packages,
      store: parts.subscriptions,
      limits: notifierLimits(parts.limits),
    });
    this.unsolicited = new UnsolicitedNotifier({
      clients: this.transactions.clients,
      flows: this.transports,
      random,
      realm: parts.realm,
    });
    const registrar = new Registrar({
      ...parts,
      authenticate,
      flows: this.transports,
      store: parts.bindings,
      onBound: (device) => {
        this.notifier.registered(device);
        parts.onBound(device);
      },
      limits: registrarLimits(parts.limits),
    });
    this.transactions.handle(registrar);
    this.transactions.handle(this.notifier);
    this.transactions.handle(compositorOf(parts, authenticate));
    this.transactions.handle(optionsHandler(() => this.transactions.methods, [...packages.keys()], SUPPORTED));
    this.#stopInTurn(wheel);
  }

  /** Opens every listener; refuses the start when one cannot be opened. */
  async listen(specs: readonly string[]): Promise<void> {
    for (const spec of specs) {
      try {
        await this.transports.open(spec);
      } catch (error) {
        if (error instanceof BadListener) throw new StartRefused(error.message);
        throw error;
      }
    }
  }

  async stop(): Promise<void> {
    await this.#lifecycle.stop();
  }

  /** Last added, first stopped. */
  #stopInTurn(wheel: TimerWheel): void {
    this.#lifecycle.add(async () => {
      this.transactions.close();
      wheel.close();
      await Promise.resolve();
    });
    this.#lifecycle.add(() => this.transports.stop());
    this.#lifecycle.add(async () => {
      this.notifier.stop();
      await Promise.resolve();
    });
  }
}

function compositorOf(parts: SipStackParts, authenticate: Authenticator["authenticate"]): Compositor {
  return new Compositor({
    ...parts,
    authenticate,
    packages: new Map(parts.publicationPackages.map((one) => [one.name, one])),
    directory: parts.publicationDirectory,
    store: parts.publications,
    limits: DEFAULT_PUBLICATION_LIMITS,
  });
}
