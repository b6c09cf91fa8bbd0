import type { Step, Table } from "#base/machine";

/**
 * The delivery of NOTIFYs in one subscription, as a table. Everything that moves it lives here.
 * One NOTIFY in flight, newest state wins (S-70); a token bucket paces changes (design §9.4); failures by design §9.9.
 */
export type Delivery =
  | { readonly phase: "idle"; readonly bucket: Bucket; readonly failures: number }
  /** A NOTIFY waits for its final answer; `again` is what came up meanwhile. */
  | {
      readonly phase: "inFlight";
      readonly bucket: Bucket;
      readonly failures: number;
      readonly again: Again;
    }
  /** Paced, held by Retry-After, or backing off: one timer runs. */
  | { readonly phase: "waiting"; readonly bucket: Bucket; readonly failures: number; readonly wanted: Wanted }
  /** There is no way to the phone: nothing is tried until it is heard from, over whatever flow. */
  | { readonly phase: "adrift"; readonly bucket: Bucket; readonly failures: number }
  /** The last NOTIFY (terminated) waits for its answer. */
  | { readonly phase: "closing" }
  | { readonly phase: "ended" };

/** change: what differs from what was shown. full: the whole document, whatever was shown. */
export type Wanted = "change" | "full";

/** rest: the next part of what was begun, not paced. */
type Again = Wanted | "rest" | "final" | "nothing";

/** A token bucket: `tokens` at time `at` (ms). */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export type DeliveryEvent =
  /** The resource changed. */
  | { readonly type: "changed"; readonly at: number; readonly pace: Pace }
  /** What is in flight is a part: the next one follows its answer. */
  | { readonly type: "unfinished" }
  /** SUBSCRIBE, refresh, restart: a full document now, not paced. */
  | { readonly type: "fullWanted"; readonly at: number; readonly pace: Pace }
  /** The watcher speaks from elsewhere: what is in flight went to where it is no more, and what failed may work now. */
  | { readonly type: "moved"; readonly at: number; readonly pace: Pace }
  /** `send` found that this watcher already shows the newest state: nothing left for the wire. */
  | { readonly type: "nothingToSay"; readonly at: number; readonly pace: Pace }
  /** 2xx. */
  | { readonly type: "delivered"; readonly at: number; readonly pace: Pace }
  /** The peer did not take this document, and that ends nothing (RFC 5057 §5.1). */
  | { readonly type: "kept"; readonly at: number; readonly pace: Pace }
  /** The peer says that this usage is gone. */
  | { readonly type: "refused" }
  /** Nothing was sent: the connection is gone, and only the phone can make another (S-57, S-92). No failure of a NOTIFY. */
  | { readonly type: "noFlow" }
  /** 408, timer F, 5xx: doubtful, the newest full document again after `retryMs` (design §9.9). */
  | {
      readonly type: "failed";
      readonly retryMs: number;
      /** It was the peer that failed. */
      readonly isServerError?: true;
      /** How many in a row are borne; absent = one. */
      readonly grace?: number;
    }
  /** Retry-After: hold for that long, then the newest document only; not a failure. */
  | { readonly type: "heldBack"; readonly holdMs: number }
  | { readonly type: "timerFired"; readonly at: number; readonly pace: Pace }
  /** Unsubscribed, expired or taken away: one last NOTIFY, after the one in flight. */
  | { readonly type: "closed" }
  /** Forgotten without a word: replaced, or this process stops. */
  | { readonly type: "ended" };

/** gapMs 0 = no pacing (trusted watchers). */
export interface Pace {
  readonly burst: number;
  readonly gapMs: number;
}

export type DeliveryEffect =
  | { readonly type: "send"; readonly wanted: Wanted | "final" }
  | { readonly type: "startTimer"; readonly delayMs: number }
  | { readonly type: "stopTimer" }
  /** The subscription is over because its NOTIFYs do not arrive: silently (S-60). */
  | { readonly type: "remove" };

/** The second failure in a row removes, unless the event says otherwise (design §9.9). */
const FAILURE_GRACE = 1;

/** As soon as a timer can. */
const NEXT_TURN_MS = 1;

export function newDelivery(pace: Pace, at: number): Delivery {
  return { phase: "idle", bucket: { tokens: pace.burst, at }, failures: 0 };
}

export const deliveryTable: Table<Delivery["phase"], Delivery, DeliveryEvent, DeliveryEffect> = {
  idle: {
    changed: (state, event) => sendOrWait(state, "change", event),
    fullWanted: (state, event) => send(state, "full", event),
    closed: () => close([]),
    ended: () => end([]),
  },
  inFlight: {
    changed: (state) => (state.again === "nothing" ? stay({ ...state, again: "change" }) : stay(state)),
    unfinished: (state) =>
      state.again === "nothing" || state.again === "change" ? stay({ ...state, again: "rest" }) : stay(state),
    fullWanted: (state) => (state.again === "full" || state.again === "final" ? stay(state) : stay({ ...state, again: "full" })),
    moved: (state, event) => (state.again === "final" ? close([]) : send(state, "full", event)),
    nothingToSay: (state, event) =>
      afterAnswer({ phase: "idle", bucket: state.bucket, failures: state.failures }, state.again, event),
    delivered: (state, event) => afterAnswer({ phase: "idle", bucket: state.bucket, failures: 0 }, state.again, event),
    kept: (state, event) => afterAnswer({ phase: "idle", bucket: state.bucket, failures: state.failures }, state.again, event),
    refused: () => end([REMOVE]),
    failed: (state, event) => {
      // The phone refreshed meanwhile: it lives, perhaps at another address, and waits for its document.
      if (state.again === "full") return wait({ ...state, failures: 0 }, "full", NEXT_TURN_MS);
      const failures = state.failures + 1;
      if (state.again === "final" || failures > (event.grace ?? FAILURE_GRACE)) return end([REMOVE]);
      return wait({ ...state, failures }, "full", event.retryMs);
    },
    heldBack: (state, event) => (state.again === "final" ? end([REMOVE]) : wait(state, "full", event.holdMs)),
    noFlow: (state) =>
      state.again === "final" ? end([REMOVE]) : stay({ phase: "adrift", bucket: state.bucket, failures: state.failures }),
    closed: (state) => stay({ ...state, again: "final" }),
    ended: () => end([]),
  },
  waiting: {
    fullWanted: sendNow,
    moved: (state, event) => (state.failures === 0 ? stay(state) : sendNow(state, event)),
    timerFired: (state, event) => (state.wanted === "full" ? send(state, "full", event) : sendOrWait(state, "change", event)),
    closed: () => close([STOP_TIMER]),
    ended: () => end([STOP_TIMER]),
  },
  adrift: {
    fullWanted: (state, event) => send(state, "full", event),
    moved: (state, event) => send(state, "full", event),
    closed: () => close([]),
    ended: () => end([]),
  },
  closing: {
    delivered: () => end([REMOVE]),
    kept: () => end([REMOVE]),
    refused: () => end([REMOVE]),
    failed: () => end([REMOVE]),
    heldBack: () => end([REMOVE]),
    noFlow: () => end([REMOVE]),
    ended: () => end([]),
  },
  ended: {},
};

type Waitable = Exclude<Delivery, { phase: "ended" } | { phase: "closing" }>;
type Paced = { readonly at: number; readonly pace: Pace };
type Moved = Step<Delivery, DeliveryEffect>;

const NO_EFFECTS: readonly DeliveryEffect[] = [];
const SEND_CHANGE: readonly DeliveryEffect[] = [{ type: "send", wanted: "change" }];
const SEND_FULL: readonly DeliveryEffect[] = [{ type: "send", wanted: "full" }];
const SEND_FINAL: DeliveryEffect = { type: "send", wanted: "final" };
const STOP_TIMER: DeliveryEffect = { type: "stopTimer" };
const REMOVE: DeliveryEffect = { type: "remove" };

function stay(state: Delivery): Moved {
  return { state, effects: NO_EFFECTS };
}

function afterAnswer(idle: Waitable & { phase: "idle" }, again: Again, event: Paced): Moved {
  if (again === "final") return close([]);
  if (again === "nothing") return stay(idle);
  if (again === "change") return sendOrWait(idle, "change", event);
  return send(idle, again === "full" ? "full" : "change", event);
}

function close(effects: readonly DeliveryEffect[]): Moved {
  return { state: { phase: "closing" }, effects: [...effects, SEND_FINAL] };
}

function end(effects: readonly DeliveryEffect[]): Moved {
  return { state: { phase: "ended" }, effects };
}

function wait(state: Waitable, wanted: Wanted, delayMs: number): Moved {
  return {
    state: { phase: "waiting", bucket: state.bucket, failures: state.failures, wanted },
    effects: [{ type: "startTimer", delayMs }],
  };
}

function send(state: Waitable, wanted: Wanted, { at, pace }: Paced): Moved {
  const bucket = pace.gapMs === 0 ? state.bucket : { tokens: Math.max(0, refill(state.bucket, at, pace).tokens - 1), at };
  const effects = wanted === "full" ? SEND_FULL : SEND_CHANGE;
  return { state: { phase: "inFlight", bucket, failures: state.failures, again: "nothing" }, effects };
}

function sendNow(state: Waitable & { phase: "waiting" }, event: Paced): Moved {
  const sent = send(state, "full", event);
  return { state: sent.state, effects: [STOP_TIMER, ...sent.effects] };
}

function sendOrWait(state: Waitable, wanted: Wanted, event: Paced): Moved {
  if (event.pace.gapMs === 0) return send(state, wanted, event);
  const { tokens } = refill(state.bucket, event.at, event.pace);
  if (tokens >= 1) return send(state, wanted, event);
  return wait(state, wanted, Math.ceil((1 - tokens) * event.pace.gapMs));
}

function refill(bucket: Bucket, at: number, pace: Pace): Bucket {
  if (pace.gapMs === 0) return { tokens: pace.burst, at };
  return { tokens: Math.min(pace.burst, bucket.tokens + Math.max(0, at - bucket.at) / pace.gapMs), at };
}
