import assert from "node:assert/strict";
import type { LeaseOutcome, Store } from "#store/store";
import type { Stores } from "./commit-suite.ts";
import { commitOf, freshCollection } from "./harness.ts";

const LONG_MS = 60_000;

/** Asks until it is held: the lease of the other runs out by the store's own clock. */
async function acquireAtLast(store: Store, collection: string, holder: string): Promise<number> {
  let outcome: LeaseOutcome;
  do outcome = await store.leases.acquire(collection, "a", holder, LONG_MS);
  while (outcome.type !== "held");
  return outcome.epoch;
}

async function hold(store: Store, collection: string, holder: string, ttlMs = LONG_MS): Promise<number> {
  const outcome = await store.leases.acquire(collection, "a", holder, ttlMs);
  assert.equal(outcome.type, "held");
  return outcome.epoch;
}

/** Leases and fences. */
export function leaseSuite(stores: Stores): void {
  describe("leases", () => {
    it("has one holder, who may renew without a new epoch", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const epoch = await hold(one, collection, "n:1");
      assert.ok(epoch >= 1);
      assert.deepEqual(await other.leases.acquire(collection, "a", "n:2", LONG_MS), { type: "refused", holder: "n:1", epoch });
      assert.equal(await hold(one, collection, "n:1"), epoch);
    });

    it("lets one of many win", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const holders = ["0", "", "null", "b", "c", "d", "e", "f"].map((name) => `h${name}`);
      const outcomes = await Promise.all(
        holders.map((holder, at) => (at % 2 === 0 ? one : other).leases.acquire(collection, "a", holder, LONG_MS)),
      );
      assert.equal(outcomes.filter(({ type }) => type === "held").length, 1);
      assert.equal(new Set(outcomes.map(({ epoch }) => epoch)).size, 1);
    });

    it("raises the epoch with every change of holder", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const first = await hold(one, collection, "n1");
      await other.leases.release(collection, "a", "n2");
      await one.leases.release(collection, "a", "n1");
      const second = await hold(other, collection, "n2", 40);
      const third = await acquireAtLast(one, collection, "n1");
      assert.ok(first < second && second < third, `${first} < ${second} < ${third}`);
    });

    it("refuses commits fenced by a lease that does not hold any more", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const old = { holder: "n1", epoch: await hold(one, collection, "n1", 40) };
      const now = { holder: "n2", epoch: await acquireAtLast(other, collection, "n2") };
      const commit = commitOf(collection, "a", { outbox: ["x"] });
      assert.deepEqual(await one.commit({ ...commit, fence: old }), { type: "fenced", epoch: now.epoch });
      assert.deepEqual(await one.commit({ ...commit, fence: { ...now, holder: "n1" } }), { type: "fenced", epoch: now.epoch });
      assert.equal((await other.commit({ ...commit, fence: now })).type, "committed");
      await other.leases.release(collection, "a", "n2");
      assert.deepEqual(await other.commit({ ...commit, fence: now }), { type: "fenced", epoch: 0 });
      assert.equal((await one.outbox.read(collection, 9)).length, 1);
    });

    it("keeps the leases of records apart", async () => {
      const { one } = stores();
      const collection = freshCollection();
      await hold(one, collection, "n1");
      assert.equal((await one.leases.acquire(collection, "b", "n2", LONG_MS)).type, "held");
    });
  });
}
