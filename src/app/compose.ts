import { adminApp } from "#admin/admin-app";
import { loadAdminToken } from "#admin/admin-token";
import { Lifecycle, type Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { systemClock } from "#base/system-clock";
import { systemRandom } from "#base/system-random";
import type { Metrics } from "#observe/metrics";
import { provisioner } from "#provisioner/provisioner";
import { StoreError } from "#store/errors";
import { adminPorts, EventBoard, registrationJson } from "./admin-views.ts";
import { legJson } from "./calls/call-views.ts";
import { openCalls, startCalls } from "./calls/make-calls.ts";
import { ownDomain } from "./calls/own-domain.ts";
import { certificatesFor } from "./certificates.ts";
import { COLLECTIONS } from "./collections.ts";
import { StartRefused, type ServerConfig } from "./config.ts";
import { ContactNotifier } from "./contact-notifier.ts";
import { Credentials } from "./credentials.ts";
import { keepWatched, openData, writeHttpUrl } from "./data-folder.ts";
import { followFacts, makeFacts, timerHandlers } from "./facts.ts";
import { startHttp, type HttpServer } from "./http-server.ts";
import { Nodes } from "./nodes/nodes.ts";
import { ownUrl } from "./nodes/own-url.ts";
import { hostsForOthers } from "./own-hosts.ts";
import { PacedLane } from "./paced-lane.ts";
import { PhoneSecrets } from "./phone-secrets.ts";
import { PhoneViews, type SipServer } from "./phone-views.ts";
import { formatHost } from "#sip/message/uri";
import type { SipStack } from "./sip-stack.ts";
import { ResyncRunner } from "./resync-runner.ts";
import { UnsolicitedMwi } from "./unsolicited-mwi.ts";
import { httpLimits } from "./site-limits.ts";
import { SiteRunner } from "./site-runner.ts";
import { watchSite } from "./site-reading/site-watch.ts";
import type { StartFacts } from "./start-message.ts";
import { StoreHealth } from "./store-health.ts";
import { liveRecords, StoredSubscriptions } from "./subscription-store.ts";
import { connect, factsOf, makeMetrics, makeSip, welcomeKnown } from "./wiring.ts";
import { Trunks } from "./trunks.ts";
import { TimerRunner } from "./timer-runner.ts";

const SIP_PORT = 5060;

/** A running server. */
export interface Server {
  readonly facts: StartFacts;
  reload(): Promise<unknown>;
  stop(): Promise<void>;
}

/** The object graph, made and started from the bottom up; rejects with StartRefused, and then nothing is left running. */
export async function compose(config: ServerConfig, log: Log): Promise<Server> {
  const lifecycle = new Lifecycle();
  try {
    return await start(config, log, lifecycle);
  } catch (error) {
    await lifecycle.stop();
    if (error instanceof StoreError) throw new StartRefused(error.message);
    throw error;
  }
}

// The object graph reads best as one list, from the bottom up.
// eslint-disable-next-line max-lines-per-function
async function start(config: ServerConfig, log: Log, lifecycle: Lifecycle): Promise<Server> {
  const [clock, random] = [systemClock, systemRandom];
  const startedAt = clock.now();
  const site = new SiteRunner(config.site, log, config.allowInclude);
  const { store, lease } = await openData(config, clock, log, lifecycle);
  const subscriptions = new StoredSubscriptions(store, config.node, clock);
  const token = await loadAdminToken(config.data, random);

  const [credentials, secrets] = [new Credentials(store, random), new PhoneSecrets(store, random)];
  const facts = makeFacts({
    ...{ store, clock, log, site },
    notifier: () => sip.notifier,
    messagesChanged: (set) => {
      unsolicitedMwi.changed(set);
    },
  });
  const { lamps, bindings, mailboxes, features } = facts;
  const events = new EventBoard();
  const storeHealth = new StoreHealth({ store, clock, log });
  storeHealth.start();
  lifecycle.add(() => storeHealth.stop());
  const metrics: Metrics = makeMetrics(
    facts,
    storeHealth,
    () => sip,
    () => calls,
  );
  const certificates = await certificatesFor(config, { clock, random, log });
  const domain = ownDomain(config.domain ?? config.advertise);
  const calls = openCalls(config, lifecycle, {
    ...{ clock, random, log, store, node: config.node, site, lamps, bindings, credentials, domain, sip: () => sip },
    trunks: () => trunks,
    legChanged: (id, leg) => {
      events.tell(() => ({ type: "call", data: leg === undefined ? { id, over: true } : { call: leg.call, ...legJson(leg) } }));
    },
  });
  const sip: SipStack = await makeSip(config, {
    ...{ clock, random, log, site, store, credentials, facts, metrics, certificates, subscriptions },
    onBound: (device) => {
      unsolicitedMwi.registered(device);
      calls?.calls.registered(device);
    },
    onFlowClosed: (flow) => {
      trunks.flowClosed(flow);
    },
    maySpeak: () => lease?.speaks ?? true,
    isHostOfNode: (host) => nodes?.isHostOfNode(host) ?? false,
    ...(calls === undefined ? {} : { calls: calls.calls }),
  });
  lifecycle.add(() => sip.stop());
  const trunks = new Trunks({ clock, random, log, node: config.node, leaseSeconds: config.lease, store, site, lamps, sip });
  lifecycle.add(() => trunks.stop());
  const contacts = new ContactNotifier({
    site,
    credentials,
    notifier: sip.unsolicited,
    domain: () => formatHost(domain()),
  });
  const unsolicitedMwi = new UnsolicitedMwi({
    ...{ clock, log, site, bindings, mailboxes, contacts },
    subscriptions: () => sip.notifier.subscriptions,
  });
  const resyncs = new ResyncRunner({ clock, log, site, bindings, contacts });
  lifecycle.add(async () => {
    resyncs.stop();
    unsolicitedMwi.stop();
    lane.stop();
    await Promise.resolve();
  });
  const phones = new PhoneViews({
    site,
    secrets,
    credentials,
    advertise: config.advertise,
    sipServer: () => sipServerOf(sip),
    clock,
  });

  const lane = new PacedLane(clock, (resource) => {
    sip.notifier.changed(resource);
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
    lineCalls: calls?.lines,
  });
  lifecycle.add(await keepWatched(store));
  lifecycle.add(await followFacts(facts));
  const diagnostics = await site.start();
  lifecycle.add(
    await bindings.start((account) => {
      reportRegistration(account);
      events.tell(() => ({ type: "registration", data: registrationJson(bindings, account) ?? { account, contacts: [] } }));
    }),
  );
  const timers = new TimerRunner({ store, clock, log, handlers: timerHandlers(facts) });
  timers.start();
  lifecycle.add(() => timers.stop());

  const httpUrl = (): string => ownUrl(config.http.host, http.plain.port, config.advertise);
  const hosts = (): readonly string[] => hostsForOthers([config.domain, config.advertise]);
  const nodes: Nodes | undefined =
    lease === undefined
      ? undefined
      : new Nodes({
          store,
          lease,
          node: config.node,
          leaseSeconds: config.lease,
          http: httpUrl,
          hosts,
          notifier: sip.notifier,
          subscriptions,
          bindings,
          flows: sip.transports,
          nodeGone: async (node) => {
            await Promise.all([calls?.board.nodeGone(node), calls?.lines.nodeLost(node)]);
          },
          clock,
          log,
        });
  let isReady = false;
  lifecycle.add(async () => {
    isReady = false;
    metrics.stop();
    await Promise.resolve();
  });
  const ports = adminPorts({
    clock,
    storeHealth,
    site,
    lamps,
    bindings,
    notifier: sip.notifier,
    failures: sip.failures,
    mailboxes,
    resyncs,
    features,
    trunkStatus: (account) => trunks.registrations.status(account),
    phones,
    secrets,
    metrics,
    events,
    isReady: () => isReady,
    calls,
    nodes: () => nodes?.list() ?? [{ node: config.node, http: httpUrl(), hosts: hosts(), startedAt, isAlive: true }],
  });
  const http = await startHttp(
    config,
    [provisioner({ phones, fetches: phones, clock, log }), adminApp({ ports, token, clock, random, log })],
    { log, clock, tls: certificates, limits: httpLimits(() => site.site.settings.limits) },
  );
  lifecycle.add(http.stop);
  await writeHttpUrl(config, http.plain.port);
  // Before anybody can be heard: a refresh must find its dialog.
  const stored = await subscriptions.own();
  await bindings.endConnectionsOf(config.node);
  welcomeKnown(sip, bindings, stored, clock.now());
  sip.notifier.restore(stored);
  lifecycle.add(await subscriptions.start());
  if (calls !== undefined) await startCalls(calls, lifecycle);
  await sip.listen(config.sip);
  lifecycle.add(attachWebSockets(config, sip, http));
  sip.notifier.resume();
  trunks.start();
  store.onLost([COLLECTIONS.subscription], () => {
    void subscriptions.writeBack(liveRecords(sip.notifier));
  });
  if (nodes !== undefined) lifecycle.add(await nodes.start());
  if (config.watch) lifecycle.add(watchSite({ folders: () => site.folders, clock, log, reload: () => site.reload() }));
  isReady = true;
  return {
    facts: factsOf({ config, site, diagnostics, http, sip, certificates }),
    reload: async () => {
      await certificates?.reload();
      return site.reload();
    },
    stop: () => lifecycle.stop(),
  };
}

/** SIP over WebSocket on the ports of HTTP; to be stopped before them. */
function attachWebSockets({ http, https }: ServerConfig, { transports }: SipStack, { plain, secure }: HttpServer): Stop {
  const listeners = [transports.attach(plain.server, "ws", http.host)];
  if (secure !== undefined && https !== undefined) listeners.push(transports.attach(secure.server, "wss", https.host));
  return async () => {
    await Promise.all(listeners.map((listener) => listener.stop()));
  };
}

/** What phones are told: the first UDP listener, else one of TCP, else one of TLS. */
function sipServerOf({ transports: { listeners } }: SipStack): SipServer {
  for (const transport of ["udp", "tcp", "tls"] as const) {
    const listener = listeners.find((one) => one.transport === transport);
    if (listener !== undefined) return { port: listener.port, transport };
  }
  return { port: SIP_PORT, transport: "udp" };
}
