/** What a machine answers: the state it is now in, and what the world must do about it, in that order. */
export interface Step<S, F> {
  readonly state: S;
  readonly effects: readonly F[];
}

/** A state machine written as a table: one row per phase, one cell per event which that phase accepts. */
export type Table<P extends string, S extends { phase: P }, E extends { type: string }, F> = {
  readonly [K in P]: {
    readonly [T in E["type"]]?: (state: Extract<S, { phase: K }>, event: Extract<E, { type: T }>) => Step<S, F>;
  };
};

const NOTHING: readonly never[] = [];

/** Runs one event. An empty cell changes nothing: the caller gets the very same state object back. */
export function step<P extends string, S extends { phase: P }, E extends { type: string }, F>(
  table: Table<P, S, E, F>,
  state: S,
  event: E,
): Step<S, F> {
  // The one cast of the design: the compiler cannot relate the two look-ups; the table's type has done it already.
  const cell = table[state.phase][event.type as E["type"]] as ((s: S, e: E) => Step<S, F>) | undefined;
  return cell === undefined ? { state, effects: NOTHING } : cell(state, event);
}
