/** Open server transactions (design §9.16). Beyond it the oldest answered ones are forgotten early. */
export const SERVER_TRANSACTIONS_MAX = 250_000;

/** How many of the oldest transactions are looked at for an answered one: handlers that hang must not make every arrival slow. */
export const EVICTION_LOOKS_MAX = 100;

/** With more transactions open than this, nothing is kept of a 401 or 407: a flood without credentials costs no memory. */
export const CHALLENGES_KEPT_MAX = 50_000;

/** 503s in a row while there is no room; then silence, because answers are work too. */
export const REFUSALS_IN_A_ROW_MAX = 1000;

/** Seconds of Retry-After in a 503: at least, and how many more at random (presence.md §7.2). */
export const RETRY_AFTER_MIN_SECONDS = 5;
export const RETRY_AFTER_SPREAD_SECONDS = 10;
