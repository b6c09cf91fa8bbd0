import type { SiteDiff } from "#domain/site/site-diff";
import type { DeviceDialog, DeviceState } from "#domain/lamp/device-state";
import type { ExtensionState } from "#domain/lamp/lamp-view";
import type { Features } from "#domain/feature/features";
import type { MessageCounts } from "#domain/mailbox/message-counts";
import type { Diagnostic } from "#domain/site/diagnostic";
import type { Site } from "#domain/site/site";
import type { SiteReport } from "#domain/site/site-report";
import type { CallsPort, LinesPort } from "./call-ports.ts";

/** What the API needs; filled by app. Times are ISO 8601 strings. */
export interface AdminPorts {
  readonly devices: DevicesPort;
  readonly lamps: LampsPort;
  readonly phones: PhonesPort;
  readonly live: LivePort;
  readonly mailboxes: MailboxesPort;
  readonly features: FeaturesPort;
  readonly drain: DrainPort;
  readonly bans: BansPort;
  /** undefined: this server takes no calls. */
  readonly calls: CallsPort | undefined;
  readonly lines: LinesPort;
  readonly site: () => Site;
  /** How an account stands with its provider; undefined: it keeps no registration. */
  readonly trunkRegistration: (account: string) => TrunkRegistrationJson | undefined;
  /** Reads the site again (design §9.21). */
  readonly reload: () => Promise<ReloadOutcome>;
  /** Says what is right and wrong with a site that is not taken over. */
  /** `findings`: how many the report lists. */
  readonly check: (site: CheckedSite, findings: number) => Promise<CheckOutcome>;
  /** Calls `listener` with every change until the returned function is called. */
  readonly events: (listener: (event: AdminEvent) => void) => () => void;
  readonly readiness: () => Promise<Readiness>;
  /** Prometheus text. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Can this node serve right now? `reason`: why not, or why the store keeps nothing new. */
export interface Readiness {
  readonly isReady: boolean;
  readonly store?: "writable" | "unwritable";
  readonly reason?: string;
}

/** A list that is made as far as it is shown: one page of a hundred thousand items costs a page. */
export interface Listing<T> {
  /** In the order shown. */
  keys(): readonly string[];
  /** undefined: gone meanwhile. */
  get(key: string): T | undefined;
}

export interface DevicesPort {
  list(): Listing<DeviceJson>;
  get(device: string): DeviceJson;
  /** Resolve when durable. */
  put(device: string, state: DeviceState, ttlSeconds: number | undefined): Promise<void>;
  clear(device: string): Promise<void>;
}

export interface DeviceJson {
  readonly device: string;
  readonly state: DeviceState;
  readonly slots: readonly SlotJson[];
}

export interface SlotJson {
  readonly source: string;
  readonly state: DeviceState;
  readonly since: string;
  /** Seconds left; absent = until it is deleted. */
  readonly ttl?: number;
  readonly cause: string;
  readonly dialogs?: readonly DeviceDialog[];
}

export interface LampsPort {
  list(): Listing<LampJson>;
  /** Lamps of that extension, in one context or in all. */
  find(extension: string, context: string | undefined): readonly LampJson[];
}

export interface LampJson {
  readonly extension: string;
  readonly context: string;
  readonly state: ExtensionState;
  readonly since: string;
  readonly devices: readonly string[];
  readonly watchers: readonly WatcherJson[];
}

export interface WatcherJson {
  readonly aor: string;
  /** What the watcher was last told and acknowledged; null = not known. */
  readonly state: ExtensionState | null;
  readonly cseq: number;
  readonly version: number;
  readonly sentAt: string | null;
  readonly ackedAt: string | null;
}

export interface PhonesPort {
  /** `origin`: how whoever asks reached us, "http://10.0.0.1:8080"; addresses shown begin with it. */
  list(origin: string): Listing<PhoneJson>;
  get(mac: string, origin: string): PhoneJson | undefined;
  /** Asks the phone to read its configuration again; undefined = there is none, "busy" = too many are asked already. */
  resync(mac: string): Promise<readonly ResyncJson[] | "busy" | undefined>;
  /** A file of the phone as it would be fetched. */
  render(mac: string, name: string, origin: string): { readonly contentType: string; readonly body: string } | undefined;
}

/** What one contact of a phone answered. */
export interface ResyncJson {
  readonly account: string;
  readonly contact: string;
  readonly userAgent: string;
  readonly event: string;
  readonly outcome: "answered" | "timeout" | "unreachable" | "challenged";
  readonly status?: number;
  readonly reason?: string;
}

export interface PhoneJson {
  readonly mac: string;
  readonly vendor: string;
  readonly model: string;
  readonly label: string;
  readonly accounts: readonly string[];
  readonly keys: readonly { readonly address: string; readonly label: string }[];
  readonly origin: string;
  readonly provisioningUrl: string;
  readonly fetches: readonly {
    readonly file: string;
    readonly at: string;
    readonly remote: string;
    readonly userAgent: string;
    readonly status: number;
  }[];
  readonly registration: RegistrationJson | null;
  readonly subscriptions: readonly SubscriptionJson[];
  /** How far the phone has come. */
  readonly stage: "new" | "fetched" | "registered" | "watching";
}

export interface LivePort {
  nodes(): Listing<NodeJson>;
  registrations(): Listing<RegistrationJson>;
  subscriptions(): Listing<SubscriptionJson>;
}

export interface FeaturesPort {
  /** undefined: there is no such account. */
  get(account: string): Features | undefined;
  /** Resolves when durable. */
  put(account: string, features: Features): Promise<void>;
}

export interface MailboxesPort {
  list(): Listing<MailboxJson>;
  /** undefined: no account has it, and nobody says anything of it. */
  get(mailbox: string): MailboxJson | undefined;
  /** The mailbox that a name means; undefined = none. */
  named(text: string): string | undefined;
  /** Resolve when durable. */
  put(mailbox: string, counts: MessageCounts): Promise<void>;
  clear(mailbox: string): Promise<void>;
}

export interface MailboxJson extends MessageCounts {
  readonly mailbox: string;
  /** Who says so: the API, a server that publishes, nobody. */
  readonly source: "api" | "publish" | "none";
  readonly accounts: readonly string[];
}

/** A node of the store; one that is not alive is being taken over from. */
export interface NodeJson {
  readonly node: string;
  readonly http: string;
  /** Hosts of URIs that are its own. */
  readonly hosts: readonly string[];
  readonly startedAt: string;
  readonly isAlive: boolean;
}

/** Emptying this node. */
export interface DrainPort {
  progress(): DrainJson;
  start(overSeconds: number): DrainJson;
  cancel(): DrainJson;
}

export interface DrainJson {
  readonly phase: "serving" | "draining" | "drained";
  /** Subscriptions that are still here. */
  readonly left: number;
  /** Subscriptions that were here when it began. */
  readonly total: number;
  readonly startedAt: string | null;
  readonly endsAt: string | null;
}

/** Sources that are shut out for wrong passwords. */
export interface BansPort {
  list(): Listing<BanJson>;
  /** Lets a source in again; false: it was not shut out. */
  free(source: string): boolean;
}

export interface BanJson {
  /** "192.0.2.7" or "2001:db8:0:1::/64". */
  readonly source: string;
  /** Absent: for all accounts. */
  readonly account?: string;
  readonly until: string;
  /** The how manieth time in a row. */
  readonly times: number;
}

/** A registration of ours with a provider; "elsewhere": another node keeps it. */
export interface TrunkRegistrationJson {
  readonly state: "registered" | "trying" | "refused" | "unreachable" | "elsewhere";
  readonly since: string;
  readonly expiresAt?: string;
  readonly reason?: string;
}

export interface RegistrationJson {
  readonly account: string;
  readonly contacts: readonly {
    readonly uri: string;
    readonly source: string;
    readonly transport: string;
    readonly userAgent: string;
    readonly expiresAt: string;
    readonly path: readonly string[];
  }[];
}

export interface SubscriptionJson {
  readonly id: string;
  readonly aor: string;
  readonly resource: string;
  readonly event: string;
  readonly source: string;
  readonly transport: string;
  readonly userAgent: string;
  readonly expiresAt: string;
  readonly cseq: number;
  readonly version: number;
  readonly node: string;
}

export type ReloadOutcome =
  | {
      readonly type: "done";
      readonly diff: SiteDiff;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly type: "refused"; readonly reason: string; readonly diagnostics: readonly Diagnostic[] };

/** A site to be checked: one on the server's disk, or one that was sent. */
export type CheckedSite = { readonly type: "path"; readonly path: string } | { readonly type: "upload"; readonly upload: Upload };

export type Packing = "json" | "zip" | "form";

/** Files as a request sent them: not looked into yet. */
export interface Upload {
  readonly packing: Packing;
  readonly body: Uint8Array;
  /** Names the boundary of a form. */
  readonly contentType: string;
}

/** An upload that cannot be taken apart, or is out of bounds: what to answer. */
export interface UnfitUpload {
  readonly type: "unfit";
  readonly status: number;
  readonly detail: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** refused: it may not be checked. failed: its check came to no end. */
export type CheckOutcome =
  | { readonly type: "checked"; readonly report: SiteReport }
  | UnfitUpload
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "failed"; readonly reason: string };

/** One line of the event stream. */
export interface AdminEvent {
  readonly type: "lamp" | "device" | "registration" | "call" | "site";
  readonly data: unknown;
}
