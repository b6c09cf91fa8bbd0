import assert from "node:assert/strict";
import fc from "fast-check";
import type { Stop } from "#base/lifecycle";
import type { Commit, CommitOutcome, Store } from "#store/store";
import { assertRising, freshCollection, Recorder, type Medium } from "./harness.ts";

const RUNS = 120;
const FAR = 1e6;

/** What the store must hold, said as simply as can be. */
class Model {
  readonly records = new Map<string, { version: number; value: string }>();
  readonly timers = new Map<string, number>();
  readonly outbox = new Map<string, string[]>();
  readonly #highest = new Map<string, number>();

  apply(commit: Commit, outcome: CommitOutcome): void {
    const current = this.records.get(commit.id);
    if (commit.expect !== "any" && commit.expect !== (current?.version ?? 0)) {
      assert.deepEqual(outcome, { type: "conflict", current: current === undefined ? undefined : { id: commit.id, ...current } });
      return;
    }
    if (outcome.type !== "committed") assert.fail(`a commit that should succeed was ${outcome.type}`);
    this.#take(commit, outcome.version);
  }

  #take(commit: Commit, version: number): void {
    const changes = commit.value !== undefined && (commit.value !== null || this.records.has(commit.id));
    if (changes) {
      assert.ok(version > (this.#highest.get(commit.id) ?? 0), "versions rise, over deletions too");
      this.#highest.set(commit.id, version);
    } else assert.equal(version, this.records.get(commit.id)?.version ?? 0);
    if (commit.value === null) this.records.delete(commit.id);
    else if (commit.value !== undefined) this.records.set(commit.id, { version, value: commit.value });
    for (const { name, dueAt } of commit.timers ?? []) {
      if (dueAt === null) this.timers.delete(`${commit.id} ${name}`);
      else this.timers.set(`${commit.id} ${name}`, dueAt);
    }
    this.outbox.set(commit.id, [...(this.outbox.get(commit.id) ?? []), ...(commit.outbox ?? [])]);
  }
}

type Command =
  | { readonly reopen: true }
  | { readonly reopen: false; readonly commit: Omit<Commit, "collection" | "expect">; readonly expect: Expect };
type Expect = "any" | "current" | "stale" | "nothing";

const IDS = ["a", "b", "__proto__", "c d{}"];
const ids = fc.constantFrom(...IDS);
const timers = fc.array(fc.record({ name: fc.constantFrom("t", "u"), dueAt: fc.option(fc.nat(FAR - 1)) }), { maxLength: 2 });
const commits = fc.record(
  {
    id: ids,
    value: fc.option(fc.string({ unit: "grapheme" })),
    timers: timers.map((list) => [...new Map(list.map((timer) => [timer.name, timer])).values()]),
    outbox: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 2 }),
    durability: fc.constantFrom("synced" as const, "written" as const),
  },
  { requiredKeys: ["id", "durability"] },
);
const expects = fc.constantFrom<Expect[]>("any", "current", "current", "stale", "nothing");
const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { weight: 25, arbitrary: fc.record({ reopen: fc.constant(false as const), commit: commits, expect: expects }) },
    { weight: 1, arbitrary: fc.constant({ reopen: true } as const) },
  ),
  { maxLength: 40 },
);

/** A store, its watcher and the model, driven together. */
class Run {
  readonly #medium: Medium;
  readonly #collection = freshCollection();
  readonly #model = new Model();
  #store: Store | undefined;
  #seen = new Recorder();
  #stop: Stop | undefined;

  constructor(medium: Medium) {
    this.#medium = medium;
  }

  async open(): Promise<void> {
    await this.close();
    this.#store = await this.#medium.open();
    this.#seen = new Recorder();
    this.#stop = await this.#store.watch(this.#collection, this.#seen.listener);
  }

  async close(): Promise<void> {
    await this.#stop?.();
    await this.#store?.close();
  }

  async perform(command: Command): Promise<void> {
    if (command.reopen) {
      await this.open();
      return;
    }
    const version = this.#model.records.get(command.commit.id)?.version ?? 0;
    const expect = { any: "any", current: version, stale: Math.max(1, version - 1), nothing: 0 } as const;
    const commit = { ...command.commit, collection: this.#collection, expect: expect[command.expect] };
    this.#model.apply(commit, await this.#store!.commit(commit));
  }

  async compare(): Promise<void> {
    const store = this.#store!;
    const all = new Map((await store.readAll(this.#collection)).map(({ id, version, value }) => [id, { version, value }]));
    assert.deepEqual(all, this.#model.records);
    const due = await store.timers.claimDue(this.#collection, FAR, 1, 100);
    assert.deepEqual(new Map(due.map(({ id, name, dueAt }) => [`${id} ${name}`, dueAt])), this.#model.timers);
    const outbox = await store.outbox.read(this.#collection, 1000);
    for (const [id, payloads] of this.#model.outbox) {
      assert.deepEqual(
        outbox.filter((entry) => entry.id === id).map(({ payload }) => payload),
        payloads,
      );
    }
    this.#compareWatched();
  }

  /** Without waiting: who commits through a store finds its watchers told. */
  #compareWatched(): void {
    const values = [...this.#model.records].map(([id, { value }]) => [id, value] as const);
    assert.deepEqual(new Map(Object.entries(this.#seen.picture)), new Map(values));
    for (const id of IDS) assertRising(this.#seen.versionsOf(id), id);
  }
}

/** Random commands against a model, on a medium of its own: a run closes and opens its store. */
export function randomSuite(startMedium: () => Promise<Medium>): void {
  describe("any commands", () => {
    it("do what a simple model does", async function () {
      this.timeout(60_000);
      const medium = await startMedium();
      const property = fc.asyncProperty(commands, (list) => runAndCompare(medium, list));
      try {
        await fc.assert(property, { numRuns: RUNS });
      } finally {
        await medium.stop();
      }
    });
  });
}

async function runAndCompare(medium: Medium, list: readonly Command[]): Promise<void> {
  const run = new Run(medium);
  await run.open();
  try {
    for (const command of list) await run.perform(command);
    await run.compare();
  } finally {
    await run.close();
  }
}
