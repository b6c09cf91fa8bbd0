import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoredSubscriptions } from "#app/subscription-store";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import { openStore } from "#store/open-store";
import type { Commit, Store } from "#store/store";

const ALWAYS = (): boolean => true;

/** What is asked of the record here is who has it. */
const recordOf = (id: string, node: string): SubscriptionRecord => ({ id, node }) as SubscriptionRecord;

describe("subscriptions that change hands", () => {
  let folder: string;
  let store: Store;
  /** As a store does whose answer gets lost: "before" the commit was made, or "after". */
  let loses: { readonly id: string; readonly when: "before" | "after" } | undefined;
  const stops: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-handover-"));
    const real = await openStore({ url: "embedded", dataFolder: folder, clock: systemClock, log: quietLog });
    loses = undefined;
    store = Object.create(real) as Store;
    store.commit = async (commit: Commit) => {
      const lost = commit.id === loses?.id ? loses : undefined;
      if (lost?.when === "before") throw new Error("no answer");
      const outcome = await real.commit(commit);
      if (lost?.when === "after") throw new Error("no answer");
      return outcome;
    };
    for (const name of ["read", "readAll", "watch"] as const) store[name] = real[name].bind(real) as never;
    stops.push(
      () => rm(folder, { recursive: true }),
      () => real.close(),
    );
  });

  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  const node = async (name: string): Promise<{ readonly subscriptions: StoredSubscriptions; readonly lost: string[] }> => {
    const subscriptions = new StoredSubscriptions(store, name, systemClock);
    const lost: string[] = [];
    subscriptions.onTaken((id) => lost.push(id));
    stops.push(await subscriptions.start());
    return { subscriptions, lost };
  };

  it("are let go by the node that had them before the new one has them", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    const taken = await other.subscriptions.take([recordOf("a", "one")]);
    assert.deepEqual(taken, [recordOf("a", "other")]);
    assert.deepEqual(one.lost, ["a"]);
  });

  it("are not let go for a word that comes when they are back", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    await other.subscriptions.take([recordOf("a", "one")]);
    await one.subscriptions.take([recordOf("a", "other")]);
    assert.deepEqual([one.lost, other.lost], [["a"], ["a"]]);
    const id = JSON.stringify(["one", "a"]);
    await store.commit({ collection: "handover", id, expect: "any", value: "2", durability: "written" });
    assert.deepEqual(one.lost, ["a"]);
  });

  it("are found again when the answer to a take got lost and it was made", async () => {
    const [one, other] = [await node("one"), await node("other")];
    for (const id of ["a", "b"]) await one.subscriptions.save(recordOf(id, "one"));
    loses = { id: "a", when: "after" };
    const adopted: string[] = [];
    const adopt = (records: readonly SubscriptionRecord[]): void => {
      for (const { id } of records) adopted.push(id);
    };
    await assert.rejects(other.subscriptions.takeFrom("one", ALWAYS, adopt), /not all was taken/);
    assert.deepEqual(adopted, ["b"], "what was taken is served although another one failed");
    loses = undefined;
    await other.subscriptions.settle(adopt);
    assert.deepEqual(adopted, ["b", "a"]);
    assert.deepEqual(one.lost, ["a"], "the node that had it may be back");
    await other.subscriptions.settle(adopt);
    assert.deepEqual(adopted, ["b", "a"]);
  });

  it("are found by the phone's next refresh too", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    loses = { id: "a", when: "after" };
    await assert.rejects(other.subscriptions.take([recordOf("a", "one")]), /not all was taken/);
    loses = undefined;
    const found = await other.subscriptions.ofOthers(["a"]);
    assert.deepEqual(await other.subscriptions.take(found), [recordOf("a", "other")]);
    assert.deepEqual(await other.subscriptions.ofOthers(["a"]), []);
  });

  it("stay where they are when a take was not made", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    loses = { id: "a", when: "before" };
    await assert.rejects(other.subscriptions.take([recordOf("a", "one")]), /not all was taken/);
    loses = undefined;
    await other.subscriptions.settle(() => assert.fail("nothing was taken"));
    assert.deepEqual(one.lost, []);
    await one.subscriptions.save(recordOf("a", "one"));
  });

  it("are not taken by a node whose time to take over has run out", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    await assert.rejects(
      other.subscriptions.takeFrom(
        "one",
        () => false,
        () => undefined,
      ),
      /not all was taken/,
    );
    await one.subscriptions.save(recordOf("a", "one"));
    assert.deepEqual(one.lost, []);
  });
});
