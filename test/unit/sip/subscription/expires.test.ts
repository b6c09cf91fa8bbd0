import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";
import { headerIn } from "#test/support/wire";

describe("the life of a subscription in seconds", () => {
  let bench: NotifierBench;
  const start = (limits = {}): void => {
    bench = new NotifierBench({ limits });
  };
  afterEach(() => {
    bench.end();
  });

  const granted = async (expires: string): Promise<string | undefined> => {
    const watch = await bench.phone().subscribe({ headers: { Expires: expires } });
    return headerIn(watch.response, "Expires");
  };

  it("is never longer than asked for nor than the maximum (S-40, S-41)", async () => {
    start();
    assert.equal(await granted("600"), "600");
    assert.equal(await granted("60"), "60");
    assert.equal(await granted("3600"), "3600");
    assert.equal(await granted("3601"), "3600");
    assert.equal(await granted("86400"), "3600");
  });

  it("is the package's default when Expires is absent or no number (S-40, S-42, S-46, T-3)", async () => {
    start();
    for (const text of ["", "abc", "-1", "1e3", "0x40", "60 0", "1.5"]) assert.equal(await granted(text), "3600", text);
  });

  it("takes numbers of any size (S-42)", async () => {
    start({ expiryMaxSeconds: 2 ** 32 });
    assert.equal(await granted("4294967295"), "4294967295");
    assert.equal(await granted("99999999999999999999"), "4294967295");
    await bench.passLong(3_600_000, 60_000);
    assert.equal(bench.notifier.subscriptions.size, 2, "more than 24.8 days do not overflow");
  });

  it("is refused with 423 and Min-Expires below the minimum, nothing kept (S-41, T-2)", async () => {
    start();
    const phone = bench.phone();
    for (const expires of [1, 30, 59]) {
      const watch = await phone.subscribe({ expires });
      assert.equal(watch.status, 423);
      assert.equal(headerIn(watch.response, "Min-Expires"), "60");
    }
    assert.equal(bench.store.records.size, 0);
    assert.deepEqual(phone.notifies, []);
  });

  it("is spread by up to a tenth, not below the minimum (S-44, C-32)", async () => {
    start({ expiryJitter: 0.1 });
    const grants: number[] = [];
    for (let phone = 0; phone < 100; phone += 1) grants.push(Number(await granted("3600")));
    assert.ok(Math.max(...grants) <= 3600 && Math.min(...grants) >= 3240);
    assert.ok(new Set(grants).size > 50, "grants differ");
    for (let phone = 0; phone < 20; phone += 1) assert.ok(Number(await granted("62")) >= 60);
  });

  it("is told in every NOTIFY as what is left (S-45)", async () => {
    start();
    const phone = bench.phone();
    await phone.subscribe({ expires: 600 });
    await bench.pass(100_000);
    await bench.show("1001", "InUse");
    assert.equal(phone.newest.subscriptionState, "active;expires=500");
  });

  it("is granted whole though the store took a moment (S-40)", async () => {
    start();
    bench.store.hold();
    const watch = await bench.phone().subscribe({ expires: 60 });
    await bench.pass(75);
    bench.store.release();
    await bench.pass(25);
    assert.equal(headerIn(watch.response, "Expires"), "60");
  });

  it("ends a moment later here than there, with one last NOTIFY (S-43, T-6)", async () => {
    start();
    const phone = bench.phone();
    const watch = await phone.subscribe({ expires: 60 });
    await bench.pass(60_000);
    assert.equal(phone.notifies.length, 1, "the grace of 5 s has not passed");
    await bench.pass(5100);
    assert.equal(phone.notifies.length, 2);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    assert.equal(phone.newest.body, "");
    assert.equal(bench.store.records.size, 0);
    await watch.send();
    assert.equal(watch.status, 481);
    await bench.show("1001", "InUse");
    assert.equal(phone.notifies.length, 2);
  });

  it("has a grace of a tenth when it is short (S-43)", async () => {
    start({ expiryMinSeconds: 1 });
    const phone = bench.phone();
    await phone.subscribe({ expires: 10 });
    await bench.pass(11_050);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
  });
});
