import assert from "node:assert/strict";
import { quietLog, type Log } from "#base/log";
import { JunkLog } from "#base/junk-log";
import { DEFAULT_FAILURE_LIMITS, FailureLimiter } from "#sip/guard/failure-limiter";
import { Guard } from "#sip/guard/guard";
import { isOfScanner } from "#sip/guard/scanners";
import { SourceRates } from "#sip/guard/source-rates";
import { FakeClock } from "#test/support/fake-clock";
import { request } from "#test/support/wire";
import { flowFrom } from "#test/unit/sip/auth/asking";

const OPTIONS = request("OPTIONS", "sip:127.0.0.1", 5060);
const RATES = { perSecond: 10, burst: 20 };
const STRANGER = flowFrom("192.0.2.7");

class Gate {
  readonly clock = new FakeClock();
  readonly lines: string[] = [];
  readonly failures = new FailureLimiter({ ...DEFAULT_FAILURE_LIMITS, perAccountMax: 2 });
  readonly guard: Guard;

  constructor() {
    const log: Log = { ...quietLog, tellsDebug: true, debug: (message) => this.lines.push(message) };
    this.guard = new Guard({
      trusted: ({ remoteHost }) => remoteHost === "10.0.0.1",
      failures: this.failures,
      rates: RATES,
      clock: this.clock,
      junk: new JunkLog(log, this.clock),
    });
  }

  /** How many of these messages are read. */
  read(count: number, flow = STRANGER, message = OPTIONS): number {
    return Array.from({ length: count }, () => this.guard.admits(message, flow)).filter(Boolean).length;
  }
}

describe("guard", () => {
  it("takes a burst of a stranger, then so many a second (design §9.16), and counts what it drops", () => {
    const gate = new Gate();
    assert.equal(gate.read(50), 20);
    gate.clock.advance(1000);
    assert.equal(gate.read(50), 10);
    gate.clock.advance(60_000);
    assert.equal(gate.read(50), 20);
    assert.deepEqual(gate.guard.drops, { banned: 0, rate: 100, scanner: 0 });
    assert.equal(gate.lines.length, 3, "one line a second for each peer (X-22)");
  });

  it("counts each source for itself, the addresses of one /64 as one", () => {
    const gate = new Gate();
    assert.equal(gate.read(50), 20);
    assert.equal(gate.read(50, flowFrom("192.0.2.8")), 20);
    assert.equal(gate.read(15, flowFrom("2001:db8::1")), 15);
    assert.equal(gate.read(15, flowFrom("2001:db8::2")), 5);
  });

  it("bans and knows a /64 as a whole", () => {
    const gate = new Gate();
    for (let count = 0; count < 2; count += 1) gate.failures.failed("2001:db8::1", "5001", gate.clock.now());
    const neighbour = flowFrom("2001:db8::2");
    assert.deepEqual([gate.read(5, neighbour), gate.read(5, neighbour), gate.guard.drops.banned], [0, 0, 10]);
    gate.failures.welcome("2001:db8::3", gate.clock.now());
    assert.equal(gate.read(500, neighbour), 500);
  });

  it("does not count sources that are trusted, or where an account has logged in", () => {
    const gate = new Gate();
    gate.failures.succeeded("192.0.2.9", "5001", gate.clock.now());
    gate.failures.welcome("192.0.2.10", gate.clock.now());
    for (const host of ["10.0.0.1", "192.0.2.9", "192.0.2.10"]) assert.equal(gate.read(500, flowFrom(host)), 500, host);
  });

  it("drops everything of a banned stranger, and lets him in again once he is freed", () => {
    const gate = new Gate();
    for (let count = 0; count < 2; count += 1) gate.failures.failed("192.0.2.7", "5001", gate.clock.now());
    assert.equal(gate.read(5), 0);
    assert.equal(gate.guard.drops.banned, 5);
    gate.failures.free("192.0.2.7", gate.clock.now());
    assert.equal(gate.read(5), 5);
  });

  it("drops scanners that give their name (X-1)", () => {
    const gate = new Gate();
    const scan = request("OPTIONS", "sip:127.0.0.1", 5060, { "User-Agent": "friendly-scanner" });
    assert.equal(gate.read(3, STRANGER, scan), 0);
    assert.equal(gate.guard.drops.scanner, 3);
  });
});

describe("isOfScanner", () => {
  it("looks at User-Agent and From, however they are written, and at nothing else", () => {
    for (const headers of [
      { "User-Agent": "SIPVicious 0.3" },
      { From: '"sipvicious"<sip:100@1.1.1.1>;tag=1' },
      { "user-agent ": "x sundayddr" },
    ])
      assert.ok(isOfScanner(request("OPTIONS", "sip:a", 1, headers)), JSON.stringify(headers));
    for (const headers of [{ "User-Agent": "PolycomVVX-VVX_411-UA/5.9.0" }, { Subject: "sipvicious" }, { To: "<sip:sipcli@a>" }])
      assert.ok(!isOfScanner(request("OPTIONS", "sip:a", 1, headers)), JSON.stringify(headers));
  });

  it("costs no square of a message's length", () => {
    const begin = process.cpuUsage();
    for (let count = 0; count < 20; count += 1)
      assert.ok(!isOfScanner(`OPTIONS sip:a SIP/2.0\r\n${"User-Agent: x\nf:\n".repeat(3500)}`));
    assert.ok(process.cpuUsage(begin).user / 20 < 20_000);
  });
});

describe("source rates", () => {
  it("hold no more than they may, and give nothing for a clock that goes back", () => {
    const rates = new SourceRates(RATES, 100);
    for (let source = 0; source < 5000; source += 1) rates.take(`10.0.${source >> 8}.${source & 255}`, 0);
    assert.ok(rates.size <= 102, String(rates.size));
    for (let count = 0; count < 20; count += 1) rates.take("a", 1_000_000);
    assert.ok(!rates.take("a", 0));
  });

  it("follow limits that are moved", () => {
    const limits = { perSecond: 1, burst: 1 };
    const rates = new SourceRates(limits);
    assert.deepEqual([rates.take("a", 0), rates.take("a", 0)], [true, false]);
    limits.burst = 3;
    assert.deepEqual([rates.take("a", 0), rates.take("a", 0), rates.take("a", 0)], [true, true, false]);
  });
});
