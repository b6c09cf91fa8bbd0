import type { Clock } from "#base/clock";
import { JunkLog } from "#base/junk-log";
import { Lifecycle } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { TimerWheel } from "#base/timer-wheel";
import { EVENT_PACKAGES } from "#event-packages/registry";
import { Authenticator } from "#sip/auth/authenticator";
import type { AuthenticatorParts } from "#sip/auth/authenticator";
import { FailureLimiter } from "#sip/guard/failure-limiter";
import { Guard } from "#sip/guard/guard";
import type { SipRequest } from "#sip/message/message";
import { Compositor } from "#sip/publication/compositor";
import type { PublicationPackage } from "#sip/publication/package";
import type { PublicationDirectory, PublicationObserver, PublicationStore } from "#sip/publication/ports";
import { Registrar, type BindingStore } from "#sip/registrar/registrar";
import { SESSION_OPTIONS, SESSIONS_MAX } from "#sip/session/limits";
import type { CallTaker } from "#sip/session/session";
import { SessionLayer } from "#sip/session/session-layer";
import { Notifier } from "#sip/subscription/notifier";
import type { NotifierObserver, ResourceDirectory, SubscriptionStore } from "#sip/subscription/ports";
import { UnsolicitedNotifier } from "#sip/unsolicited/unsolicited-notifier";
import { optionsHandler } from "#sip/transaction/dispatch";
import { SERVER_TRANSACTIONS_MAX } from "#sip/transaction/limits";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { Flow } from "#sip/transport/flow";
import type { TlsIdentity } from "#sip/transport/listener";
import { BadListener, Transports, type TransportsParts } from "#sip/transport/transports";
import type { SiteLimits } from "#domain/site/settings";
import { StartRefused } from "./config.ts";
import {
  connectionLimits,
  failureLimits,
  messageSizes,
  notifierLimits,
  publicationLimits,
  rateLimits,
  registrarLimits,
} from "./site-limits.ts";

/** Granularity of all SIP timers. */
const TICK_MS = 25;

/** Option tags: outbound (RFC 5626), Path (RFC 3327) and lists (RFC 4662). */
const SUPPORTED = ["outbound", "path", "eventlist"];

const PACKAGES = new Map(EVENT_PACKAGES.map((eventPackage) => [eventPackage.name, eventPackage]));

export interface SipStackParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly node: string;
  readonly advertise: string | undefined;
  /** For listeners inside TLS. */
  readonly tls: TlsIdentity | undefined;
  /** What opens listeners, by transport; default: sockets. */
  readonly openers?: TransportsParts["openers"];
  readonly nonceKey: string;
  readonly realm: () => string;
  readonly credential: AuthenticatorParts["credential"];
  readonly refusal: Required<AuthenticatorParts>["refusal"];
  readonly limits: () => SiteLimits;
  readonly isAccount: (name: string) => boolean;
  readonly trusted: (peer: Pick<Flow, "transport" | "remoteHost">) => boolean;
  readonly isOurHost: (host: string) => boolean;
  readonly bindings: BindingStore;
  readonly subscriptions: SubscriptionStore;
  /** False: other nodes may speak in the dialogs of this one. */
  readonly maySpeak: () => boolean;
  readonly directory: ResourceDirectory;
  readonly observer: NotifierObserver & PublicationObserver;
  /** A device has registered with this node. */
  readonly onBound: (device: { readonly aor: string; readonly flow: Flow }) => void;
  /** A connection is gone. */
  readonly onFlowClosed?: (flow: Flow) => void;
  readonly publications: PublicationStore;
  readonly publicationDirectory: PublicationDirectory;
  readonly publicationPackages: readonly PublicationPackage[];
  /** Who takes calls; without it there are none. */
  readonly calls?: CallTaker;
}

/** Everything that speaks SIP on this node, wired; `listen` opens the ports. */
export class SipStack {
  readonly transports: Transports;
  readonly transactions: TransactionLayer;
  readonly authenticator: Authenticator;
  /** Wrong passwords by source, and who is shut out. */
  readonly failures: FailureLimiter;
  readonly guard: Guard;
  readonly notifier: Notifier;
  readonly unsolicited: UnsolicitedNotifier;
  /** Are URIs with this host our own? */
  readonly isOurHost: (host: string) => boolean;
  /** Calls; undefined = none are taken or made. */
  readonly sessions: SessionLayer | undefined;
  readonly #lifecycle = new Lifecycle();

  constructor(parts: SipStackParts) {
    const { clock, log, limits, trusted } = parts;
    this.isOurHost = parts.isOurHost;
    const junk = new JunkLog(log, clock);
    const failures = (this.failures = new FailureLimiter(failureLimits(limits)));
    this.guard = new Guard({ trusted, failures, rates: rateLimits(limits), clock, junk });
    const wheel = new TimerWheel(clock, TICK_MS);
    this.transactions = transactionsOf(parts, wheel, junk, (ack) => {
      this.sessions?.onAck(ack);
    });
    this.transports = new Transports({
      clock,
      log,
      ...(parts.advertise === undefined ? {} : { advertise: parts.advertise }),
      ...(parts.tls === undefined ? {} : { tls: parts.tls }),
      openers: parts.openers,
      connectionLimits: connectionLimits(limits),
      isExempt: trusted,
      onMessage: (message, flow) => {
        if (this.guard.admits(message, flow)) this.transactions.receive(message, flow);
      },
      onClosed: (flow) => {
        this.transactions.flowClosed(flow);
        registrar.flowClosed(flow);
        this.sessions?.flowClosed(flow);
        parts.onFlowClosed?.(flow);
      },
    });
    const { authenticate } = (this.authenticator = new Authenticator({ ...parts, failures, junk }));
    this.notifier = new Notifier({
      ...parts,
      wheel,
      clients: this.transactions.clients,
      flows: this.transports,
      authenticate,
      packages: PACKAGES,
      store: parts.subscriptions,
      limits: notifierLimits(limits),
      load: () => this.transactions.counts.servers / (limits().openTransactions ?? SERVER_TRANSACTIONS_MAX),
    });
    this.unsolicited = new UnsolicitedNotifier({ ...parts, clients: this.transactions.clients, flows: this.transports });
    const registrar = new Registrar({
      ...parts,
      authenticate,
      flows: this.transports,
      store: parts.bindings,
      ownPorts: () => this.transports.listeners.map(({ port }) => port),
      onBound: (device) => {
        this.notifier.registered(device);
        parts.onBound(device);
      },
      limits: registrarLimits(limits),
    });
    this.sessions = this.#handle(parts, wheel, registrar);
    this.#stopInTurn(wheel);
  }

  /** Registers the handlers of all methods; gives the sessions, where calls are taken. */
  #handle(parts: SipStackParts, wheel: TimerWheel, registrar: Registrar): SessionLayer | undefined {
    const { clients } = this.transactions;
    const options = optionsHandler(() => methodsOf(parts, this.transactions), [...PACKAGES.keys()], supportedOf(parts));
    const { calls: taker } = parts;
    const openMax = (): number => parts.limits().calls ?? SESSIONS_MAX;
    const sessions = taker === undefined ? undefined : new SessionLayer({ ...parts, wheel, clients, options, taker, openMax });
    const compositor = compositorOf(parts, this.authenticator.authenticate);
    for (const handler of [registrar, this.notifier, compositor, ...(sessions?.handlers ?? [options])])
      this.transactions.handle(handler);
    return sessions;
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
      this.authenticator.stop();
      this.transactions.close();
      wheel.close();
      await Promise.resolve();
    });
    this.#lifecycle.add(() => this.transports.stop());
    this.#lifecycle.add(async () => {
      this.sessions?.close();
      this.notifier.stop();
      await Promise.resolve();
    });
  }
}

function supportedOf({ calls }: SipStackParts): readonly string[] {
  return calls === undefined ? SUPPORTED : [...SUPPORTED, ...SESSION_OPTIONS];
}

/** An ACK has no handler of its own. */
function methodsOf({ calls }: SipStackParts, { methods }: TransactionLayer): readonly string[] {
  return calls === undefined ? methods : [...methods, "ACK"];
}

function transactionsOf(
  parts: SipStackParts,
  wheel: TimerWheel,
  junk: JunkLog,
  onAck: (ack: SipRequest) => void,
): TransactionLayer {
  const { random, log, limits, isOurHost } = parts;
  return new TransactionLayer({
    wheel,
    random,
    log,
    supported: supportedOf(parts),
    onAck,
    isOurHost,
    mayRepeat: parts.maySpeak,
    serverTransactionsMax: () => limits().openTransactions ?? SERVER_TRANSACTIONS_MAX,
    sizes: messageSizes(limits),
    junk,
  });
}

function compositorOf(parts: SipStackParts, authenticate: Authenticator["authenticate"]): Compositor {
  return new Compositor({
    ...parts,
    authenticate,
    packages: new Map(parts.publicationPackages.map((one) => [one.name, one])),
    directory: parts.publicationDirectory,
    store: parts.publications,
    limits: publicationLimits(parts.limits),
  });
}
