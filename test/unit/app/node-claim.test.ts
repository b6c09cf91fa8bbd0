import assert from "node:assert/strict";
import { hostname } from "node:os";
import { claimNode } from "#app/node-claim";
import { quietLog } from "#base/log";
import type { LeaseOutcome } from "#store/store";
import { FakeClock } from "#test/support/fake-clock";

describe("a claim of a node's name", () => {
  let clock: FakeClock;
  let holder: string | undefined;
  let renewals: number;
  const errors: string[] = [];
  beforeEach(() => {
    clock = new FakeClock();
    holder = undefined;
    renewals = 0;
    errors.length = 0;
  });

  const leases = {
    acquire: (_collection: string, _id: string, wanted: string): Promise<LeaseOutcome> => {
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
  const claim = (): ReturnType<typeof claimNode> =>
    claimNode({
      store: { leases },
      node: "a",
      leaseSeconds: 3,
      clock,
      log: { ...quietLog, error: (message) => errors.push(message) },
    });

  it("is renewed while the process serves and given back at the end", async () => {
    const stop = await claim();
    await clock.advanceAndSettle(10_000);
    assert.ok(renewals >= 9);
    await stop();
    assert.equal(holder, undefined);
    assert.equal(clock.pending, 0);
  });

  it("takes over at once from a process of this machine that is gone", async () => {
    holder = `${hostname()} ${2 ** 22 + 1} x`;
    await (
      await claim()
    )();
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
    await (
      await late
    )();
  });

  it("says once that somebody else took the name while the store was away", async () => {
    const stop = await claim();
    holder = "elsewhere 1 x";
    await clock.advanceAndSettle(10_000);
    assert.deepEqual(errors, ["another process serves under this node's name now: stop one of them"]);
    await stop();
  });
});
