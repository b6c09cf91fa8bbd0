import assert from "node:assert/strict";
import { DEFAULT_FAILURE_LIMITS, FailureLimiter } from "#sip/guard/failure-limiter";
import { sourceBlock } from "#sip/guard/source-block";

const MINUTE = 60_000;
const SOURCE = "192.0.2.7";

function fail(limiter: FailureLimiter, times: number, account: string, now: number, source = SOURCE): void {
  for (let count = 0; count < times; count += 1) limiter.failed(source, account, now);
}

describe("failure limiter", () => {
  it("closes a source for an account with the 20th failure, not before", () => {
    const limiter = new FailureLimiter();
    fail(limiter, 19, "5001", 0);
    assert.ok(!limiter.isBlocked(SOURCE, "5001", 0));
    assert.equal(limiter.failed(SOURCE, "5001", 0), "closed");
    assert.ok(limiter.isBlocked(SOURCE, "5001", 0));
    assert.ok(limiter.isBlocked(SOURCE, "5001", 10 * MINUTE - 1));
    assert.ok(!limiter.isBlocked(SOURCE, "5001", 10 * MINUTE));
  });

  it("leaves the account open to other sources, and the other accounts to a source that is known", () => {
    const limiter = new FailureLimiter();
    limiter.succeeded(SOURCE, "5003", 0);
    fail(limiter, 20, "5001", 0);
    assert.ok(!limiter.isBlocked("192.0.2.8", "5001", 0));
    assert.ok(limiter.isBlocked(SOURCE, "5001", 0));
    assert.ok(!limiter.isBlocked(SOURCE, "5002", 0));
    assert.ok(!limiter.isBannedBlock(SOURCE, 0));
  });

  it("bans a stranger as a whole with the 20th failure for one account", () => {
    const limiter = new FailureLimiter();
    fail(limiter, 19, "5001", 0);
    assert.ok(!limiter.isBannedBlock(SOURCE, 0));
    fail(limiter, 1, "5001", 0);
    assert.ok(limiter.isBannedBlock(SOURCE, 0));
    assert.ok(!limiter.isBannedBlock("192.0.2.8", 0));
    assert.ok(!limiter.isBannedBlock(SOURCE, 10 * MINUTE));
  });

  it("becomes slow with the fifth failure", () => {
    const limiter = new FailureLimiter();
    fail(limiter, 4, "5001", 0);
    assert.equal(limiter.failed(SOURCE, "5002", 0), "slow");
    assert.equal(new FailureLimiter().failed(SOURCE, "5001", 0), "counted");
  });

  it("shows whom it shuts out, and lets him in again when it is told to", () => {
    const limiter = new FailureLimiter();
    fail(limiter, 20, "5001", 0, "2001:db8::1");
    assert.deepEqual(limiter.bans(0), [
      { source: "2001:db8:0:0", account: "5001", until: 10 * MINUTE, times: 1 },
      { source: "2001:db8:0:0", until: 10 * MINUTE, times: 1 },
    ]);
    assert.deepEqual(limiter.bans(10 * MINUTE), []);
    assert.ok(!limiter.free("2001:db8:1::1", 0));
    assert.ok(limiter.free("2001:db8::99", 0));
    assert.deepEqual(limiter.bans(0), []);
    assert.ok(!limiter.isBannedBlock(sourceBlock("2001:db8::1"), 0));
    fail(limiter, 4, "5001", 0, "2001:db8::1");
    assert.ok(!limiter.isBlocked("2001:db8::1", "5001", 0), "what it did is forgotten");
  });

  it("forgives how often it was banned once it has kept still for long", () => {
    const limiter = new FailureLimiter();
    fail(limiter, 20, "5001", 0);
    fail(limiter, 20, "5001", 70 * MINUTE);
    assert.deepEqual(new Set(limiter.bans(70 * MINUTE).map(({ times }) => times)), new Set([1]));
  });

  it("follows limits that are moved", () => {
    const limits = { ...DEFAULT_FAILURE_LIMITS };
    const limiter = new FailureLimiter(limits);
    limits.perAccountMax = 2;
    limits.blockMs = 1000;
    fail(limiter, 2, "5001", 0);
    assert.ok(limiter.isBannedBlock(SOURCE, 999));
    assert.ok(!limiter.isBannedBlock(SOURCE, 1000));
  });

  it("takes the addresses of one /64 for one source", () => {
    const limiter = new FailureLimiter();
    fail(limiter, 10, "5001", 0, "2001:db8::1");
    fail(limiter, 10, "5001", 0, "2001:db8::2");
    assert.ok(limiter.isBlocked("2001:db8::3", "5001", 0));
  });

  it("forgives what is older than the window", () => {
    const limiter = new FailureLimiter();
    fail(limiter, 19, "5001", 0);
    fail(limiter, 19, "5001", 10 * MINUTE);
    assert.ok(!limiter.isBlocked(SOURCE, "5001", 10 * MINUTE));
  });

  it("closes for longer each time, up to 40 minutes", () => {
    const limiter = new FailureLimiter();
    let now = 0;
    for (const minutes of [10, 20, 40, 40]) {
      fail(limiter, 20, "5001", now);
      assert.ok(limiter.isBlocked(SOURCE, "5001", now + minutes * MINUTE - 1));
      now += minutes * MINUTE;
      assert.ok(!limiter.isBlocked(SOURCE, "5001", now), `after ${minutes} minutes`);
    }
  });

  it("begins anew after a right answer", () => {
    const limiter = new FailureLimiter();
    fail(limiter, 19, "5001", 0);
    limiter.succeeded(SOURCE, "5001", 0);
    fail(limiter, 19, "5001", 0);
    assert.ok(!limiter.isBlocked(SOURCE, "5001", 0));
  });

  it("closes a source that tries 100 times over many accounts, but not for phones there that are known to be right", () => {
    const limiter = new FailureLimiter();
    limiter.succeeded(SOURCE, "good", 0);
    for (let account = 0; account < 100; account += 1) limiter.failed(SOURCE, `guess${account}`, 0);
    assert.ok(limiter.isBlocked(SOURCE, "another", 0));
    assert.ok(!limiter.isBlocked(SOURCE, "good", 0));
  });

  it("holds no more than it may, whatever names it is given", () => {
    const limiter = new FailureLimiter({ ...DEFAULT_FAILURE_LIMITS, entriesMax: 100 });
    for (let at = 0; at < 5000; at += 1) limiter.failed(`10.0.${at >> 8}.${at & 255}`, "x".repeat(8000), 0);
    assert.ok(limiter.size <= 102, String(limiter.size));
  });
});
