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
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";

const ALWAYS = (): boolean => true;

/** What is asked of the record here is who has it, and with which marks. */
const recordOf = (id: string, node: string, more: Partial<SubscriptionRecord> = {}): SubscriptionRecord => ({
  id,
  node,
  dialog: {
    callId: `call ${id}`,
    localTag: id,
    remoteTag: "phone",
    localAddress: "<sip:1001@h>",
    remoteAddress: "<sip:5001@h>;tag=phone",
    remoteTarget: "sip:5001@192.0.2.1",
    routeSet: [],
  },
  flow: { transport: "udp", listener: "udp:192.0.2.9:5060", host: "192.0.2.1", port: 5060, key: "udp 192.0.2.1:5060" },
  package: "dialog",
  event: "dialog",
  contentType: "application/dialog-info+xml",
  profile: "single",
  resource: "1001\ndefault",
  entity: "sip:1001@h",
  watcher: { aor: "5001", trusted: false, device: "desk" },
  userAgent: "",
  expiresAt: 4_000_000_000_000,
  remoteCSeq: 1,
  cseqMark: 256,
  versionMark: 256,
  ...more,
});

describe("subscriptions that change hands", () => {
  let folder: string;
  let store: Store;
  /** As a store does whose answer gets lost: "before" the commit was made, or "after". */
  let loses: { readonly id: string; readonly when: "before" | "after" } | undefined;
  const started = stopAfterEach();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-handover-"));
    started(() => rm(folder, { recursive: true }));
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
    started(real);
  });

  const node = async (name: string): Promise<{ readonly subscriptions: StoredSubscriptions; readonly lost: string[] }> => {
    const subscriptions = new StoredSubscriptions(store, name, systemClock);
    const lost: string[] = [];
    subscriptions.onTaken((id) => lost.push(id));
    started(await subscriptions.start());
    return { subscriptions, lost };
  };

  const announce = (name: string): Promise<unknown> =>
    store.commit({ collection: "node", id: name, expect: "any", value: "{}", durability: "written" });

  const until = (isSo: () => Promise<boolean>): Promise<void> =>
    eventually(async () => {
      assert.ok(await isSo());
    });

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

  it("are written back as they are when their turn comes, and not when they are over by then", async () => {
    const { subscriptions } = await node("one");
    const live = new Map(Array.from({ length: 1200 }, (_, at) => [`s${at}`, recordOf(`s${at}`, "one")]));
    const done = subscriptions.writeBack({ ids: () => [...live.keys()], get: (id) => live.get(id) });
    live.set("s1100", recordOf("s1100", "one", { cseqMark: 512 }));
    live.delete("s1101");
    await done;
    const stored = new Map((await subscriptions.own()).map((record) => [record.id, record]));
    assert.equal(stored.size, 1199);
    assert.equal(stored.get("s1100")?.cseqMark, 512);
    assert.equal(stored.has("s1101"), false);
  });

  it("are written back until all are there", async () => {
    const { subscriptions } = await node("one");
    const live = new Map(["a", "b"].map((id) => [id, recordOf(id, "one")]));
    loses = { id: "a", when: "before" };
    const done = subscriptions.writeBack({ ids: () => [...live.keys()], get: (id) => live.get(id) });
    await eventually(async () => {
      assert.deepEqual(
        (await subscriptions.own()).map(({ id }) => id),
        ["b"],
      );
    });
    loses = undefined;
    await done;
    assert.equal((await subscriptions.own()).length, 2);
  });

  it("are left out where what is stored is none, and neither a start nor a takeover minds", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    for (const [at, value] of ["null", "{", '{"node":"one"}', '{"node":"one","id":"x","dialog":{}}', "[]"].entries())
      await store.commit({ collection: "subscription", id: `bad${at}`, expect: "any", value, durability: "written" });
    await store.commit({ collection: "handover", id: "no word", expect: "any", value: "1", durability: "written" });
    assert.deepEqual(
      (await one.subscriptions.own()).map(({ id }) => id),
      ["a"],
    );
    assert.equal(await other.subscriptions.takeFrom("one", ALWAYS, () => undefined), 1);
  });

  it("are told of by the next process of a node that died between taking one and saying so", async () => {
    const one = await node("one");
    await one.subscriptions.save(recordOf("a", "one"));
    await announce("one");
    // The process of `other` that dies in the middle.
    loses = { id: JSON.stringify(["one", "a"]), when: "before" };
    const dead = new StoredSubscriptions(store, "other", systemClock);
    const stopDead = started(await dead.start());
    void dead.take([recordOf("a", "one")]);
    await until(async () => (await store.read("subscription", "a"))?.value.includes('"node":"other"') === true);
    assert.deepEqual(one.lost, []);
    await stopDead();
    loses = undefined;
    const { subscriptions } = await node("other");
    assert.deepEqual(await subscriptions.own(), [recordOf("a", "other")], "as the notifier knows it");
    assert.deepEqual(one.lost, ["a"]);
    await subscriptions.save(recordOf("a", "other"));
    assert.doesNotMatch((await store.read("subscription", "a"))?.value ?? "", /takenFrom/, "told once");
  });

  it("are told of by whoever takes over from a node that died before it said so", async () => {
    const one = await node("one");
    await one.subscriptions.save(recordOf("a", "one"));
    const value = JSON.stringify({ ...recordOf("a", "dead"), takenFrom: ["one"] });
    await store.commit({ collection: "subscription", id: "a", expect: "any", value, durability: "written" });
    const { subscriptions } = await node("other");
    const adopted: SubscriptionRecord[] = [];
    await subscriptions.takeFrom("dead", ALWAYS, (records) => adopted.push(...records));
    assert.deepEqual(adopted, [recordOf("a", "other")]);
    assert.deepEqual(one.lost, ["a"]);
  });

  it("are let go although writes failed meanwhile", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    loses = { id: "a", when: "before" };
    for (let at = 0; at < 3; at += 1) await assert.rejects(one.subscriptions.save(recordOf("a", "one")), /no answer/);
    loses = undefined;
    await other.subscriptions.take([recordOf("a", "one")]);
    assert.deepEqual(one.lost, ["a"]);
  });

  it("are not written over by what their node had under way when they were taken", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    const stored = await store.read("subscription", "a");
    // Between the two writes, and before the first of them.
    const taking = store.commit({
      ...{ collection: "subscription", id: "a", expect: stored?.version ?? 0, durability: "written" },
      value: JSON.stringify(recordOf("a", "other")),
    });
    await Promise.all([taking, one.subscriptions.save(recordOf("a", "one")), one.subscriptions.save(recordOf("a", "one"))]);
    assert.deepEqual(await other.subscriptions.own(), [recordOf("a", "other")]);
    assert.deepEqual([...new Set(one.lost)], ["a"]);
  });

  it("leave no word behind that was read, also when it could not be removed at first", async () => {
    const id = JSON.stringify(["one", "a"]);
    // Before anybody reads it: what fails is its removal.
    const stopWatch = await store.watch("handover", () => {
      loses = { id, when: "before" };
    });
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    await other.subscriptions.take([recordOf("a", "one")]);
    await stopWatch();
    assert.equal((await store.readAll("handover")).length, 1);
    loses = undefined;
    await until(async () => (await store.readAll("handover")).length === 0);
  });

  it("leave no word behind for a node that is gone", async () => {
    const [one, other] = [await node("one"), await node("other")];
    await one.subscriptions.save(recordOf("a", "one"));
    await store.commit({
      collection: "handover",
      id: JSON.stringify(["gone", "a"]),
      expect: "any",
      value: "1",
      durability: "written",
    });
    await other.subscriptions.takeFrom("gone", ALWAYS, () => undefined);
    assert.deepEqual(await store.readAll("handover"), []);
  });
});
