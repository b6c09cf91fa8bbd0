import { mkdir, writeFile } from "node:fs/promises";
import { adminApp } from "#admin/admin-app";
import { loadAdminToken } from "#admin/admin-token";
import type { Clock } from "#base/clock";
import { Lifecycle, type Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { systemClock } from "#base/system-clock";
import { systemRandom } from "#base/system-random";
import type { Metrics } from "#observe/metrics";
import { provisioner } from "#provisioner/provisioner";
import { StoreError } from "#store/errors";
import { openStore } from "#store/open-store";
import type { Store } from "#store/store";
import { adminPorts, EventBoard, registrationJson } from "./admin-views.ts";
import { BindingRunner } from "./binding-runner.ts";
import { certificatesFor } from "./certificates.ts";
import { COLLECTIONS } from "./collections.ts";
import { StartRefused, type ServerConfig } from "./config.ts";
import { ContactNotifier } from "./contact-notifier.ts";
import { Credentials } from "./credentials.ts";
import { httpUrlPath } from "./data-paths.ts";
import { FeatureRunner } from "./feature-runner.ts";
import { startHttp, type HttpServer } from "./http-server.ts";
import { LampRunner } from "./lamp-runner.ts";
import { LineRunner } from "./line-runner.ts";
import { MailboxRunner } from "./mailbox-runner.ts";
import { NodeLease } from "./nodes/node-lease.ts";
import { Nodes } from "./nodes/nodes.ts";
import { ownUrl } from "./nodes/own-url.ts";
import { PhoneSecrets } from "./phone-secrets.ts";
import { PhoneViews, type SipServer } from "./phone-views.ts";
import { publicationStands } from "./publication-directory.ts";
import { PublicationRunner } from "./publication-runner.ts";
import type { SipStack } from "./sip-stack.ts";
import { RegistrationBoard } from "./registration-board.ts";
import { seizedId } from "./resources/line-resources.ts";
import { ListResources } from "./resources/list-resources.ts";
import { lampResources, resourceOf } from "./resources/lamp-resources.ts";
import { resourceKey } from "./resources/resource-directory.ts";
import { ResyncRunner } from "./resync-runner.ts";
import { UnsolicitedMwi } from "./unsolicited-mwi.ts";
import { SiteRunner } from "./site-runner.ts";
import { watchSite } from "./site-reading/site-watch.ts";
import type { StartFacts } from "./start-message.ts";
import { liveRecords, StoredSubscriptions } from "./subscription-store.ts";
import { connect, factsOf, listKey, makeMetrics, makeSip, welcomeKnown } from "./wiring.ts";
import { TimerRunner } from "./timer-runner.ts";

const SIP_PORT = 5060;

/** A running server. */
export interface Server {
  readonly clock: Clock;
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
  const lamps: LampRunner = new LampRunner({
    store,
    clock,
    log,
    isWatched: (lamp) => sip.notifier.subscriptions.watchersOf(resourceOf(lamp)) !== undefined || lists.holds(resourceOf(lamp)),
  });
  const lists: ListResources = new ListResources({
    site,
    members: lampResources(site, lamps),
    isWatched: (id) => sip.notifier.subscriptions.watchersOf(listKey(id)) !== undefined,
  });
  const bindings = new BindingRunner({ store, clock, log });
  const events = new EventBoard();
  const publications = new PublicationRunner({
    store,
    clock,
    log,
    lamps,
    messagesChanged: (mailbox) => {
      mailboxes.changed(mailbox);
    },
    stands: publicationStands(site),
    devicesMax: () => site.site.settings.limits.publishedDevices,
  });
  const mailboxes = new MailboxRunner({
    store,
    log,
    published: publications,
    changed: (set) => {
      sip.notifier.changed(resourceKey("mailbox", set));
      unsolicitedMwi.changed(set);
    },
  });
  const features = new FeatureRunner({
    ...{ store, clock, log },
    changed: (account) => {
      sip.notifier.changed(resourceKey("feature", account));
    },
  });
  const lines = new LineRunner({
    ...{ store, clock, log, site, lamps },
    isRegistered: ({ account, device }) =>
      bindings.live(account).some(({ instance, flow }) => device === instance || device === flow.key),
    changed: (line) => {
      sip.notifier.changed(resourceKey("line", line));
    },
    freed: (line, subscription) => {
      sip.notifier.removed(resourceKey("seize", seizedId(line, subscription)));
    },
  });
  const registrations = new RegistrationBoard(bindings, clock);
  const metrics: Metrics = makeMetrics(bindings, publications, () => sip);
  const certificates = await certificatesFor(config, { clock, random, log });
  const sip: SipStack = await makeSip(config, {
    log,
    site,
    store,
    credentials,
    lamps,
    bindings,
    publications,
    mailboxes,
    registrations,
    features,
    lines,
    metrics,
    certificates,
    onBound: (device) => {
      unsolicitedMwi.registered(device);
    },
    subscriptions,
    maySpeak: () => lease?.speaks ?? true,
    lists,
  });
  lifecycle.add(() => sip.stop());
  const contacts = new ContactNotifier({
    site,
    credentials,
    notifier: sip.unsolicited,
    domain: () => hostText(config.domain ?? config.advertise ?? "lamplighter"),
  });
  const unsolicitedMwi = new UnsolicitedMwi({
    ...{ clock, log, site, bindings, mailboxes, contacts },
    subscriptions: () => sip.notifier.subscriptions,
  });
  const resyncs = new ResyncRunner({ clock, log, site, bindings, contacts });
  lifecycle.add(async () => {
    resyncs.stop();
    unsolicitedMwi.stop();
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

  const reportRegistration = connect({
    ...{
      clock,
      site,
      credentials,
      secrets,
      phones,
      lamps,
      lists,
      bindings,
      publications,
      mailboxes,
      registrations,
      lines,
      events,
      sip,
    },
  });

  lifecycle.add(await keepWatched(store));
  lifecycle.add(await lamps.start());
  lifecycle.add(await publications.start());
  lifecycle.add(await mailboxes.start());
  lifecycle.add(await features.start());
  lifecycle.add(await lines.start());
  const diagnostics = await site.start();
  lifecycle.add(
    await bindings.start((account) => {
      reportRegistration(account);
      events.tell(() => ({ type: "registration", data: registrationJson(bindings, account) ?? { account, contacts: [] } }));
    }),
  );
  const timers = new TimerRunner({
    store,
    clock,
    log,
    handlers: new Map([
      [COLLECTIONS.device, lamps.expire],
      [COLLECTIONS.binding, bindings.expire],
      [COLLECTIONS.publication, publications.expire],
      [COLLECTIONS.published, publications.forgetEnded],
      [COLLECTIONS.line, lines.expire],
    ]),
  });
  timers.start();
  lifecycle.add(() => timers.stop());

  const nodes =
    lease === undefined
      ? undefined
      : new Nodes({
          store,
          lease,
          node: config.node,
          leaseSeconds: config.lease,
          http: () => ownUrl(config.http.host, http.plain.port, config.advertise),
          notifier: sip.notifier,
          subscriptions,
          endConnectionsOf: (node) => bindings.endConnectionsOf(node),
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
    store,
    site,
    lamps,
    bindings,
    notifier: sip.notifier,
    failures: sip.failures,
    mailboxes,
    resyncs,
    features,
    phones,
    secrets,
    metrics,
    events,
    isReady: () => isReady,
    nodes: () =>
      nodes?.list() ?? [
        { node: config.node, http: ownUrl(config.http.host, http.plain.port, config.advertise), startedAt, isAlive: true },
      ],
  });
  const http = await startHttp(
    config,
    [provisioner({ phones, fetches: phones, clock, log }), adminApp({ ports, token, clock, random, log })],
    { log, tls: certificates },
  );
  lifecycle.add(http.stop);
  await writeHttpUrl(config, http.plain.port);
  // Before anybody can be heard: a refresh must find its dialog.
  const stored = await subscriptions.own();
  await bindings.endConnectionsOf(config.node);
  welcomeKnown(sip, bindings, stored);
  sip.notifier.restore(stored);
  lifecycle.add(await subscriptions.start());
  await sip.listen(config.sip);
  lifecycle.add(attachWebSockets(config, sip, http));
  sip.notifier.resume();
  store.onLost(() => {
    void subscriptions.writeBack(liveRecords(sip.notifier));
  });
  if (nodes !== undefined) lifecycle.add(await nodes.start());
  if (config.watch) lifecycle.add(watchSite({ folders: () => site.folders, clock, log, reload: () => site.reload() }));
  isReady = true;
  return {
    clock,
    facts: factsOf({ config, site, diagnostics, http, sip, certificates }),
    reload: async () => {
      await certificates?.reload();
      return site.reload();
    },
    stop: () => lifecycle.stop(),
  };
}

/** Nobody needs to be told of these; but what is watched is written back by a store that lost its data. */
async function keepWatched(store: Store): Promise<Stop> {
  const lifecycle = new Lifecycle();
  for (const collection of [COLLECTIONS.secret, COLLECTIONS.phone, COLLECTIONS.key])
    lifecycle.add(await store.watch(collection, () => undefined));
  return () => lifecycle.stop();
}

async function openData(
  config: ServerConfig,
  clock: Clock,
  log: Log,
  lifecycle: Lifecycle,
): Promise<{ readonly store: Store; readonly lease?: NodeLease }> {
  try {
    await mkdir(config.data, { recursive: true });
  } catch (error) {
    throw new StartRefused(`--data ${config.data}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const store = await openStore({ url: config.store, dataFolder: config.data, clock, log });
  lifecycle.add(() => store.close());
  // The embedded store has one process anyway.
  if (config.store === "embedded") return { store };
  const lease = await NodeLease.claim({ store, node: config.node, leaseSeconds: config.lease, clock, log });
  lifecycle.add(() => lease.stop());
  return { store, lease };
}

/** For commands on this machine: a wildcard address is reached on the loopback one. */
async function writeHttpUrl({ data, http }: ServerConfig, port: number): Promise<void> {
  const host = http.host === "0.0.0.0" ? "127.0.0.1" : http.host === "::" ? "::1" : http.host;
  await writeFile(httpUrlPath(data), `http://${host.includes(":") ? `[${host}]` : host}:${port}\n`);
}

/** SIP over WebSocket on the ports of HTTP; to be stopped before them. */
function attachWebSockets({ http, https }: ServerConfig, { transports }: SipStack, { plain, secure }: HttpServer): Stop {
  const listeners = [transports.attach(plain.server, "ws", http.host)];
  if (secure !== undefined && https !== undefined) listeners.push(transports.attach(secure.server, "wss", https.host));
  return async () => {
    await Promise.all(listeners.map((listener) => listener.stop()));
  };
}

/** A name or address as URIs have it. */
function hostText(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** What phones are told: the first UDP listener, else one of TCP, else one of TLS. */
function sipServerOf({ transports: { listeners } }: SipStack): SipServer {
  for (const transport of ["udp", "tcp", "tls"] as const) {
    const listener = listeners.find((one) => one.transport === transport);
    if (listener !== undefined) return { port: listener.port, transport };
  }
  return { port: SIP_PORT, transport: "udp" };
}
