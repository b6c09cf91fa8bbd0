import type { CommitOutcome, Store, StoredRecord, TimerChange } from "#store/store";

/** What a reducer wants to be true. `value` undefined: nothing to do. null: no record any more. */
export interface Decision {
  readonly value: string | null | undefined;
  readonly timers?: readonly TimerChange[];
}

/** A decision of which every record has timers. */
export interface TimedDecision extends Decision {
  readonly timers: readonly TimerChange[];
}

/** Tries after losing a race; each one had another winner, so somebody always gets on. */
const TRIES_MAX = 50;

/**
 * The one loop of the product: load → reduce → commit, and again from the fresh record when somebody was faster (style §3.2).
 * Resolves when the decision is durable; rejects with StoreError when the store cannot be used.
 */
export async function runAggregate(
  store: Store,
  collection: string,
  id: string,
  reduce: (current: StoredRecord | undefined) => Decision,
  durability: "synced" | "written" = "written",
): Promise<void> {
  let current = await store.read(collection, id);
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const decision = reduce(current);
    if (decision.value === undefined) return;
    const outcome: CommitOutcome = await store.commit({
      collection,
      id,
      expect: current?.version ?? 0,
      value: decision.value,
      ...(decision.timers === undefined ? {} : { timers: decision.timers }),
      durability,
    });
    if (outcome.type === "committed") return;
    if (outcome.type === "fenced") throw new Error(`a commit without fence was fenced: ${collection} ${id}`);
    current = outcome.current;
  }
  throw new Error(`no commit after ${TRIES_MAX} tries: ${collection} ${id}`);
}

/** The value kept under an id, made and stored on first use; whoever is first decides for every node. */
export async function keepOnce(store: Store, collection: string, id: string, make: () => string): Promise<string> {
  const known = await store.read(collection, id);
  if (known !== undefined) return known.value;
  const value = make();
  const outcome = await store.commit({ collection, id, expect: 0, value, durability: "synced" });
  if (outcome.type === "committed") return value;
  const winner = outcome.type === "conflict" ? outcome.current : undefined;
  if (winner === undefined) throw new Error(`${collection} ${id} was deleted while it was made`);
  return winner.value;
}
