import type {
  AdminEvent,
  AdminPorts,
  DeviceJson,
  DrainJson,
  LampJson,
  Listing,
  MailboxJson,
  PhoneJson,
  RegistrationJson,
  SlotJson,
  SubscriptionJson,
  TrunkRegistrationJson,
  WatcherJson,
} from "#admin/ports";
import type { Clock } from "#base/clock";
import type { Slot } from "#domain/lamp/device-state";
import { IDLE_LINE } from "#domain/line/line";
import type { LampView } from "#domain/lamp/lamp-view";
import { phoneKeys } from "#domain/site/phone-keys";
import type { Phone } from "#domain/site/site";
import type { Metrics } from "#observe/metrics";
import { renderPhoneFile } from "#provisioner/provisioner";
import { fromWire } from "#sip/message/wire-text";
import { formatHostPort } from "#sip/message/uri";
import type { DrainProgress } from "#sip/subscription/drain";
import type { Notifier } from "#sip/subscription/notifier";
import type { FailureLimiter } from "#sip/guard/failure-limiter";
import type { Subscription } from "#sip/subscription/subscription";
import { SiteChecker } from "./site-reading/site-checker.ts";
import { bansPort } from "./ban-views.ts";
import type { BindingRunner } from "./binding-runner.ts";
import { callsPort, linesPort } from "./calls/call-views.ts";
import type { CallRooms } from "./calls/make-calls.ts";
import type { FeatureRunner } from "./feature-runner.ts";
import type { LampRunner } from "./lamp-runner.ts";
import { mailboxNamed, type MailboxRunner } from "./mailbox-runner.ts";
import type { KnownNode } from "./nodes/membership.ts";
import type { PhoneSecrets } from "./phone-secrets.ts";
import type { PhoneViews } from "./phone-views.ts";
import { resourceOf } from "./resources/lamp-resources.ts";
import { resourceName } from "./resources/resource-directory.ts";
import type { ResyncRunner } from "./resync-runner.ts";
import type { SiteRunner } from "./site-runner.ts";
import type { TrunkStatus } from "./trunk-registrations.ts";
import type { StoreHealth } from "./store-health.ts";

export interface AdminViewParts {
  readonly clock: Clock;
  readonly storeHealth: StoreHealth;
  readonly site: SiteRunner;
  readonly lamps: LampRunner;
  readonly bindings: BindingRunner;
  readonly notifier: Notifier;
  readonly mailboxes: MailboxRunner;
  readonly resyncs: ResyncRunner;
  readonly features: FeatureRunner;
  readonly trunkStatus: (account: string) => TrunkStatus | undefined;
  readonly failures: FailureLimiter;
  readonly phones: PhoneViews;
  readonly secrets: PhoneSecrets;
  readonly metrics: Metrics;
  readonly events: EventBoard;
  readonly calls: CallRooms | undefined;
  readonly isReady: () => boolean;
  readonly nodes: () => readonly KnownNode[];
}

/** Fills the ports of the API from what runs. */
export function adminPorts(parts: AdminViewParts): AdminPorts {
  const { lamps, site, notifier, clock } = parts;
  const now = (): number => clock.now();
  const checker = new SiteChecker(site);
  return {
    devices: {
      list: () => ({ keys: () => lamps.devices(), get: (device) => deviceJson(lamps, device, now()) }),
      get: (device) => deviceJson(lamps, device, now()),
      put: (device, state, ttlSeconds) => lamps.put(device, state, ttlSeconds),
      clear: (device) => lamps.clear(device),
    },
    lamps: {
      list: () => {
        const byName = new Map(lamps.board.lamps().map((lamp) => [`${lamp.extension}@${lamp.context}`, lamp]));
        return listingOf(byName, (lamp) => lampJson(parts, lamp));
      },
      find: (extension, context) =>
        site.hints
          .everywhere(extension)
          .filter((hint) => context === undefined || hint.context === context)
          .flatMap((hint) => lamps.lamp(hint) ?? [])
          .map((lamp) => lampJson(parts, lamp)),
    },
    phones: phonesPort(parts),
    live: livePort(parts),
    drain: drainPort(notifier),
    bans: bansPort(parts.failures, clock),
    calls: parts.calls === undefined ? undefined : callsPort(parts.calls),
    lines: linesPort(
      () => site.site,
      (trunk) => parts.calls?.lines.line(trunk) ?? IDLE_LINE,
    ),
    mailboxes: mailboxesPort(parts.mailboxes),
    features: featuresPort(parts),
    site: () => site.site,
    trunkRegistration: (account) => trunkJson(parts.trunkStatus(account)),
    reload: () => site.reload(),
    check: (wanted, findings) => checker.check(wanted, findings),
    events: (listener) => parts.events.listen(listener),
    readiness: async () => {
      if (!parts.isReady()) return { isReady: false, reason: "starting or stopping" };
      // Before the drain: the other nodes ask here whether the store is there.
      const standing = await parts.storeHealth.look();
      if (standing.type === "unusable") return { isReady: false, reason: standing.reason };
      return notifier.drainProgress.phase !== "serving"
        ? { isReady: false, store: standing.type, reason: "draining" }
        : { isReady: true, store: standing.type, ...("reason" in standing ? { reason: standing.reason } : {}) };
    },
    metrics: () => parts.metrics.text(),
  };
}

function phonesPort(parts: AdminViewParts): AdminPorts["phones"] {
  const { site } = parts;
  return {
    list: (origin) => {
      const byMac = new Map(site.site.phones.map((phone) => [phone.mac, phone]));
      return listingOf(byMac, (phone) => phoneJson(parts, phone, origin));
    },
    get: (mac, origin) => {
      const phone = site.phone(mac);
      if (phone === undefined) return undefined;
      return phoneJson(parts, phone, origin);
    },
    resync: (mac) => parts.resyncs.resync(mac),
    render: (mac, name, origin) => {
      const view = parts.phones.view(mac, hostOf(origin));
      return view === undefined ? undefined : renderPhoneFile(view, name);
    },
  };
}

function livePort({ bindings, notifier, nodes }: AdminViewParts): AdminPorts["live"] {
  return {
    nodes: () => {
      const byName = new Map(nodes().map((known) => [known.node, known]));
      return listingOf(byName, (known) => ({ ...known, startedAt: iso(known.startedAt) }));
    },
    registrations: () => ({ keys: () => bindings.accounts(), get: (account) => registrationJson(bindings, account) }),
    subscriptions: () =>
      listingOf(new Map([...notifier.subscriptions.all()].map((one) => [one.record.id, one])), subscriptionJson),
  };
}

function trunkJson(status: TrunkStatus | undefined): TrunkRegistrationJson | undefined {
  if (status === undefined) return undefined;
  const since = iso(status.since);
  if (status.state === "elsewhere") return { state: status.state, since };
  const { state, expiresAt, reason } = status;
  return {
    ...{ state, since },
    ...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }),
    ...(reason === undefined ? {} : { reason: fromWire(reason) }),
  };
}

function featuresPort({ site, features }: Pick<AdminViewParts, "site" | "features">): AdminPorts["features"] {
  return {
    get: (account) => (site.account(account) === undefined ? undefined : features.of(account)),
    put: (account, wanted) => features.put(account, wanted),
  };
}

function mailboxesPort(mailboxes: MailboxRunner): AdminPorts["mailboxes"] {
  return {
    list: () => ({ keys: () => mailboxes.names(), get: (mailbox) => mailboxJson(mailboxes, mailbox) }),
    get: (mailbox) => mailboxJson(mailboxes, mailbox),
    named: mailboxNamed,
    put: (mailbox, counts) => mailboxes.put(mailbox, counts),
    clear: (mailbox) => mailboxes.clear(mailbox),
  };
}

function mailboxJson(mailboxes: MailboxRunner, mailbox: string): MailboxJson | undefined {
  const facts = mailboxes.facts(mailbox);
  if (facts === undefined) return undefined;
  return { mailbox, ...facts.counts, source: facts.source, accounts: facts.accounts };
}

/** Hands changes to whoever listens to the event stream. */
export class EventBoard {
  readonly #listeners = new Set<(event: AdminEvent) => void>();

  listen(listener: (event: AdminEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** `make` is called only when somebody listens. */
  tell(make: () => AdminEvent): void {
    if (this.#listeners.size === 0) return;
    const event = make();
    for (const listener of this.#listeners) listener(event);
  }
}

/** A device as the API shows it. */
export function deviceJson(lamps: LampRunner, device: string, now: number): DeviceJson {
  const slots = Object.entries(lamps.board.deviceSlots(device)).map(([source, slot]) => slotJson(source, slot, now));
  return { device, state: lamps.board.deviceState(device), slots };
}

function slotJson(source: string, slot: Slot, now: number): SlotJson {
  return {
    source,
    state: slot.state,
    since: iso(slot.since),
    ...(slot.expiresAt === undefined ? {} : { ttl: Math.max(0, Math.ceil((slot.expiresAt - now) / 1000)) }),
    cause: slot.cause,
    ...(slot.dialogs === undefined ? {} : { dialogs: slot.dialogs }),
  };
}

/** A lamp as the API shows it, with its watchers. */
export function lampJson({ lamps, notifier }: Pick<AdminViewParts, "lamps" | "notifier">, lamp: LampView): LampJson {
  const watchers = [...(notifier.subscriptions.watchersOf(resourceOf(lamp)) ?? [])];
  return {
    extension: lamp.extension,
    context: lamp.context,
    state: lamp.state,
    since: iso(lamp.since),
    devices: lamps.board.devicesOf(lamp),
    watchers: watchers.map(watcherJson),
  };
}

function watcherJson(subscription: Subscription): WatcherJson {
  const shown = subscription.shown as LampView | undefined;
  return {
    aor: fromWire(subscription.record.watcher.aor),
    state: shown?.state ?? null,
    cseq: subscription.sentCSeq,
    version: subscription.version - 1,
    sentAt: subscription.sentAt === 0 ? null : iso(subscription.sentAt),
    ackedAt: subscription.ackedAt === 0 ? null : iso(subscription.ackedAt),
  };
}

function subscriptionJson(subscription: Subscription): SubscriptionJson {
  const { record } = subscription;
  return {
    id: record.id,
    aor: fromWire(record.watcher.aor),
    resource: resourceName(record.resource),
    event: record.event,
    source: formatHostPort(record.flow.host, record.flow.port),
    transport: record.flow.transport,
    userAgent: fromWire(record.userAgent),
    expiresAt: iso(record.expiresAt),
    cseq: subscription.sentCSeq,
    version: subscription.version - 1,
    node: record.node,
  };
}

/** An account with its live contacts; undefined when it has none. */
export function registrationJson(bindings: BindingRunner, account: string): RegistrationJson | undefined {
  const live = bindings.live(account);
  if (live.length === 0) return undefined;
  return {
    account,
    contacts: live.map((binding) => ({
      uri: fromWire(binding.contact),
      source: formatHostPort(binding.flow.host, binding.flow.port),
      transport: binding.flow.transport,
      userAgent: fromWire(binding.userAgent),
      expiresAt: iso(binding.expiresAt),
      path: binding.path.map(fromWire),
    })),
  };
}

/** What `byKey` holds, shown one at a time. */
function listingOf<S, T>(byKey: ReadonlyMap<string, S>, show: (item: S) => T): Listing<T> {
  return {
    keys: () => [...byKey.keys()],
    get: (key) => {
      const item = byKey.get(key);
      return item === undefined ? undefined : show(item);
    },
  };
}

/** "[::1]" and "10.0.0.1" as a phone's socket tells them. */
function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname.replace(/^\[|\]$/g, "") : "";
}

function phoneJson(parts: AdminViewParts, phone: Phone, origin: string): PhoneJson {
  const account = phone.accounts[0];
  const registration = account === undefined ? undefined : registrationJson(parts.bindings, account);
  const subscriptions = phone.accounts.flatMap((name) => [...parts.notifier.subscriptions.ofAccount(name)]).map(subscriptionJson);
  const fetches = parts.phones
    .fetchesOf(phone.mac)
    .map(({ file, at, remote, userAgent, status }) => ({ file, at: iso(at), remote, userAgent, status }));
  return {
    mac: phone.mac,
    vendor: phone.vendor,
    model: phone.model,
    label: phone.label,
    accounts: phone.accounts,
    keys: phoneKeys(parts.site.site, phone).map(({ address, label }) => ({ address, label })),
    origin: phone.origin,
    provisioningUrl: `${parts.phones.originFor(origin)}/provisioning/${parts.secrets.secretOf(phone.mac) ?? ""}/`,
    fetches,
    registration: registration ?? null,
    subscriptions,
    stage:
      subscriptions.length > 0 ? "watching" : registration !== undefined ? "registered" : fetches.length > 0 ? "fetched" : "new",
  };
}

function drainPort(notifier: Notifier): AdminPorts["drain"] {
  return {
    progress: () => drainJson(notifier.drainProgress),
    start: (overSeconds) => drainJson(notifier.drain(overSeconds * 1000)),
    cancel: () => drainJson(notifier.undrain()),
  };
}

function drainJson({ phase, left, total, startedAt, endsAt }: DrainProgress): DrainJson {
  return { phase, left, total, startedAt: startedAt === 0 ? null : iso(startedAt), endsAt: endsAt === 0 ? null : iso(endsAt) };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
