import assert from "node:assert/strict";
import { hostname } from "node:os";
import { NodeLease } from "#app/nodes/node-lease";
import { quietLog } from "#base/log";
import type { LeaseOutcome } from "#store/store";
import { FakeClock } from "#test/support/fake-clock";

describe("a claim of a node's name", () => {
  let clock: FakeClock;
  let holder: string | undefined;
  let renewals: number;
  let isDown: boolean;
  const errors: string[] = [];
  beforeEach(() => {
    clock = new FakeClock();
    holder = undefined;
    renewals = 0;
    isDown = false;
    errors.length = 0;
  });

  const leases = {
    acquire: (_collection: string, _id: string, wanted: string): Promise<LeaseOutcome> => {
      if (isDown) return Promise.reject(new Error("the store is down"));
      holder ??= wanted;
      if (holder !== wanted) return Promise.resolve({ type: "refused", holder, epoch: 1 });
      renewals += 1;
      return Promise.resolve({ type: "held", epoch: 1 });
    },
    release: (_collection: string, _id: string, of: string): Promise<void> => {
      if (holder === of) holder = undefined;
      return Promise.resolve();
    },
  };
  const claim = (leaseSeconds = 3): Promise<NodeLease> =>
    NodeLease.claim({
      store: { leases },
      node: "a",
      leaseSeconds,
      clock,
      log: { ...quietLog, error: (message) => errors.push(message) },
    });

  it("is renewed while the process serves, and left to run out at the end", async () => {
    const lease = await claim();
    await clock.advanceAndSettle(10_000);
    assert.ok(renewals >= 9);
    assert.ok(lease.speaks);
    await lease.stop();
    assert.notEqual(holder, undefined);
    assert.equal(clock.pending, 0);
  });

  it("takes over at once from a process of this machine that is gone", async () => {
    holder = `${hostname()} ${2 ** 22 + 1} x`;
    await (await claim()).stop();
  });

  it("waits out the lease of another machine, and refuses when it is renewed", async () => {
    holder = "elsewhere 1 x";
    const refused = assert.rejects(claim(), /--node a: another process serves under this name/);
    await clock.advanceAndSettle(4000);
    await refused;
    const late = claim();
    await clock.advanceAndSettle(1000);
    holder = undefined;
    await clock.advanceAndSettle(1000);
    await (await late).stop();
  });

  it("says once that somebody else took the name while the store was away", async () => {
    const lease = await claim();
    holder = "elsewhere 1 x";
    await clock.advanceAndSettle(10_000);
    assert.deepEqual(errors, ["another process serves under this node's name now: stop one of them"]);
    assert.ok(!lease.speaks);
    await lease.stop();
  });

  it("lets others come back for a whole lease after the store was away, before it takes anything over", async () => {
    const lease = await claim();
    await clock.advanceAndSettle(3500);
    assert.ok(lease.isSteady);
    isDown = true;
    await clock.advanceAndSettle(10_000);
    assert.ok(!lease.isSteady);
    isDown = false;
    await clock.advanceAndSettle(1000);
    assert.ok(lease.speaks);
    await clock.advanceAndSettle(2400);
    assert.ok(!lease.isSteady, "others have had less than a lease");
    await clock.advanceAndSettle(1100);
    assert.ok(lease.isSteady);
    await lease.stop();
  });

  it("lets one that is alone hear of the store's return, however short the lease", async () => {
    const lease = await claim(1);
    await clock.advanceAndSettle(2700);
    assert.ok(!lease.isSteady, "it asks the store for 1 s, and the others for 1.5 s");
    await clock.advanceAndSettle(400);
    assert.ok(lease.isSteady);
    await lease.stop();
  });

  it("is no longer for a clock that was set back", async () => {
    const lease = await claim();
    lease.serve({ othersReachStore: () => Promise.resolve(true), check: () => Promise.resolve(), speak: () => undefined });
    await clock.advanceAndSettle(3500);
    isDown = true;
    clock.set(-60_000);
    await clock.advanceAndSettle(100);
    assert.ok(lease.speaks);
    await clock.advanceAndSettle(4000);
    assert.ok(!lease.speaks, "others have taken over");
    await lease.stop();
  });

  it("lets others come back when it was itself stopped for a while", async () => {
    const lease = await claim();
    await clock.advanceAndSettle(3500);
    assert.ok(lease.isSteady);
    clock.set(60_000);
    assert.deepEqual([lease.isSteady, lease.speaks], [false, false]);
    await clock.advanceAndSettle(1000);
    assert.deepEqual([lease.isSteady, lease.speaks], [false, true]);
    await clock.advanceAndSettle(3000);
    assert.deepEqual([lease.isSteady, lease.speaks], [true, true]);
    await lease.stop();
  });

  it("says nothing after it was stopped for a moment, until the store has answered once", async () => {
    const lease = await claim();
    await clock.advanceAndSettle(1100);
    clock.set(500);
    assert.ok(!lease.speaks);
    const before = renewals;
    await clock.advanceAndSettle(100);
    assert.equal(renewals, before + 1);
    assert.ok(lease.speaks);
    await clock.advanceAndSettle(3000);
    assert.ok(renewals <= before + 5, "renewals have doubled");
    await lease.stop();
    assert.equal(clock.pending, 0);
  });

  it("is silent after a long stop while the store is away: others may have reached it meanwhile", async () => {
    const lease = await claim();
    lease.serve({
      othersReachStore: () => Promise.resolve(false),
      check: () => Promise.resolve(),
      speak: () => undefined,
    });
    isDown = true;
    await clock.advanceAndSettle(10_000);
    assert.equal(lease.speaks, true, "nobody reaches the store, and lamps go on");
    clock.set(2000);
    await clock.advanceAndSettle(3000);
    assert.equal(lease.speaks, false);
    isDown = false;
    await clock.advanceAndSettle(2000);
    assert.equal(lease.speaks, true);
    await lease.stop();
  });
});
