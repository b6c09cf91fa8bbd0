import { mkdir } from "node:fs/promises";
import { adminApp } from "#admin/admin-app";
import { adminTokenPath, loadAdminToken } from "#admin/admin-token";
import type { Clock } from "#base/clock";
import { Lifecycle } from "#base/lifecycle";
import type { Log } from "#base/log";
import { systemClock } from "#base/system-clock";
import { systemRandom } from "#base/system-random";
import { Metrics } from "#observe/metrics";
import { provisioner } from "#provisioner/provisioner";
import { devicesOfAccount, REGISTRAR_SOURCE, registrarReport } from "#sources/registrar/registrar-source";
import { StoreError } from "#store/errors";
import { openStore } from "#store/open-store";
import type { Store } from "#store/store";
import { adminPorts, deviceJson, EventBoard, lampJson, registrationJson } from "./admin-views.ts";
import { BindingRunner } from "./binding-runner.ts";
import { COLLECTIONS } from "./collections.ts";
import { StartRefused, type ServerConfig } from "./config.ts";
import { Credentials } from "./credentials.ts";
import { startHttp } from "./http-server.ts";
import { LampRunner } from "./lamp-runner.ts";
import { ownHosts } from "./own-hosts.ts";
import { PhoneSecrets } from "./phone-secrets.ts";
import { PhoneViews, type SipServer } from "./phone-views.ts";
import { lampDirectory, resourceOf } from "./resource-directory.ts";
import { keepOnce } from "./run-aggregate.ts";
import { SipStack } from "./sip-stack.ts";
import { SiteRunner } from "./site-runner.ts";
import { watchSite } from "./site-watch.ts";
import type { StartFacts } from "./start-message.ts";
import { storedSubscriptions, subscriptionStore } from "./subscription-store.ts";
import { TimerRunner } from "./timer-runner.ts";
import { trustPolicy } from "./trust.ts";

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

async function start(config: ServerConfig, log: Log, lifecycle: Lifecycle): Promise<Server> {
  const [clock, random] = [systemClock, systemRandom];
  const trust = trustPolicy(config.trust);
  const site = new SiteRunner(config.site, log);
  const store = await openData(config, clock, log, lifecycle);
  const token = await loadAdminToken(config.data, random);

  const [credentials, secrets] = [new Credentials(store, random), new PhoneSecrets(store, random)];
  const [lamps, bindings] = [new LampRunner({ store, clock, log }), new BindingRunner({ store, clock, log })];
  const events = new EventBoard();
  const isOurHost = ownHosts([config.domain, config.advertise], () => clock.now());
  const metrics: Metrics = new Metrics({
    subscriptions: () => sip.notifier.subscriptions.size,
    registrations: () => bindings.accounts().filter((account) => bindings.live(account).length > 0).length,
    clientTransactions: () => sip.transactions.counts.clients,
    serverTransactions: () => sip.transactions.counts.servers,
    repeats: () => sip.transactions.counts.repeats,
    parseFailures: () => sip.transactions.counts.parseFailures,
    wrongPasswords: () => sip.authenticator.wrongAnswers,
  });
  const sip: SipStack = new SipStack({
    clock,
    random,
    log,
    node: config.node,
    advertise: config.advertise,
    nonceKey: await keepOnce(store, COLLECTIONS.key, "nonce", () => random.token(256)),
    realm: () => site.site.realm ?? config.domain ?? "lamplighter",
    credential: (username) => credentials.find(username),
    isAccount: (name) => site.account(name) !== undefined,
    trusted: (flow) => trust.trusted(flow),
    isOurHost,
    bindings,
    subscriptions: subscriptionStore(store),
    directory: lampDirectory(site, lamps, isOurHost),
    observer: metrics,
  });
  lifecycle.add(() => sip.stop());
  const phones = new PhoneViews({
    site,
    secrets,
    credentials,
    advertise: config.advertise,
    sipServer: () => sipServerOf(sip),
    clock,
  });

  const reportRegistration = (account: string): void => {
    if (site.account(account) === undefined) return;
    const report = registrarReport(bindings.live(account).length);
    for (const device of devicesOfAccount(account)) lamps.report(device, REGISTRAR_SOURCE, report);
  };
  site.listen(async (next) => {
    await Promise.all([credentials.load(next.accounts), secrets.load(next.phones)]);
    phones.forget(next);
    lamps.setSite(next);
    for (const { name } of next.accounts) reportRegistration(name);
    events.tell(() => ({ type: "site", data: { at: new Date(clock.now()).toISOString() } }));
  });
  lamps.listen({
    lampChanged: (lamp) => {
      sip.notifier.changed(resourceOf(lamp));
      events.tell(() => ({ type: "lamp", data: lampJson({ site, notifier: sip.notifier }, lamp) }));
    },
    lampRemoved: (lamp) => {
      sip.notifier.removed(resourceOf(lamp));
    },
    deviceChanged: (device) => {
      events.tell(() => ({ type: "device", data: deviceJson(lamps, device, clock.now()) }));
    },
  });

  lifecycle.add(await lamps.start());
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
    ]),
  });
  timers.start();
  lifecycle.add(() => timers.stop());

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
    phones,
    secrets,
    metrics,
    events,
    isReady: () => isReady,
  });
  const http = await startHttp(
    config,
    [provisioner({ phones, fetches: phones, clock, log }), adminApp({ ports, token, clock, random, log })],
    log,
  );
  lifecycle.add(http.stop);
  await sip.listen(config.sip);
  sip.notifier.restore(await storedSubscriptions(store));
  if (config.watch) lifecycle.add(watchSite(config.site, clock, log, () => site.reload()));
  isReady = true;
  return {
    clock,
    facts: {
      site: site.site,
      diagnostics,
      httpHost: config.http.host,
      httpPort: http.port,
      ...(config.https === undefined ? {} : { httpsPort: config.https.port }),
      sip: sip.transports.listeners.map(({ name, port }) => `${name.slice(0, name.lastIndexOf(":"))}:${port}`),
      tokenPath: adminTokenPath(config.data),
      store: config.store === "embedded" ? `embedded, in ${config.data}` : "Redis",
      ...(config.advertise === undefined ? {} : { advertise: config.advertise }),
    },
    reload: () => site.reload(),
    stop: () => lifecycle.stop(),
  };
}

async function openData(config: ServerConfig, clock: Clock, log: Log, lifecycle: Lifecycle): Promise<Store> {
  try {
    await mkdir(config.data, { recursive: true });
  } catch (error) {
    throw new StartRefused(`--data ${config.data}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const store = await openStore({ url: config.store, dataFolder: config.data, clock, log });
  lifecycle.add(() => store.close());
  return store;
}

/** What phones are told: the first UDP listener, else the first one. */
function sipServerOf(sip: SipStack): SipServer {
  const { listeners } = sip.transports;
  const listener = listeners.find(({ transport }) => transport === "udp") ?? listeners[0];
  return { port: listener?.port ?? 5060, transport: listener?.transport === "tcp" ? "tcp" : "udp" };
}
