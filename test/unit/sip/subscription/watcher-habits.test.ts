import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";

describe("manners of watchers by their profile (presence.md §6.3)", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  it("an Expires below the minimum is refused, or raised where the profile says so (S-41, Q-21)", async () => {
    const phone = bench.phone();
    assert.equal((await phone.subscribe({ expires: 30 })).status, 423);
    bench.profile = "compatible";
    const watch = await phone.subscribe({ expires: 30 });
    assert.equal(watch.status, 200);
    assert.match(watch.response, /^Expires: 60\r$/m);
    await watch.send({ expires: 10 });
    assert.match(watch.response, /^Expires: 60\r$/m, "a refresh as well");
  });

  it("a phone that leaves NOTIFYs unanswered keeps its lamps as often as its profile bears (Q-11)", async () => {
    const survived = async (userAgent: string, chosen?: string): Promise<number> => {
      bench.profile = chosen;
      const phone = bench.phone({ userAgent, port: 6000 + bench.phones.length });
      const watch = await phone.subscribe();
      phone.answers = undefined;
      await bench.show("1001", bench.lamps.get("1001")?.state === "InUse" ? "Idle" : "InUse");
      await bench.passLong(400_000, 1000);
      return new Set(watch.notifies.map((notify) => notify.cseq)).size - 1;
    };
    assert.equal(await survived(""), 2);
    assert.equal(await survived("Cisco/SPA504G-7.6.2"), 3);
    assert.equal(await survived("", "strict"), 1);
  });

  it("a 500 without Retry-After is borne, or the end as the RFC has it", async () => {
    const tried = async (chosen: string | undefined): Promise<number> => {
      bench.profile = chosen;
      const phone = bench.phone({ port: 6100 + bench.phones.length });
      const watch = await phone.subscribe();
      phone.answers = { status: 500 };
      await bench.show("1001", bench.lamps.get("1001")?.state === "InUse" ? "Idle" : "InUse");
      await bench.pass(10_000);
      return watch.notifies.length - 1;
    };
    assert.equal(await tried(undefined), 2);
    assert.equal(await tried("strict"), 1);
  });

  it("the last NOTIFY is empty, or carries the whole document", async () => {
    const last = async (chosen: string | undefined): Promise<string> => {
      bench.profile = chosen;
      const phone = bench.phone({ port: 6200 + bench.phones.length });
      const watch = await phone.subscribe();
      await watch.send({ expires: 0 });
      assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
      return phone.newest.body;
    };
    assert.equal(await last(undefined), "");
    assert.match(await last("compatible"), /<state>terminated<\/state>/);
  });
});
