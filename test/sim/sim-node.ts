import { EventBoard } from "#app/admin-views";
import { COLLECTIONS } from "#app/collections";
import { StartRefused, type ServerConfig } from "#app/config";
import { Credentials } from "#app/credentials";
import { keepWatched } from "#app/data-folder";
import { followFacts, makeFacts, timerHandlers, type Facts } from "#app/facts";
import { NodeLease } from "#app/nodes/node-lease";
import { Nodes } from "#app/nodes/nodes";
import { PacedLane } from "#app/paced-lane";
import { PhoneSecrets } from "#app/phone-secrets";
import { PhoneViews } from "#app/phone-views";
import { SiteRunner } from "#app/site-runner";
import type { SiteOnDisk } from "#app/site-reading/read-site";
import type { SipStack } from "#app/sip-stack";
import { liveRecords, StoredSubscriptions } from "#app/subscription-store";
import { TimerRunner } from "#app/timer-runner";
import { connect, makeSip, welcomeKnown } from "#app/wiring";
import { Lifecycle } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { StoreError } from "#store/errors";
import type { Store } from "#store/store";
import { simOpeners, type SendListener } from "./sim-listener.ts";
import type { Network } from "./network.ts";
import type { SimProcess } from "./sim-process.ts";
import type { SimStore } from "./sim-store.ts";

export const SIP_PORT = 5060;

export interface SimNodeParts {
  readonly name: string;
  readonly host: string;
  readonly leaseSeconds: number;
  readonly site: SiteOnDisk;
  readonly store: SimStore;
  readonly process: SimProcess;
  readonly network: Network;
  readonly random: Random;
  readonly log: Log;
  /** The process runs elsewhere than the one before, and cannot know whether that one is gone. */
  readonly isMoved: boolean;
  /** Told by which name it holds its lease. */
  readonly onHolder: (holder: string) => void;
  /** Does one of these nodes (their URLs) say that it reaches the store? */
  readonly anyReachesStore: (urls: readonly string[]) => Promise<boolean>;
  readonly onSend: SendListener;
}

/** What a running node offers to the simulation. */
export interface RunningNode {
  readonly facts: Facts;
  readonly sip: SipStack;
  readonly lease: NodeLease;
  stop(): Promise<void>;
}

/** True: a start that failed as a start may. */
export function isRefusal(error: unknown): boolean {
  return error instanceof StartRefused || error instanceof StoreError;
}

/** The object graph of a server as app/compose.ts makes it, in the same order, without HTTP, certificates and a data folder. */
export async function startNode(parts: SimNodeParts): Promise<RunningNode> {
  const { name, host, leaseSeconds, store, random, log } = parts;
  const { clock } = parts.process;
  const lifecycle = new Lifecycle();
  const config = configOf(parts);
  const site = new SiteRunner(config.site, log, [], () => Promise.resolve(parts.site));
  lifecycle.add(() => store.close());
  const lease = await NodeLease.claim({
    store: leasesOf(parts),
    node: name,
    leaseSeconds,
    clock,
    log,
  });
  lifecycle.add(() => lease.stop());
  const subscriptions = new StoredSubscriptions(store, name, clock);
  const [credentials, secrets] = [new Credentials(store, random), new PhoneSecrets(store, random)];
  const facts = makeFacts({ store, clock, log, site, notifier: () => sip.notifier, messagesChanged: nothing });
  const { bindings } = facts;
  const sip: SipStack = await makeSip(config, {
    ...{ clock, random, log, site, store, credentials, facts, subscriptions },
    certificates: undefined,
    metrics: { notifySent: nothing, notifyDelay: nothing, notifyAnswered: nothing, published: nothing },
    onBound: nothing,
    maySpeak: () => lease.speaks,
    isHostOfNode: (one) => nodes?.isHostOfNode(one) ?? false,
    openers: simOpeners(parts.network, parts.process, parts.onSend),
  });
  lifecycle.add(() => sip.stop());
  const sipServer = (): { port: number; transport: "udp" } => ({ port: SIP_PORT, transport: "udp" });
  const phones = new PhoneViews({ site, secrets, credentials, advertise: host, sipServer, clock });
  const events = new EventBoard();
  const lane = new PacedLane(clock, (resource) => {
    sip.notifier.changed(resource);
  });
  lifecycle.add(async () => {
    lane.stop();
    await Promise.resolve();
  });
  const reportRegistration = connect({
    clock,
    site,
    credentials,
    secrets,
    phones,
    facts,
    events,
    sip,
    lane,
    lineCalls: undefined,
  });
  lifecycle.add(await keepWatched(store));
  lifecycle.add(await followFacts(facts));
  await site.start();
  lifecycle.add(await bindings.start(reportRegistration));
  const timers = new TimerRunner({ store, clock, log, handlers: timerHandlers(facts) });
  timers.start();
  lifecycle.add(() => timers.stop());
  const nodes: Nodes | undefined = new Nodes({
    ...{ store, lease, node: name, leaseSeconds, notifier: sip.notifier, subscriptions, clock, log },
    http: () => `http://${host}`,
    hosts: () => [host],
    bindings,
    flows: sip.transports,
    anyReachesStore: parts.anyReachesStore,
  });
  const stored = await subscriptions.own();
  await bindings.endConnectionsOf(name);
  welcomeKnown(sip, bindings, stored, clock.now());
  sip.notifier.restore(stored);
  lifecycle.add(await subscriptions.start());
  await sip.listen(config.sip);
  sip.notifier.resume();
  store.onLost([COLLECTIONS.subscription], () => {
    void subscriptions.writeBack(liveRecords(sip.notifier));
  });
  lifecycle.add(await nodes.start());
  return { facts, sip, lease, stop: () => lifecycle.stop() };
}

/** A holder names its machine, by which others on it see that it is gone; of a process that has moved nobody can. */
function leasesOf({ store, random, isMoved, onHolder }: SimNodeParts): Pick<Store, "leases"> {
  const machine = isMoved ? `moved-${random.token(32)} ` : "";
  return {
    leases: {
      acquire: (collection, id, holder, ttlMs) => {
        onHolder(machine + holder);
        return store.leases.acquire(collection, id, machine + holder, ttlMs);
      },
      release: (collection, id, holder) => store.leases.release(collection, id, holder),
    },
  };
}

function configOf({ name, host, leaseSeconds }: SimNodeParts): ServerConfig {
  return {
    ...{ site: "sim", allowInclude: [], watch: false, tls: [] },
    data: "none",
    store: "sim",
    sip: [`udp:${host}:${SIP_PORT}`],
    http: { host, port: 8080 },
    domain: "pbx.example",
    advertise: host,
    trust: ["0.0.0.0/0"],
    node: name,
    lease: leaseSeconds,
  };
}

function nothing(): void {
  // Figures and waiting messages are not looked at here.
}
