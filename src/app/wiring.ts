import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { systemClock } from "#base/system-clock";
import type { Random } from "#base/random";
import { Metrics } from "#observe/metrics";
import { devicesOfAccount, REGISTRAR_SOURCE, registrarReport } from "#sources/registrar/registrar-source";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import type { TlsIdentity } from "#sip/transport/listener";
import type { Store } from "#store/store";
import { deviceJson, lampJson, type EventBoard } from "./admin-views.ts";
import { adminTokenPath } from "#admin/admin-token";
import { accountRights } from "./account-rights.ts";
import type { BindingRunner } from "./binding-runner.ts";
import type { LineCalls } from "./calls/line-calls.ts";
import type { CallRooms } from "./calls/make-calls.ts";
import { COLLECTIONS } from "./collections.ts";
import type { ServerConfig } from "./config.ts";
import type { Certificates } from "./certificates.ts";
import type { Credentials } from "./credentials.ts";
import { LAMP_LISTS, listKey, type Facts } from "./facts.ts";
import { ownHosts } from "./own-hosts.ts";
import type { PacedLane } from "./paced-lane.ts";
import { placeOf } from "./peer-route.ts";
import type { PhoneSecrets } from "./phone-secrets.ts";
import type { PhoneViews } from "./phone-views.ts";
import { lampResources, resourceOf } from "./resources/lamp-resources.ts";
import { featureResources } from "./resources/feature-resources.ts";
import { lineResources, seizeResources } from "./resources/line-resources.ts";
import { mailboxResources } from "./resources/mailbox-resources.ts";
import { registrationResources } from "./resources/registration-resources.ts";
import { resourceDirectory, resourceKey, type KindOfPackages } from "./resources/resource-directory.ts";
import { publicationDirectory } from "./publication-directory.ts";
import { publicationPackages } from "./publication-packages.ts";
import { keepOnce } from "./run-aggregate.ts";
import { SipStack, type SipStackParts } from "./sip-stack.ts";
import { xmlLimits } from "./site-limits.ts";
import type { SiteRunner } from "./site-runner.ts";
import type { HttpServer } from "./http-server.ts";
import type { StartFacts } from "./start-message.ts";
import type { StoreHealth } from "./store-health.ts";
import type { StoredSubscriptions } from "./subscription-store.ts";
import { trustPolicy } from "./trust.ts";

/** Packages that tell lamps. */
const LAMP_PACKAGES = ["dialog", "presence"];

interface SipNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly facts: Facts;
  readonly certificates: TlsIdentity | undefined;
  readonly log: Log;
  readonly site: SiteRunner;
  readonly store: Store;
  readonly credentials: Credentials;
  readonly metrics: SipStackParts["observer"];
  readonly subscriptions: StoredSubscriptions;
  readonly maySpeak: () => boolean;
  /** Does another node of the store call this host its own? */
  readonly isHostOfNode: (host: string) => boolean;
  readonly onBound: SipStackParts["onBound"];
  readonly onFlowClosed?: SipStackParts["onFlowClosed"];
  readonly openers?: SipStackParts["openers"];
  /** Absent: no calls are taken. */
  readonly calls?: SipStackParts["calls"];
}

/** Everything that speaks SIP, told what it may ask of the rest. */
export async function makeSip(config: ServerConfig, parts: SipNeeds): Promise<SipStack> {
  const { clock, random, log, site, store, credentials, metrics } = parts;
  const { bindings, publications } = parts.facts;
  const trust = trustPolicy(config.trust);
  const isOurHost = ownHosts([config.domain, config.advertise], () => clock.now(), parts.isHostOfNode);
  return new SipStack({
    clock,
    random,
    log,
    node: config.node,
    advertise: config.advertise,
    tls: parts.certificates,
    openers: parts.openers,
    ...(parts.calls === undefined ? {} : { calls: parts.calls }),
    nonceKey: await keepOnce(store, COLLECTIONS.key, "nonce", () => random.token(256)),
    realm: () => site.site.realm ?? config.domain ?? "lamplighter",
    credential: (username, claimed) => credentials.find(username, claimed),
    refusal: accountRights((name) => site.account(name)),
    limits: () => site.site.settings.limits,
    isAccount: (name) => site.account(name) !== undefined,
    trusted: (peer) => trust.trusted(peer),
    isOurHost,
    bindings,
    subscriptions: parts.subscriptions,
    maySpeak: parts.maySpeak,
    directory: resourceDirectory(kindsOf(parts), {
      isOurHost,
      mannerOf: (sender) => (sender.type === "account" ? site.mannerOf(sender.name) : { profile: undefined, seesCallers: true }),
    }),
    observer: metrics,
    onBound: parts.onBound,
    ...(parts.onFlowClosed === undefined ? {} : { onFlowClosed: parts.onFlowClosed }),
    publications,
    publicationDirectory: publicationDirectory(site, isOurHost),
    publicationPackages: publicationPackages(
      (name) => site.account(name),
      xmlLimits(() => site.site.settings.limits),
    ),
  });
}

/** Kinds of what can be watched: one line each. */
function kindsOf({ site, facts }: SipNeeds): readonly KindOfPackages[] {
  const { lamps, lists, mailboxes, registrations, features, lines } = facts;
  return [
    { name: "", packages: LAMP_PACKAGES, kind: lampResources(site, lamps) },
    { name: LAMP_LISTS, packages: LAMP_PACKAGES, kind: lists, isList: true },
    { name: "mailbox", packages: ["message-summary"], kind: mailboxResources(site, mailboxes) },
    { name: "reg", packages: ["reg"], kind: registrationResources(site, registrations) },
    { name: "feature", packages: ["as-feature-event"], kind: featureResources(site, features) },
    { name: "line", packages: ["call-info"], kind: lineResources(site, lines) },
    { name: "seize", packages: ["line-seize"], kind: seizeResources(site, lines) },
  ];
}

/** What the start message tells. */
export function factsOf({
  config,
  site,
  diagnostics,
  http: { plain, secure },
  sip,
  certificates,
}: {
  readonly config: ServerConfig;
  readonly site: SiteRunner;
  readonly diagnostics: StartFacts["diagnostics"];
  readonly http: HttpServer;
  readonly sip: SipStack;
  readonly certificates: Certificates | undefined;
}): StartFacts {
  return {
    site: site.site,
    diagnostics,
    httpHost: config.http.host,
    httpPort: plain.port,
    ...(secure === undefined ? {} : { httpsPort: secure.port }),
    sip: sip.transports.listeners.map(({ name, port }) => `${name.slice(0, name.lastIndexOf(":"))}:${port}`),
    ...(certificates?.ownFile === undefined ? {} : { ownCertificate: certificates.ownFile }),
    tokenPath: adminTokenPath(config.data),
    store: config.store === "embedded" ? `embedded, in ${config.data}` : "Redis",
    ...(config.advertise === undefined ? {} : { advertise: config.advertise }),
  };
}

/** `sip` and `calls` are asked when figures are read: they are made after the metrics. */
export function makeMetrics(
  { bindings, publications }: Pick<Facts, "bindings" | "publications">,
  storeHealth: StoreHealth,
  sip: () => SipStack,
  calls: () => Pick<CallRooms, "media"> | undefined,
): Metrics {
  return new Metrics({
    storeIsWritable: () => storeHealth.isWritable,
    subscriptions: () => sip().notifier.subscriptions.size,
    registrations: () => bindings.accounts().filter((account) => bindings.live(account).length > 0).length,
    publications: () => publications.count(),
    clientTransactions: () => sip().transactions.counts.clients,
    serverTransactions: () => sip().transactions.counts.servers,
    repeats: () => sip().transactions.counts.repeats,
    parseFailures: () => sip().transactions.counts.parseFailures,
    wrongPasswords: () => sip().authenticator.wrongAnswers,
    banned: () => sip().failures.bans(systemClock.now()).length,
    drops: () => sip().guard.drops,
    transports: () => sip().transports.figures(),
    media: async () => calls()?.media.ticks(),
  });
}

/** Sources of bindings and subscriptions of an earlier run have shown a password then. */
export function welcomeKnown(
  sip: SipStack,
  bindings: BindingRunner,
  subscriptions: readonly SubscriptionRecord[],
  now: number,
): void {
  const flows = [
    ...subscriptions.map(({ flow }) => flow),
    ...bindings.accounts().flatMap((account) => bindings.live(account).map(({ flow }) => flow)),
  ];
  for (const host of new Set(flows.map((flow) => flow.host))) sip.failures.welcome(host, now);
}

interface Connected {
  readonly clock: Clock;
  readonly site: SiteRunner;
  readonly credentials: Credentials;
  readonly secrets: PhoneSecrets;
  readonly phones: PhoneViews;
  readonly facts: Facts;
  readonly events: EventBoard;
  readonly sip: SipStack;
  /** Where lamps wait that a reload changed. */
  readonly lane: PacedLane;
  readonly lineCalls: Pick<LineCalls, "setSite"> | undefined;
}

/** Who hears of whom. Gives the function that tells of an account whose bindings changed. */
export function connect(parts: Connected): (account: string) => void {
  const { clock, site, credentials, secrets, phones, facts, events, sip, lane } = parts;
  const { lamps, lists, bindings, registrations, publications, mailboxes, lines } = facts;
  const reportRegistration = (account: string): void => {
    registrations.changed(account);
    sip.notifier.changed(resourceKey("reg", account));
    const written = site.account(account);
    if (written === undefined) return;
    const report = registrarReport(bindings.live(account).length, placeOf(written));
    for (const device of devicesOfAccount(account)) lamps.report(device, REGISTRAR_SOURCE, report);
  };
  let accounts: readonly string[] = [];
  let isReloading = false;
  const tell = (resource: string): void => {
    if (isReloading && sip.notifier.subscriptions.watchersOf(resource) !== undefined) lane.add(resource);
    else sip.notifier.changed(resource);
  };
  site.listen(async (next) => {
    const steps = await Promise.all([credentials.load(next.accounts), secrets.load(next.phones)]);
    return () => {
      isReloading = true;
      for (const takeOver of steps) takeOver();
      phones.forget(next);
      // Before the hints: their lamps are made with all that is known.
      publications.review();
      lines.setSite(next);
      parts.lineCalls?.setSite(next);
      lamps.setSite(next, site.hints);
      mailboxes.setSite(next);
      for (const name of accounts.filter((known) => site.account(known) === undefined))
        for (const device of devicesOfAccount(name)) lamps.forget(device, REGISTRAR_SOURCE);
      accounts = next.accounts.map(({ name }) => name);
      for (const name of accounts) reportRegistration(name);
      const seen = lists.review();
      sip.notifier.review();
      for (const id of seen) tell(listKey(id));
      isReloading = false;
      events.tell(() => ({ type: "site", data: { at: new Date(clock.now()).toISOString() } }));
    };
  });
  listenToLamps(parts, tell);
  return (account) => {
    reportRegistration(account);
    // Not when a site is read: at the start nobody is bound yet, and would lose what is seized.
    lines.registrationChanged(account);
  };
}

function listenToLamps({ clock, facts, events, sip }: Connected, tell: (resource: string) => void): void {
  const { lamps, lists, lines } = facts;
  lamps.listen({
    lampChanged: (lamp) => {
      const resource = resourceOf(lamp);
      tell(resource);
      for (const id of lists.changed(resource)) tell(listKey(id));
      events.tell(() => ({ type: "lamp", data: lampJson({ lamps, notifier: sip.notifier }, lamp) }));
    },
    lampRemoved: (lamp) => {
      sip.notifier.removed(resourceOf(lamp));
    },
    deviceChanged: (device) => {
      lines.deviceChanged(device);
      events.tell(() => ({ type: "device", data: deviceJson(lamps, device, clock.now()) }));
    },
  });
}
