import assert from "node:assert/strict";
import { headersOf } from "#sip/message/message";
import type { ServerTransaction } from "#sip/transaction/user";
import { LayerBench, parsedResponse, requestText, type RequestText, type TimedFlow } from "./layer-bench.ts";

const INVITE: RequestText = { method: "INVITE" };

describe("server transaction, INVITE", () => {
  let bench: LayerBench;
  let flow: TimedFlow;
  let seen: ServerTransaction[];

  beforeEach(() => {
    bench = new LayerBench();
    flow = bench.flow();
    seen = bench.serve("INVITE");
  });

  function invite(text: RequestText = {}, on = flow): ServerTransaction {
    bench.layer.receive(requestText({ ...INVITE, ...text }), on);
    return seen.at(-1)!;
  }

  function ack(text: RequestText = {}, on = flow): void {
    bench.layer.receive(requestText({ method: "ACK", toTag: "ours", ...text }), on);
  }

  it("says 100 when the handler is silent for 200 ms, and repeats it to repeats (RFC 3261 §17.2.1)", () => {
    invite();
    bench.clock.advance(190);
    invite();
    assert.deepEqual(flow.sent, []);
    bench.clock.advance(10);
    invite();
    assert.deepEqual(flow.statuses, [100, 100]);
    assert.deepEqual(headersOf(parsedResponse(flow.sent[0]!), "to"), ["<sip:1001@pbx.example>"]);
    assert.equal(seen.length, 1);
  });

  it("says no 100 when there was an answer before", () => {
    invite().respond({ status: 180 });
    invite();
    bench.clock.advance(10_000);
    assert.deepEqual(flow.statuses, [180, 180]);
  });

  it("waits for its handler as long as a phone rings", () => {
    const transaction = invite();
    bench.clock.advance(180_000);
    transaction.respond({ status: 180 });
    transaction.respond({ status: 486 });
    assert.deepEqual(flow.statuses, [100, 180, 486]);
  });

  it("repeats a failure after 0.5 s, doubling to 4 s, until 32 s (timers G and H, S-4)", () => {
    invite().respond({ status: 486 });
    bench.clock.advance(31_990);
    assert.deepEqual(flow.times, [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert.equal(new Set(flow.sent).size, 1);
    bench.clock.advance(10);
    bench.assertIdle();
  });

  it("repeats a failure to a repeat of the INVITE, until the ACK, then swallows for 5 s (timer I, S-4)", () => {
    invite().respond({ status: 486 });
    invite();
    assert.deepEqual(flow.statuses, [486, 486]);
    bench.clock.advance(600);
    ack();
    invite();
    ack();
    bench.clock.advance(4990);
    assert.deepEqual(flow.statuses, [486, 486, 486]);
    assert.equal(bench.layer.counts.servers, 1);
    bench.clock.advance(10);
    bench.assertIdle();
    assert.equal(bench.acks.length, 0, "the ACK of a failure is the transaction's");
  });

  it("sends a failure once on a stream, waits 32 s for the ACK and is over with it (S-4)", () => {
    const stream = bench.flow("tcp");
    invite({}, stream).respond({ status: 404 });
    bench.clock.advance(31_000);
    assert.deepEqual(stream.times, [0]);
    assert.equal(bench.layer.counts.servers, 1);
    ack({}, stream);
    bench.assertIdle();
    invite({ branch: "z9hG4bKb2", callId: "2" }, stream).respond({ status: 404 });
    bench.clock.advance(32_000);
    bench.assertIdle();
  });

  it("lets the handler repeat a 2xx until its ACK and swallows repeats of the INVITE (RFC 6026 §7.1)", () => {
    const transaction = invite();
    transaction.respond({ status: 200, toTag: "ours" });
    bench.clock.advance(500);
    transaction.respond({ status: 200 });
    invite();
    assert.equal(flow.sent.length, 2);
    assert.equal(flow.sent[0], flow.sent[1], "one tag, one text");
    ack({ branch: "z9hG4bKack" });
    assert.deepEqual(
      bench.acks.map(({ ack: { method, to }, flow: from }) => [method, to.tag, from.key]),
      [["ACK", "ours", flow.key]],
    );
    assert.throws(() => {
      transaction.respond({ status: 486 });
    }, /a second final answer \(486\) to INVITE/);
    bench.clock.advance(31_490);
    assert.equal(bench.layer.counts.servers, 1);
    bench.clock.advance(10);
    bench.assertIdle();
  });

  it("passes up an ACK of a 2xx that wrongly has the branch of the INVITE", () => {
    invite().respond({ status: 200, toTag: "ours" });
    ack();
    ack();
    assert.equal(bench.acks.length, 2);
  });

  it("passes up an ACK that matches nothing and answers it with nothing", () => {
    ack({ branch: "z9hG4bKnobody" });
    assert.equal(bench.acks.length, 1);
    assert.deepEqual(flow.sent, []);
    bench.assertIdle();
  });

  it("takes an ACK before the final answer for nothing", () => {
    const transaction = invite();
    ack();
    transaction.respond({ status: 486 });
    ack();
    bench.clock.advance(5000);
    assert.deepEqual(flow.statuses, [486]);
    bench.assertIdle();
    assert.deepEqual(bench.acks, []);
  });

  it("matches the ACK of a peer of RFC 2543, whose To tag is new (S-5)", () => {
    const old: RequestText = { branch: null };
    invite(old).respond({ status: 486 });
    ack(old);
    bench.clock.advance(5000);
    assert.deepEqual(flow.statuses, [486]);
    bench.assertIdle();
  });

  it("answers a CANCEL 200 and its INVITE 487 (RFC 3261 §9.2)", () => {
    const transaction = invite();
    transaction.respond({ status: 180 });
    bench.layer.receive(requestText({ method: "CANCEL" }), flow);
    assert.deepEqual(flow.statuses, [180, 200, 487]);
    assert.equal(transaction.isAnswered, true);
    assert.deepEqual(
      flow.sent.map((text) => parsedResponse(text).cseq.method),
      ["INVITE", "CANCEL", "INVITE"],
    );
    ack();
    bench.layer.receive(requestText({ method: "CANCEL" }), flow);
    assert.deepEqual(flow.statuses, [180, 200, 487, 200], "a repeat of the CANCEL");
  });

  it("leaves it to the handler to end a cancelled INVITE", () => {
    const cancelled: ServerTransaction[] = [];
    bench.layer.handle({
      method: "INVITE",
      handle: () => undefined,
      cancel: (transaction) => {
        cancelled.push(transaction);
      },
    });
    bench.layer.receive(requestText(INVITE), flow);
    bench.layer.receive(requestText({ method: "CANCEL" }), flow);
    assert.deepEqual(flow.statuses, [200]);
    cancelled[0]?.respond({ status: 487 });
    assert.deepEqual(flow.statuses, [200, 487]);
  });

  it("answers a CANCEL that comes after the final answer 200 and changes nothing (RFC 3261 §9.2)", () => {
    for (const status of [200, 486]) {
      const line = bench.flow();
      const text: RequestText = { branch: `z9hG4bK${status}`, callId: String(status) };
      invite(text, line).respond({ status });
      bench.layer.receive(requestText({ ...text, method: "CANCEL" }), line);
      assert.deepEqual(line.statuses, [status, 200]);
      assert.deepEqual(bench.errors, []);
    }
  });

  it("answers a CANCEL of nothing 481", () => {
    invite();
    for (const text of [{ branch: "z9hG4bKother" }, { sentBy: "192.0.2.99:5060" }]) {
      bench.layer.receive(requestText({ ...text, method: "CANCEL", callId: JSON.stringify(text) }), flow);
      assert.equal(flow.answer.status, 481);
    }
    assert.equal(seen[0]?.isAnswered, false);
  });

  it("answers an INVITE that nobody handles 405 and waits for the ACK", () => {
    const bare = new LayerBench();
    const line = bare.flow();
    bare.layer.receive(requestText(INVITE), line);
    bare.clock.advance(600);
    assert.deepEqual(line.statuses, [405, 405]);
    bare.layer.receive(requestText({ method: "ACK", toTag: "ours" }), line);
    bare.clock.advance(5000);
    bare.assertIdle();
  });

  it("ends without a word when the layer closes, and a 2xx after that is dropped", () => {
    const [ringing, failed] = [invite(), invite({ branch: "z9hG4bKb2", callId: "2" })];
    failed.respond({ status: 486 });
    bench.layer.close();
    bench.assertIdle();
    ringing.respond({ status: 200 });
    bench.clock.advance(10_000);
    assert.deepEqual(flow.statuses, [486]);
    bench.assertIdle();
  });

  it("drops a repeat of a 2xx that comes when nobody waits for it any more (timer L)", () => {
    const transaction = invite();
    transaction.respond({ status: 200 });
    bench.clock.advance(32_000);
    bench.assertIdle();
    transaction.respond({ status: 200 });
    assert.deepEqual(flow.statuses, [200]);
    assert.throws(() => {
      transaction.respond({ status: 486 });
    }, /a second final answer/);
  });
});
