import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { RecentMap } from "#base/recent-map";
import { featuresAfter, NO_FEATURES, type FeatureCommand, type Features } from "#domain/feature/features";
import type { Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { runAggregate } from "./run-aggregate.ts";
import { storedFeatures } from "./stored-shapes.ts";
import { storedValue } from "./stored-value.ts";

/** Changes of one account by its phones, at most one in this time (presence.md §2.10). */
const CHANGE_GAP_MS = 1000;
const ACCOUNTS_MAX = 100_000;

export interface FeatureRunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The features of an account are others. */
  readonly changed: (account: string) => void;
}

/** Do not disturb and forwards of accounts, kept in the store. */
export class FeatureRunner {
  readonly #parts: FeatureRunnerParts;
  readonly #features = new Map<string, Features>();
  readonly #changedAt = new RecentMap<number>({ lifeMs: CHANGE_GAP_MS, entriesMax: ACCOUNTS_MAX });

  constructor(parts: FeatureRunnerParts) {
    this.#parts = parts;
  }

  /** Starts following the store; resolves when all are known. */
  async start(): Promise<Stop> {
    return this.#parts.store.watch(COLLECTIONS.feature, ({ id, value }) => {
      this.#features.set(id, value === undefined ? NO_FEATURES : this.#read(id, value));
      this.#parts.changed(id);
    });
  }

  of(account: string): Features {
    return this.#features.get(account) ?? NO_FEATURES;
  }

  /** Resolves when it is durable. */
  async put(account: string, features: Features): Promise<void> {
    await runAggregate(this.#parts.store, COLLECTIONS.feature, account, () => ({ value: JSON.stringify(features) }));
  }

  /** What a phone of the account asks for; resolves when it is durable. */
  async command(account: string, command: FeatureCommand): Promise<"done" | "tooFast" | "noTarget"> {
    const now = this.#parts.clock.now();
    if (now - (this.#changedAt.get(account) ?? -Infinity) < CHANGE_GAP_MS) return "tooFast";
    let outcome: "done" | "noTarget" = "done";
    await runAggregate(this.#parts.store, COLLECTIONS.feature, account, (current) => {
      const before = current === undefined ? NO_FEATURES : this.#read(account, current.value);
      const after = featuresAfter(before, command);
      outcome = after === undefined ? "noTarget" : "done";
      if (after === undefined || after === before) return { value: undefined };
      this.#changedAt.set(account, now, now);
      return { value: JSON.stringify(after) };
    });
    return outcome;
  }

  #read(account: string, value: string): Features {
    const features = storedValue(storedFeatures, value);
    if (features === undefined) this.#parts.log.error("stored features cannot be read and count as none", { account });
    return features ?? NO_FEATURES;
  }
}
