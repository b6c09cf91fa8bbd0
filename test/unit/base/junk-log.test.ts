import assert from "node:assert/strict";
import { JunkLog } from "#base/junk-log";
import { quietLog, type Log, type LogFields } from "#base/log";
import { createSystemLog, printable } from "#base/system-log";
import { FakeClock } from "#test/support/fake-clock";

function listening(tellsDebug = true): { log: JunkLog; clock: FakeClock; lines: (LogFields | undefined)[] } {
  const lines: (LogFields | undefined)[] = [];
  const clock = new FakeClock(1_700_000_000_000);
  const hear = (_message: string, fields?: LogFields): void => void lines.push(fields);
  const log: Log = { ...quietLog, tellsDebug, debug: hear, warn: hear, error: hear };
  return { log: new JunkLog(log, clock), clock, lines };
}

describe("junk log (X-22)", () => {
  it("has one line a second for each peer, and tells how many it left out", () => {
    const { log, clock, lines } = listening();
    for (let count = 0; count < 10; count += 1) log.debug("192.0.2.1", "junk", { reason: "x" });
    log.warn("192.0.2.2", "junk");
    clock.advance(1000);
    log.error("192.0.2.1", "junk");
    assert.deepEqual(lines, [{ peer: "192.0.2.1", reason: "x" }, { peer: "192.0.2.2" }, { peer: "192.0.2.1", leftOut: 9 }]);
  });

  it("has some lines a second for all peers: addresses can be forged", () => {
    const { log, lines } = listening();
    for (let peer = 0; peer < 5000; peer += 1) log.debug(`10.0.${peer >> 8}.${peer & 255}`, "junk");
    assert.equal(lines.length, 50);
  });

  it("spends nothing on lines that are not told: a warning has their room", () => {
    const { log, lines } = listening(false);
    for (let peer = 0; peer < 100; peer += 1) log.debug(`10.0.0.${peer}`, "junk");
    log.warn("10.0.0.1", "wrong password");
    assert.deepEqual(lines, [{ peer: "10.0.0.1" }]);
  });

  it("asks the log for its level", () => {
    assert.deepEqual([createSystemLog("debug").tellsDebug, createSystemLog("info").tellsDebug], [true, false]);
    assert.equal(createSystemLog("debug").with({ node: "a" }).tellsDebug, true);
  });
});

describe("fields of a log line", () => {
  it("show no character that a terminal would obey", () => {
    assert.deepEqual(printable({ account: "\u001b[2Jx\u009b1m\u202ey", count: 1, no: undefined, stack: "a\nb" }), {
      account: "\\u{1b}[2Jx\\u{9b}1m\\u{202e}y",
      count: 1,
      no: undefined,
      stack: "a\nb",
    });
  });
});
