import type { DeviceState } from "../lamp/device-state.ts";
import type { Origin } from "./diagnostic.ts";

/** What holds for the whole site (design §9.23); absent = the default that the reader of the setting knows. */
export interface SiteSettings {
  /** Pass the caller's number and name on (sla.md §3.9, design §9.24). */
  readonly attemptCallerId: boolean;
  /** Whose way of doing things: the product's, or Asterisk's with its limits. */
  readonly compat: { readonly sla: Compat; readonly cc: Compat };
  /** Channel or group of DAHDI ("1", "g1") → the account that stands for it, a port of an FXO gateway for one (R4). */
  readonly dahdi: readonly DahdiMapping[];
  /** Numbers that a phone dials to ask for something. Absent = none but those of the dialplan. */
  readonly featureCodes: FeatureCodes;
  /** Numbers that phones reach whatever the lines do (B-29). Absent: emergency.ts knows which; then the dialplan alone says how they are reached. */
  readonly emergency?: readonly string[];
  /** `ccss.conf` `[general]`. */
  readonly cc: CcSettings;
  /** What the server bears. */
  readonly limits: SiteLimits;
}

export type Compat = "product" | "asterisk";

export interface DahdiMapping {
  readonly channel: string;
  readonly account: string;
  readonly origin: Origin;
}

export interface FeatureCodes {
  readonly callCompletionRequest?: string;
  readonly callCompletionCancel?: string;
}

/** Limits of the server (design §9.16), each on one node; absent = the server's own. */
export interface SiteLimits {
  /** Live subscriptions of one account from one source address. */
  readonly subscriptionsPerAccount?: number;
  readonly subscriptions?: number;
  /** Addresses that one account may be registered at. */
  readonly contactsPerAccount?: number;
  /** Requests that are being answered, or were a moment ago. */
  readonly openTransactions?: number;
  /** Wrong passwords within ten minutes, from one source, for one account and for all; then it is shut out for a while. */
  readonly wrongPasswordsPerAccount?: number;
  readonly wrongPasswordsPerSource?: number;
  /** What counts as within: seconds. */
  readonly wrongPasswordWindowSeconds?: number;
  /** How long somebody is shut out the first time, twice as long each further time, and at most. */
  readonly banSeconds?: number;
  readonly banMaxSeconds?: number;
  /** Requests of a source that has never shown a password: a second, and at once. */
  readonly unauthenticatedPerSecond?: number;
  readonly unauthenticatedBurst?: number;
  /** Live publications, all and of one account. */
  readonly publications?: number;
  readonly publicationsPerAccount?: number;
  /** Live publications for one resource; the oldest go. */
  readonly publicationsPerResource?: number;
  /** Devices that servers beside us may speak of. */
  readonly publishedDevices?: number;
  /** Legs of calls on one node. */
  readonly calls?: number;
  /** Connections of SIP by TCP, TLS and WebSocket on one listener, all and of one source. */
  readonly connections?: number;
  readonly connectionsPerSource?: number;
  /** Connections of HTTP of one source. */
  readonly httpConnectionsPerSource?: number;
  /** A connection on which nothing that counts has come or gone for so long is closed. */
  readonly idleSeconds?: number;
  /** One SIP request: headers, bytes of one and of all, bytes of its body. */
  readonly headers?: number;
  readonly headerBytes?: number;
  readonly headerSectionBytes?: number;
  readonly bodyBytes?: number;
  /** One XML document of a publisher. */
  readonly xmlDepth?: number;
  readonly xmlElements?: number;
  readonly xmlAttributes?: number;
}

/** States of a completion whose lamp can be chosen (ccss.md §2.1). */
export const CC_STATES = [
  "available",
  "callerOffered",
  "callerRequested",
  "active",
  "calleeReady",
  "callerBusy",
  "recalling",
  "complete",
  "failed",
] as const;

export type CcState = (typeof CC_STATES)[number];

export interface CcSettings {
  /** Absent = yes. */
  readonly enabled?: boolean;
  /** Requests at once in the whole system; absent = the product's default. */
  readonly maxRequests?: number;
  /** Only those that are written. */
  readonly deviceStates: Readonly<Partial<Record<CcState, DeviceState>>>;
}

/** Settings of a site that writes none; of Asterisk's files, which pass no caller's name on unless told to. */
export const DEFAULT_SETTINGS: SiteSettings = {
  attemptCallerId: false,
  compat: { sla: "product", cc: "product" },
  dahdi: [],
  featureCodes: {},
  cc: { deviceStates: {} },
  limits: {},
};
