import assert from "node:assert/strict";
import { headerOf, headersOf } from "#sip/message/message";
import { settle } from "#test/support/fake-clock";
import { LayerBench, requestText, type TimedFlow } from "./layer-bench.ts";

describe("server transaction, not INVITE", () => {
  let bench: LayerBench;
  let flow: TimedFlow;

  beforeEach(() => {
    bench = new LayerBench();
    flow = bench.flow();
  });

  it("runs a request once and gives its repeats the same bytes for 32 s over UDP (timer J, S-3)", () => {
    const seen = bench.serve("SUBSCRIBE", (transaction) => {
      transaction.respond({ status: 200, headers: [["Expires", "60"]] });
    });
    bench.layer.receive(requestText(), flow);
    for (const afterMs of [500, 1000, 2000, 28_490]) {
      bench.clock.advance(afterMs);
      bench.layer.receive(requestText(), flow);
    }
    assert.equal(seen.length, 1);
    assert.equal(flow.sent.length, 5);
    assert.equal(new Set(flow.sent).size, 1);
    assert.equal(bench.layer.counts.absorbed, 4);
    bench.clock.advance(10);
    bench.assertIdle();
  });

  it("forgets an answer at once on a stream (J = 0, S-3)", () => {
    const stream = bench.flow("tcp");
    bench.serve("SUBSCRIBE", (transaction) => {
      transaction.respond({ status: 200 });
    });
    bench.layer.receive(requestText(), stream);
    assert.deepEqual(stream.statuses, [200]);
    bench.assertIdle();
  });

  it("says nothing to repeats while the handler is at it", () => {
    const seen = bench.serve("SUBSCRIBE");
    for (let repeat = 0; repeat < 4; repeat += 1) bench.layer.receive(requestText(), flow);
    assert.equal(seen.length, 1);
    assert.deepEqual(flow.sent, []);
    seen[0]?.respond({ status: 200 });
    assert.deepEqual(flow.statuses, [200]);
  });

  it("repeats the newest provisional answer, then the final one", () => {
    const seen = bench.serve("SUBSCRIBE");
    bench.layer.receive(requestText(), flow);
    seen[0]?.respond({ status: 100 });
    bench.layer.receive(requestText(), flow);
    seen[0]?.respond({ status: 183 });
    bench.layer.receive(requestText(), flow);
    seen[0]?.respond({ status: 404 });
    bench.layer.receive(requestText(), flow);
    assert.deepEqual(flow.statuses, [100, 100, 183, 183, 404, 404]);
  });

  it("never says 100 or 408 by itself, however long the handler takes (RFC 4320 §4.1) (S-6)", () => {
    bench.serve("SUBSCRIBE");
    bench.layer.receive(requestText(), flow);
    bench.clock.advance(100_000);
    assert.deepEqual(flow.sent, []);
    bench.assertIdle();
  });

  it("sends an answer just before 32 s and none after: the client has given up (RFC 4320 §4.2) (S-6)", () => {
    const seen = bench.serve("SUBSCRIBE");
    for (const branch of ["z9hG4bKearly", "z9hG4bKlate"]) bench.layer.receive(requestText({ branch, callId: branch }), flow);
    bench.clock.advance(31_990);
    seen[0]?.respond({ status: 200 });
    assert.deepEqual(flow.statuses, [200]);
    const answered = (): boolean[] => seen.map(({ isAnswered }) => isAnswered);
    assert.deepEqual(answered(), [true, false]);
    bench.clock.advance(10);
    assert.deepEqual(answered(), [true, true], "it is too late");
    for (const status of [200, 500]) seen[1]?.respond({ status });
    assert.deepEqual(flow.statuses, [200]);
    bench.clock.advance(32_000);
    bench.assertIdle();
  });

  it("takes a second final answer for our mistake", () => {
    for (const transport of ["udp", "tcp"] as const) {
      const line = bench.flow(transport);
      const seen = bench.serve("SUBSCRIBE");
      bench.layer.receive(requestText({ branch: `z9hG4bK${transport}`, callId: transport }), line);
      const transaction = seen[0]!;
      assert.equal(transaction.isAnswered, false);
      transaction.respond({ status: 200 });
      assert.equal(transaction.isAnswered, true);
      assert.throws(() => {
        transaction.respond({ status: 200 });
      }, /a second final answer \(200\) to SUBSCRIBE/);
      assert.throws(() => {
        transaction.respond({ status: 100 });
      }, /second/);
      assert.deepEqual(line.statuses, [200]);
    }
  });

  it("puts one To tag on all answers of a transaction, the handler's if it has one", () => {
    const seen = bench.serve("SUBSCRIBE");
    const tags = (): (string | undefined)[] => flow.sent.splice(0).map((text) => /^To:.*;tag=(.*)$/m.exec(text)?.[1]?.trim());
    bench.layer.receive(requestText({ branch: "z9hG4bK1", callId: "1" }), flow);
    for (const status of [100, 183, 200]) seen[0]?.respond({ status });
    const [none, first, last] = tags();
    assert.equal(none, undefined, "a 100 has none");
    assert.match(first ?? "", /^[0-9a-f]{16}$/);
    assert.equal(last, first);
    bench.layer.receive(requestText({ branch: "z9hG4bK2", callId: "2" }), flow);
    seen[1]?.respond({ status: 200, toTag: "mine" });
    assert.deepEqual(tags(), ["mine"]);
    bench.layer.receive(requestText({ branch: "z9hG4bK3", callId: "3", toTag: "dialog" }), flow);
    seen[2]?.respond({ status: 200, toTag: "mine" });
    assert.deepEqual(tags(), ["dialog"]);
  });

  it("answers on the flow that the request came on, marked with where it came from (S-10, S-11)", () => {
    bench.serve("SUBSCRIBE", (transaction) => {
      transaction.respond({ status: 200 });
    });
    bench.layer.receive(requestText({ sentBy: "10.0.0.7:5060;rport" }), flow);
    assert.deepEqual(headersOf(flow.answer, "via"), [
      "SIP/2.0/UDP 10.0.0.7:5060;rport=5060;branch=z9hG4bKa1;received=192.0.2.21",
    ]);
  });

  it("answers 500 once when the handler throws, and says why in the log", () => {
    const seen = bench.serve("SUBSCRIBE", () => {
      throw new Error("a mistake");
    });
    bench.layer.receive(requestText(), flow);
    bench.layer.receive(requestText(), flow);
    assert.deepEqual(flow.statuses, [500, 500]);
    assert.equal(flow.sent[0], flow.sent[1]);
    assert.equal(seen.length, 1);
    assert.equal(bench.errors.length, 1);
    assert.match(String(bench.errors[0]?.fields?.["error"]), /a mistake/);
    assert.equal(bench.errors[0]?.fields?.["callId"], "call-1");
  });

  it("answers 500 once when the handler's promise is rejected", async () => {
    bench.serve("SUBSCRIBE", () => Promise.reject(new Error("later")));
    bench.layer.receive(requestText(), flow);
    await settle();
    assert.deepEqual(flow.statuses, [500]);
    assert.equal(bench.errors.length, 1);
  });

  it("only logs a mistake that comes after the answer", async () => {
    bench.serve("SUBSCRIBE", (transaction) => {
      transaction.respond({ status: 200 });
      throw new Error("after");
    });
    bench.serve("PUBLISH", async (transaction) => {
      transaction.respond({ status: 200 });
      await Promise.resolve();
      throw new Error("after");
    });
    bench.layer.receive(requestText({ branch: "z9hG4bK1", callId: "1" }), flow);
    bench.layer.receive(requestText({ branch: "z9hG4bK2", callId: "2", method: "PUBLISH" }), flow);
    await settle();
    assert.deepEqual(flow.statuses, [200, 200]);
    assert.equal(bench.errors.length, 2);
  });

  it("only logs a rejection that comes when it is too late for an answer", async () => {
    let reject: (error: Error) => void = () => undefined;
    bench.serve("SUBSCRIBE", () => new Promise((_resolve, fail) => (reject = fail)));
    bench.layer.receive(requestText(), flow);
    bench.clock.advance(33_000);
    reject(new Error("the store"));
    await settle();
    assert.deepEqual(flow.sent, []);
    assert.equal(bench.errors.length, 1);
    bench.assertIdle();
  });

  it("answers 500 for an answer that would break its lines, and keeps the layer whole", () => {
    bench.serve("SUBSCRIBE", (transaction) => {
      transaction.respond({ status: 200, headers: [["Expires", "1\r\nX: 1"]] });
    });
    bench.layer.receive(requestText(), flow);
    assert.deepEqual(flow.statuses, [500]);
  });

  it("sends nothing and starts nothing when an answer comes after the layer closed", () => {
    const seen = bench.serve("SUBSCRIBE");
    bench.layer.receive(requestText(), flow);
    bench.layer.close();
    bench.assertIdle();
    seen[0]?.respond({ status: 200 });
    assert.equal(seen[0]?.isAnswered, true);
    bench.assertIdle();
    assert.deepEqual(flow.sent, []);
  });

  it("shows what is open, one line each", () => {
    bench.serve("SUBSCRIBE");
    bench.layer.receive(requestText(), flow);
    bench.layer.receive(requestText({ branch: null, callId: "old" }), flow);
    const [line, old] = bench.layer.describe();
    assert.equal(line, `z9hG4bKa1 192.0.2.21:5060 SUBSCRIBE trying ${flow.key}`);
    assert.match(old ?? "", /^old f1 1 SUBSCRIBE sip:1001@pbx.example .* trying/);
  });

  it("gives the answer to an OPTIONS without a handler of its own as to any method (RFC 3261 §8.2.1)", () => {
    bench.layer.receive(requestText({ method: "OPTIONS" }), flow);
    assert.deepEqual([flow.answer.status, headerOf(flow.answer, "allow")], [405, "CANCEL"]);
  });
});
