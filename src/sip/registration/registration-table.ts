import type { Step, Table } from "#base/machine";

/** One registration of ours with a registrar. `failures`: rounds through all places in a row that came to nothing. */
export type RegistrationState =
  /** Looking for the places of the registrar. */
  | (Common & { readonly phase: "locating" })
  /** A REGISTER is on its way to place `place` of `places`. */
  | (Common & { readonly phase: "asking"; readonly place: number; readonly places: number })
  /** It is not wanted any more, and the answer to a REGISTER says first what there is to be taken back. */
  | (Common & { readonly phase: "leaving" })
  | (Common & { readonly phase: "registered"; readonly expiresAt: number; readonly place: number })
  /** Until the next round. */
  | (Common & { readonly phase: "waiting"; readonly why: "refused" | "unreachable"; readonly reason: string })
  | (Common & { readonly phase: "over" });

interface Common {
  readonly failures: number;
  /** Seconds that we ask for. */
  readonly askSeconds: number;
  /** Until when the last registration holds, ms; undefined = there is none. */
  readonly heldUntil: number | undefined;
}

export type RegistrationEvent =
  | { readonly type: "located"; readonly places: number }
  | { readonly type: "accepted"; readonly seconds: number; readonly at: number }
  /** The registrar said no: 4xx, 6xx, a wrong password. */
  | { readonly type: "refused"; readonly reason: string }
  /** 423: it wants longer registrations. */
  | { readonly type: "tooBrief"; readonly minSeconds: number }
  /** No answer, no flow, or a 5xx of this place. */
  | { readonly type: "failed"; readonly reason: string; readonly retryAfterSeconds?: number }
  /** The timer fired. */
  | { readonly type: "due" }
  /** The connection that we were registered over is gone. */
  | { readonly type: "flowLost" }
  /** It is not wanted any more: it is to be removed there. */
  | { readonly type: "removed" }
  /** It is left there as it is. */
  | { readonly type: "stopped" };

export type RegistrationEffect =
  | { readonly type: "locate" }
  | { readonly type: "ask"; readonly place: number; readonly seconds: number }
  /** Fires "due" some time between these two. */
  | { readonly type: "wait"; readonly fromMs: number; readonly toMs: number }
  | { readonly type: "stopWaiting" }
  /** What is held is taken back, once and without insisting: it runs out by itself. */
  | { readonly type: "takeBack" };

/** What a registrar that says nothing is asked for. */
export const DEFAULT_ASK_SECONDS = 3600;
const ASK_MAX_SECONDS = 86_400;
/** Refreshed when this part of what was granted is over. */
const REFRESH = { from: 0.75, to: 0.9 } as const;
/** RFC 5626 §4.5, no flow at all. */
const BACK_OFF = { baseMs: 30_000, maxMs: 1_800_000 } as const;
/** After a refusal: a wrong password does not become right by being shown again, and providers shut out who tries often. */
const REFUSED_MS = 3_600_000;
const RETRY_AFTER_MAX_MS = 3_600_000;
/** What is granted is not taken for less: a registrar that gives nothing is not asked in a loop. */
const GRANTED_MIN_SECONDS = 20;
/** Of a lost connection: many clients of one registrar lose theirs at once. */
const FLOW_LOST = { fromMs: 200, toMs: 2000 } as const;

type Asking = Extract<RegistrationState, { phase: "asking" }>;
type Next = Step<RegistrationState, RegistrationEffect>;

/** A registration that begins. */
export function startRegistration(expirySeconds: number | undefined): Next {
  const askSeconds = Math.min(Math.max(expirySeconds ?? DEFAULT_ASK_SECONDS, 1), ASK_MAX_SECONDS);
  return { state: { phase: "locating", failures: 0, askSeconds, heldUntil: undefined }, effects: [{ type: "locate" }] };
}

const locateAgain = (state: RegistrationState): Next => ({
  state: { phase: "locating", ...commonOf(state) },
  effects: [{ type: "stopWaiting" }, { type: "locate" }],
});

const over = (state: RegistrationState): Next => ({
  state: { phase: "over", ...commonOf(state) },
  effects: [{ type: "stopWaiting" }],
});

const takeBack = (state: RegistrationState): Next => {
  const { state: next, effects } = over(state);
  return { state: next, effects: state.heldUntil === undefined ? effects : [...effects, { type: "takeBack" }] };
};

/** The life of a registration. A registrar's answer never makes more than one request follow at once. */
export const registrationTable: Table<RegistrationState["phase"], RegistrationState, RegistrationEvent, RegistrationEffect> = {
  locating: {
    located: (state, { places }) =>
      places === 0 ? wait(state, "unreachable", "no address of the registrar is known") : ask(state, 0, places),
    removed: takeBack,
    stopped: over,
  },
  asking: {
    accepted: (state, { seconds, at }) => {
      const granted = Math.max(seconds, GRANTED_MIN_SECONDS);
      const expiresAt = at + granted * 1000;
      return {
        state: { ...commonOf(state), phase: "registered", place: state.place, expiresAt, failures: 0, heldUntil: expiresAt },
        effects: [{ type: "wait", fromMs: granted * 1000 * REFRESH.from, toMs: granted * 1000 * REFRESH.to }],
      };
    },
    tooBrief: (state, { minSeconds }) =>
      minSeconds > state.askSeconds && minSeconds <= ASK_MAX_SECONDS
        ? ask({ ...state, askSeconds: minSeconds }, state.place, state.places)
        : wait(state, "refused", `423, for at least ${minSeconds} seconds`),
    refused: (state, { reason }) => wait({ ...state, heldUntil: undefined }, "refused", reason),
    failed: (state, { reason, retryAfterSeconds }) =>
      state.place + 1 < state.places
        ? ask(state, state.place + 1, state.places)
        : wait(state, "unreachable", reason, retryAfterSeconds),
    removed: (state) => ({ state: { phase: "leaving", ...commonOf(state) }, effects: [] }),
    stopped: over,
  },
  leaving: {
    accepted: (state, { seconds, at }) => takeBack({ ...state, heldUntil: at + seconds * 1000 }),
    tooBrief: takeBack,
    refused: takeBack,
    failed: takeBack,
    stopped: over,
  },
  registered: {
    due: locateAgain,
    flowLost: (state) => ({
      // Over a lost connection nobody calls us any more.
      state: { ...state, heldUntil: undefined },
      effects: [{ type: "stopWaiting" }, { type: "wait", ...FLOW_LOST }],
    }),
    removed: takeBack,
    stopped: over,
  },
  waiting: { due: locateAgain, removed: takeBack, stopped: over },
  over: {},
};

function ask(state: RegistrationState, place: number, places: number): Next {
  const asking: Asking = { phase: "asking", ...commonOf(state), place, places };
  return { state: asking, effects: [{ type: "ask", place, seconds: asking.askSeconds }] };
}

function wait(state: RegistrationState, why: "refused" | "unreachable", reason: string, retryAfterSeconds = 0): Next {
  const failures = state.failures + 1;
  const backOffMs = Math.min(BACK_OFF.maxMs, BACK_OFF.baseMs * 2 ** Math.min(failures, 16));
  const longestMs = why === "refused" ? REFUSED_MS : backOffMs;
  const leastMs = Math.min(retryAfterSeconds * 1000, RETRY_AFTER_MAX_MS);
  return {
    state: { ...commonOf(state), phase: "waiting", failures, why, reason },
    effects: [{ type: "wait", fromMs: Math.max(longestMs / 2, leastMs), toMs: Math.max(longestMs, leastMs) }],
  };
}

function commonOf({ failures, askSeconds, heldUntil }: RegistrationState): Common {
  return { failures, askSeconds, heldUntil };
}
