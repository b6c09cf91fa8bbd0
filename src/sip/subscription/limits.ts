/** Limits and times of the notifier (presence.md §1.4, §7.2; design §9.4, §9.16). All can be set when the notifier is made. */
export interface NotifierLimits {
  /** Shortest grant; below: 423 (S-41). */
  readonly expiryMinSeconds: number;
  /** Longest grant; above: lowered (S-41). */
  readonly expiryMaxSeconds: number;
  /** Share of the requested time that a grant may be shorter, so that refreshes drift apart (S-44). */
  readonly expiryJitter: number;
  /** Live subscriptions of one account from one source address. */
  readonly perAccountAndSource: number;
  /** Live subscriptions on this node. */
  readonly total: number;
  /** NOTIFYs at once, then one per gap (C-2). */
  readonly paceBurst: number;
  readonly paceGapMs: number;
  /** Between two NOTIFYs of a list: what changes meanwhile goes together (L-7). */
  readonly listGapMs: number;
}

export const DEFAULT_NOTIFIER_LIMITS: NotifierLimits = {
  expiryMinSeconds: 60,
  expiryMaxSeconds: 3600,
  expiryJitter: 0.1,
  perAccountAndSource: 2000,
  total: 100_000,
  paceBurst: 2,
  paceGapMs: 100,
  listGapMs: 200,
};

/** We expire later than granted: clocks and round trips differ (S-43). */
export const EXPIRY_GRACE_MAX_MS = 5000;
export const EXPIRY_GRACE_SHARE = 0.1;

/** CSeq and version numbers are reserved in the store in blocks before use, so that a crash skips forward, never back (S-71). */
export const MARK_BLOCK = 256;
/** A new block is asked for when this many are left, so that no NOTIFY has to wait for the store. */
export const MARK_AHEAD = 64;
/** First CSeq is random below this (presence.md §1.5). */
export const FIRST_CSEQ_BELOW = 2 ** 16;
/** Near the end of CSeq the subscription ends with `deactivated`: the phone makes a new one (S-73). */
export const CSEQ_MAX = 2 ** 31 - 1 - MARK_BLOCK;
/** No NOTIFY has this number or a higher one. */
export const CSEQ_END = 2 ** 31 - 1;

/** Above this share of a budget new subscriptions are put off, so that those that live have room (C-15). */
export const OVERLOAD_SHARE = 0.8;

/** Event header (presence.md §7.2). */
export const EVENT_ID_MAX_BYTES = 128;
/** Accept values looked at; the rest is ignored (S-26). */
export const ACCEPT_VALUES_MAX = 32;

/** Back-off after a failed NOTIFY (design §9.9). */
export const RETRY_AFTER_5XX_MS = 1000;
export const RETRY_AFTER_TIMEOUT_MS = 32_000;
/** A phone cannot keep its own lamp dark for longer than this with Retry-After, nor have NOTIFYs in a storm. */
export const HOLD_MAX_MS = 300_000;
export const HOLD_MIN_MS = 1000;
/** Contacts of a 3xx to a NOTIFY that are looked at. */
export const CONTACTS_MAX = 10;
/** The first NOTIFY overtook its 200 when it is answered 481 within this time; then it goes once more after that. */
export const OVERTAKEN_WITHIN_MS = 1000;
export const RETRY_OVERTAKEN_MS = 500;
/** What waits for the probe of a silent device looks again after this: a little longer than a probe takes (C-35). */
export const PROBE_WAIT_MS = 33_000;
/** A redirected NOTIFY goes out anew after this. */
export const RETRY_AFTER_3XX_MS = 1;

/** Full NOTIFYs per second after a restart (S-91). */
export const RESTORE_PER_SECOND = 6500;

/** A request of ours on UDP (S-9). */
export const UDP_MAX_BYTES = 1300;
/** The body of a NOTIFY of a list on a stream. */
export const LIST_BODY_MAX_BYTES = 60_000;

/** Usages of one dialog (S-59). */
export const USAGES_MAX = 20;
