import assert from "node:assert/strict";
import { Membership } from "#app/nodes/membership";
import { NodeLease } from "#app/nodes/node-lease";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { Medium } from "#test/sim/medium";
import { SimProcess } from "#test/sim/sim-process";
import { SimStore } from "#test/sim/sim-store";
import { stopAfterEach } from "#test/support/stop-after-each";

const HERE = "http://192.0.2.1:8080";
const THERE = "http://192.0.2.2:8080";

describe("the nodes on one store", () => {
  const started = stopAfterEach();

  it("are asked whether they reach it also when they were taken over: they may be back (S-93)", async () => {
    const clock = { ...systemClock, between: () => 1 };
    const store = started(new SimStore(clock, new Medium(clock), new SimProcess(clock, () => undefined), quietLog));
    const shared = { store, node: "here", leaseSeconds: 1, clock: systemClock, log: quietLog };
    const lease = started(await NodeLease.claim(shared));
    const membership = new Membership({
      ...{ ...shared, lease },
      http: () => HERE,
      hosts: () => [],
      takeOver: () => Promise.resolve(0),
      settle: () => Promise.resolve(),
    });
    started(await membership.start());
    const tell = async (value: string | null): Promise<void> => {
      await store.commit({ collection: "node", id: "there", expect: "any", value, durability: "written" });
    };
    await tell(JSON.stringify({ http: THERE, startedAt: 1, hosts: [] }));
    assert.deepEqual(membership.urlsOfOthers(), [THERE]);
    await tell(null);
    assert.deepEqual(
      membership.nodes().map(({ node }) => node),
      ["here"],
    );
    assert.deepEqual(membership.urlsOfOthers(), [THERE]);
  });
});
