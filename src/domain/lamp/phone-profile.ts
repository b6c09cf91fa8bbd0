/** How one family of phones wants to be told things (presence.md §6.3). One row each in phone-profiles.ts. */
export interface PhoneProfile {
  readonly name: string;
  /** User-Agents that it is the default of; absent = only where the site names it. */
  readonly userAgent?: RegExp;

  /** Attribute of `identity` that holds a name: what phones read, what the schema of RFC 4235 knows, or both. */
  readonly nameAttribute: "display" | "display-name" | "both";
  /** Second attribute of `param`: the RFC's, Asterisk's, or both (design §9.5). */
  readonly parameter: "pval" | "pvalue" | "both";
  /** Dialogs of a document: the one that counts, or each call with an id of its own (D-3, design §9.2). */
  readonly dialogElements: "single" | "all";
  /** Idle: a dialog that is terminated, or none (D-1). */
  readonly idleDocument: "dummy" | "empty";
  /** Caller whose call is not answered yet (D-5). */
  readonly callerEarly: "confirmed" | "early" | "trying";
  /** In a call, and a second one rings (D-7). */
  readonly busyRinging: "confirmed" | "early";
  /** On hold: confirmed and not rendered, blinking as if it rang, or dark (presence.md §2.3). */
  readonly hold: "rendering" | "early" | "terminated";
  /** Not registered (D-10). */
  readonly offline: "terminated" | "confirmed";
  /** Whether RINGING may follow INUSE only with an end in between (D-6, design §9.3). */
  readonly endsBeforeRinging: boolean;
  /** Whether the other party of an answered call is named (P-5). */
  readonly identityInConfirmed: boolean;
  /** Whether the other party is who it is, or anonymous (P-4). */
  readonly namesCallers: boolean;
  /** Bytes of one document; longer ones tell less (C-20). */
  readonly bodyMaxBytes: number;
  /** Presence documents have a tuple that Digium's phones read (E-5). */
  readonly digiumTuple: boolean;

  /** An Expires below the minimum is raised to it, for phones that do not understand 423 (S-41, Q-21). */
  readonly raisesExpiry: boolean;
  /** NOTIFYs in a row that may fail before the subscription ends, less the last one (presence.md §1.8, Q-11). */
  readonly failureGrace: number;
  /** Whether 5xx without Retry-After is a passing trouble, or the end as RFC 6665 §4.2.2 has it. */
  readonly retriesServerErrors: boolean;
  /** What the last NOTIFY of a subscription carries (presence.md §1.6). */
  readonly finalBody: "none" | "full";

  /** Event of the NOTIFY that makes it read its configuration again (presence.md §2.11). */
  readonly checkSync: string;
  /** Subscription-State of message counts that it did not subscribe to (E-7). */
  readonly mwiState: "active" | "terminated";
}
