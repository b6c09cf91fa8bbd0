/** Sessions open at once on one node; beyond it new ones get a 503. */
export const SESSIONS_MAX = 10_000;

/** Bytes of a session description. */
export const SDP_MAX_BYTES = 16_384;

/** An incoming call that nobody answers ends after this. */
export const UNANSWERED_MAX_MS = 180_000;

/** A provisional answer is said again, so that no proxy gives up (RFC 3261 §13.3.1.1). */
export const PROGRESS_AGAIN_MS = 60_000;

/** A confirmed session without session timer is asked whether it lives: every so often, and by how much that varies (B-21). */
export const ALIVE_EVERY_MS = 90_000;
export const ALIVE_SPREAD_MS = 20_000;

/** Shortest session interval that is taken, the one that we ask for, and the longest (RFC 4028 §5, B-20). */
export const MIN_SE_SECONDS = 90;
export const SESSION_EXPIRES_SECONDS = 1800;
export const SESSION_EXPIRES_MAX_SECONDS = 86_400;

/** Early dialogs that one INVITE may fork into. */
export const FORKS_MAX = 16;

/** How often one request is sent anew because of a challenge or its session interval. */
export const TRIES_MAX = 4;

/** A re-INVITE of ours that has only a provisional answer after this ends the session. */
export const RE_INVITE_MAX_MS = 60_000;

/** Offers of ours that wait for their turn. */
export const OFFERS_WAITING_MAX = 8;

/** How often an offer is sent again after glare. */
export const GLARES_MAX = 10;

/** Methods that peers may use in our dialogs. */
export const ALLOW = "INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, OPTIONS";

/** Option tags of sessions (RFC 3262, RFC 4028). */
export const SESSION_OPTIONS = ["100rel", "timer"];
