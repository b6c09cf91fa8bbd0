import assert from "node:assert/strict";
import { CHALLENGES_KEPT_MAX, REFUSALS_IN_A_ROW_MAX } from "#sip/transaction/limits";
import { transactionKey } from "#sip/transaction/transaction-key";
import type { ServerTransaction } from "#sip/transaction/user";
import { LayerBench, parsedRequest, requestText, type RequestText, type TimedFlow } from "./layer-bench.ts";

function keyOf(text: RequestText): string {
  return transactionKey(parsedRequest(requestText(text)));
}

describe("transaction key", () => {
  it("is branch, sent-by, method and Call-ID: phones of one private address and a poor branch stay apart (S-5)", () => {
    const key = keyOf({});
    assert.equal(keyOf({ cseq: 9, fromTag: "other", uri: "sip:other@pbx.example" }), key);
    assert.equal(keyOf({ sentBy: "192.0.2.21:5060;received=1.2.3.4" }), key);
    for (const other of [
      { branch: "z9hG4bKa2" },
      { sentBy: "192.0.2.21" },
      { sentBy: "192.0.2.22:5060" },
      { method: "PUBLISH" },
      { callId: "other" },
    ])
      assert.notEqual(keyOf(other), key, JSON.stringify(other));
  });

  it("takes hosts in any spelling and branches as they are", () => {
    assert.equal(keyOf({ sentBy: "Phone.Example:5060" }), keyOf({ sentBy: "phone.example:5060" }));
    assert.notEqual(keyOf({ branch: "z9hG4bKA1" }), keyOf({ branch: "z9hG4bKa1" }));
  });

  it("is of the RFC 2543 kind without a branch, with the bare cookie and with a foreign one (S-5, RFC 4475 §3.2.1)", () => {
    for (const branch of [null, "z9hG4bK", "1", "Z9HG4BKa1"]) {
      const key = keyOf({ branch });
      assert.equal(keyOf({ branch }), key);
      for (const other of [
        { cseq: 2 },
        { callId: "call-2" },
        { fromTag: "f2" },
        { fromTag: undefined },
        { uri: "sip:1002@pbx.example" },
        { sentBy: "192.0.2.22:5060" },
        { method: "PUBLISH" },
      ])
        assert.notEqual(keyOf({ branch, ...other }), key, JSON.stringify(other));
    }
  });

  it("gives an ACK the key of its INVITE, and a CANCEL one of its own", () => {
    for (const branch of ["z9hG4bKa1", null]) {
      assert.equal(keyOf({ branch, method: "ACK", toTag: "ours" }), keyOf({ branch, method: "INVITE" }));
      assert.notEqual(keyOf({ branch, method: "CANCEL" }), keyOf({ branch, method: "INVITE" }));
    }
  });
});

describe("matching of requests", () => {
  let bench: LayerBench;
  let flow: TimedFlow;
  let seen: ServerTransaction[];

  beforeEach(() => {
    bench = new LayerBench();
    flow = bench.flow();
    seen = bench.serve("SUBSCRIBE", (transaction) => {
      transaction.respond({ status: 200 });
    });
  });

  function receive(text: RequestText = {}): void {
    bench.layer.receive(requestText(text), flow);
  }

  it("takes the same CSeq with the same branch for a repeat, and the next one for a new request (S-3)", () => {
    receive({ toTag: "ours" });
    receive({ toTag: "ours" });
    receive({ toTag: "ours", cseq: 2, branch: "z9hG4bKa2" });
    assert.equal(seen.length, 2);
  });

  it("recognises the repeats of an RFC 2543 phone (S-5)", () => {
    for (const branch of [null, "z9hG4bK"]) {
      receive({ branch, callId: String(branch) });
      receive({ branch, callId: String(branch) });
    }
    assert.equal(seen.length, 2);
    assert.deepEqual(flow.statuses, [200, 200, 200, 200]);
  });

  it("answers 482 to a request that came over another path too, while the first one lives (S-7)", () => {
    receive();
    receive({ branch: "z9hG4bKpath2" });
    assert.deepEqual(flow.statuses, [200, 482]);
    assert.equal(flow.answer.reason, "Request merged");
    assert.equal(bench.layer.counts.servers, 1, "nothing is kept of it");
    bench.clock.advance(32_000);
    receive({ branch: "z9hG4bKpath3" });
    assert.deepEqual(flow.statuses, [200, 482, 200]);
    bench.clock.advance(32_000);
    bench.assertIdle();
  });

  it("does not take the answer to a challenge for a merged copy, though some phones leave CSeq as it is", () => {
    const statuses = [401, 200];
    bench.serve("PUBLISH", (transaction) => {
      transaction.respond({ status: statuses.shift() ?? 500 });
    });
    receive({ method: "PUBLISH" });
    receive({ method: "PUBLISH", branch: "z9hG4bKcredentials" });
    receive({ method: "PUBLISH" });
    receive({ method: "PUBLISH", branch: "z9hG4bKpath3" });
    assert.deepEqual(flow.statuses, [401, 200, 401, 482]);
  });

  it("takes nothing for merged that differs in one of the three, or is in a dialog (S-7)", () => {
    receive();
    for (const [at, other] of [{ cseq: 2 }, { fromTag: "f2" }, { callId: "call-2" }, { toTag: "ours" }].entries())
      receive({ branch: `z9hG4bKb${at}`, ...other });
    assert.deepEqual(flow.statuses, [200, 200, 200, 200, 200]);
  });

  it("does not take a CANCEL for a merged copy of its INVITE", () => {
    bench.serve("INVITE");
    receive({ method: "INVITE" });
    receive({ method: "CANCEL" });
    assert.deepEqual(flow.statuses, [200, 487]);
  });
});

describe("a full table of transactions", () => {
  function receive(bench: LayerBench, flow: TimedFlow, name: string): void {
    bench.layer.receive(requestText({ branch: `z9hG4bK${name}`, callId: name }), flow);
  }

  it("answers 503 with a Retry-After of 5 to 15 s, takes repeats, and goes silent after a thousand (§7.2)", () => {
    const bench = new LayerBench({ serverTransactionsMax: () => 2 });
    const flow = bench.flow();
    const seen = bench.serve("SUBSCRIBE");
    for (const name of ["a", "b"]) receive(bench, flow, name);
    assert.deepEqual(flow.sent, []);
    receive(bench, flow, "c");
    assert.equal(flow.answer.status, 503);
    receive(bench, flow, "a");
    assert.equal(flow.sent.length, 1);
    for (let more = 0; more < REFUSALS_IN_A_ROW_MAX + 10; more += 1) receive(bench, flow, `more${more}`);
    assert.equal(flow.sent.length, REFUSALS_IN_A_ROW_MAX);
    const seconds = new Set(flow.sent.map((text) => Number(/^Retry-After: (\d+)/m.exec(text)?.[1])));
    assert.deepEqual([Math.min(...seconds), Math.max(...seconds)], [5, 15]);
    assert.equal(bench.layer.counts.servers, 2);
    assert.equal(seen.length, 2);
  });

  it("speaks again once there was room", () => {
    const bench = new LayerBench({ serverTransactionsMax: () => 1 });
    const flow = bench.flow();
    bench.serve("SUBSCRIBE");
    for (let at = 0; at < REFUSALS_IN_A_ROW_MAX + 2; at += 1) receive(bench, flow, `first${at}`);
    assert.equal(flow.sent.length, REFUSALS_IN_A_ROW_MAX);
    bench.clock.advance(32_000);
    receive(bench, flow, "again");
    receive(bench, flow, "refused");
    assert.equal(flow.sent.length, REFUSALS_IN_A_ROW_MAX + 1);
    assert.equal(bench.layer.counts.servers, 1);
  });

  it("forgets the oldest answered ones first, and none that is not answered", () => {
    const bench = new LayerBench({ serverTransactionsMax: () => 3 });
    const flow = bench.flow();
    const seen = bench.serve("SUBSCRIBE");
    for (const name of ["a", "b", "c"]) receive(bench, flow, name);
    seen[2]?.respond({ status: 200 });
    seen[1]?.respond({ status: 200 });
    const open = (): string[] => bench.layer.describe().map((line) => line.slice("z9hG4bK".length, line.indexOf(" ")));
    receive(bench, flow, "d");
    assert.deepEqual(open(), ["a", "c", "d"]);
    receive(bench, flow, "e");
    assert.deepEqual(open(), ["a", "d", "e"]);
    receive(bench, flow, "f");
    assert.equal(flow.answer.status, 503);
    assert.throws(() => {
      seen[1]?.respond({ status: 200 });
    }, /a second final answer/);
    bench.clock.advance(32_000);
    bench.assertIdle();
  });

  it("keeps nothing of a 401 under load, and runs its repeat again", () => {
    const bench = new LayerBench();
    const flow = bench.flow();
    const waiting = bench.serve("SUBSCRIBE");
    const challenged = bench.serve("REGISTER", (transaction) => {
      transaction.respond({ status: 401 });
    });
    const register = (): void => {
      bench.layer.receive(requestText({ method: "REGISTER", branch: "z9hG4bKreg", callId: "reg" }), flow);
    };
    for (let at = 0; at < CHALLENGES_KEPT_MAX - 1; at += 1) receive(bench, flow, String(at));
    register();
    register();
    assert.equal(challenged.length, 1, "below the mark it is kept");
    receive(bench, flow, "over");
    receive(bench, flow, "the mark");
    bench.layer.receive(requestText({ method: "REGISTER", branch: "z9hG4bKnew", callId: "new" }), flow);
    bench.layer.receive(requestText({ method: "REGISTER", branch: "z9hG4bKnew", callId: "new" }), flow);
    assert.equal(challenged.length, 3, "above it the repeat is challenged anew");
    assert.equal(waiting.length + 1, bench.layer.counts.servers);
    bench.layer.close();
    bench.assertIdle();
  });
});
