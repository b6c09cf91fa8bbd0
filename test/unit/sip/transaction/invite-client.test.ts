import assert from "node:assert/strict";
import { headerOf, headersOf } from "#sip/message/message";
import { HearingUser, LayerBench, parsedRequest, responseTo, type Asked, type TimedFlow } from "./layer-bench.ts";

describe("client transaction, INVITE", () => {
  let bench: LayerBench;
  let flow: TimedFlow;

  beforeEach(() => {
    bench = new LayerBench();
    flow = bench.flow();
  });

  function answer(asked: Asked, status: number, tag?: string): void {
    bench.layer.receive(responseTo(asked.message, status, tag), flow);
  }

  /** Takes an INVITE back as a user does: same branch, same numbers. */
  function cancel({ branch, message }: Asked): Asked {
    const user = new HearingUser();
    const text = message.replace(/^INVITE/, "CANCEL").replace("1 INVITE", "1 CANCEL");
    bench.layer.clients.start({ method: "CANCEL", branch, message: text, flow }, user);
    return { branch, message: text, user };
  }

  it("repeats over UDP with pauses that double without end, and gives up after 32 s (timers A and B, S-4)", () => {
    const { user } = bench.ask(flow, "INVITE");
    bench.clock.advance(31_990);
    assert.deepEqual(flow.times, [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    assert.deepEqual(user.heard, []);
    bench.clock.advance(10);
    assert.deepEqual(user.heard, ["timeout"]);
    bench.assertIdle();
  });

  it("sends once on a stream and gives up after 32 s (S-4)", () => {
    const stream = bench.flow("tcp");
    const { user } = bench.ask(stream, "INVITE");
    bench.clock.advance(32_000);
    assert.deepEqual([stream.times, user.heard], [[0], ["timeout"]]);
    bench.assertIdle();
  });

  it("neither repeats nor gives up once the phone rings", () => {
    const asked = bench.ask(flow, "INVITE");
    answer(asked, 100);
    answer(asked, 180);
    assert.equal(bench.wheel.size, 0, "A and B are stopped");
    bench.clock.advance(300_000);
    assert.deepEqual(flow.times, [0]);
    assert.deepEqual(asked.user.heard, [100, 180]);
    answer(asked, 486);
    assert.deepEqual(asked.user.heard, [100, 180, 486]);
  });

  it("acknowledges a failure with the headers of the INVITE and the To of the answer (RFC 3261 §17.1.1.3)", () => {
    const asked = bench.ask(flow, "INVITE", ["Route: <sip:p1.example;lr>", "Route: <sip:p2.example;lr>", "Max-Forwards: 12"]);
    answer(asked, 486, "busy");
    const invite = parsedRequest(asked.message);
    const ack = parsedRequest(flow.sent[1] ?? "");
    assert.equal(ack.method, "ACK");
    assert.equal(ack.uri, invite.uri);
    assert.deepEqual(headersOf(ack, "via"), [invite.via.text]);
    assert.deepEqual(headersOf(ack, "route"), ["<sip:p1.example;lr>", "<sip:p2.example;lr>"]);
    assert.equal(ack.from.text, invite.from.text);
    assert.equal(ack.to.text, "<sip:1001@pbx.example>;tag=busy");
    assert.deepEqual([ack.callId, headerOf(ack, "cseq"), headerOf(ack, "max-forwards")], [invite.callId, "1 ACK", "70"]);
    assert.deepEqual(asked.user.heard, [486]);
  });

  it("acknowledges every repeat of a failure for 32 s, and tells it once (timer D, S-4)", () => {
    const asked = bench.ask(flow, "INVITE");
    answer(asked, 503);
    for (let repeat = 0; repeat < 2; repeat += 1) {
      bench.clock.advance(10_000);
      answer(asked, 503);
    }
    assert.equal(flow.sent.filter((text) => text.startsWith("ACK ")).length, 3);
    bench.clock.advance(11_990);
    assert.equal(bench.layer.counts.clients, 1);
    bench.clock.advance(10);
    bench.assertIdle();
    answer(asked, 503);
    assert.deepEqual(asked.user.heard, [503]);
    assert.equal(bench.layer.counts.strayResponses, 1);
  });

  it("ends at once after a failure on a stream, acknowledged (D = 0, S-4)", () => {
    const stream = bench.flow("tcp");
    const asked = bench.ask(stream, "INVITE");
    bench.layer.receive(responseTo(asked.message, 404), stream);
    assert.deepEqual(
      stream.sent.map((text) => text.split(" ", 1)[0]),
      ["INVITE", "ACK"],
    );
    assert.deepEqual(asked.user.heard, [404]);
    bench.assertIdle();
  });

  it("passes a 2xx up and sends no ACK: that is the user's (RFC 6026 §7.2)", () => {
    const asked = bench.ask(flow, "INVITE");
    answer(asked, 200);
    assert.equal(flow.sent.length, 1);
    assert.deepEqual(asked.user.heard, [200]);
  });

  it("passes every repeat and fork of a 2xx up for 32 s, on streams too (timer M, RFC 6026 §7.2)", () => {
    for (const transport of ["udp", "tcp"] as const) {
      const line = bench.flow(transport);
      const asked = bench.ask(line, "INVITE");
      for (const tag of ["fork-1", "fork-1", "fork-2"]) bench.layer.receive(responseTo(asked.message, 200, tag), line);
      bench.clock.advance(31_990);
      bench.layer.receive(responseTo(asked.message, 200, "fork-1"), line);
      assert.deepEqual(asked.user.heard, [200, 200, 200, 200]);
      bench.clock.advance(10);
      bench.assertIdle();
      assert.equal(line.sent.length, 1);
    }
  });

  it("has one end: a failure after a 2xx, or a 2xx after a failure, is not told", () => {
    const [taken, refused] = [bench.ask(flow, "INVITE"), bench.ask(flow, "INVITE")];
    answer(taken, 200);
    answer(taken, 486);
    answer(taken, 180);
    answer(refused, 486);
    answer(refused, 200);
    answer(refused, 180);
    assert.deepEqual([taken.user.heard, refused.user.heard], [[200], [486]]);
  });

  it("tells apart the answers to an INVITE and to its CANCEL, which have one branch (RFC 3261 §9.1)", () => {
    const invite = bench.ask(flow, "INVITE");
    answer(invite, 180);
    const taken = cancel(invite);
    answer(taken, 200);
    answer(invite, 487);
    assert.deepEqual(taken.user.heard, [200]);
    assert.deepEqual(invite.user.heard, [180, 487]);
    bench.clock.advance(32_000);
    bench.assertIdle();
  });

  it("hears the answer to a CANCEL when the INVITE is over already", () => {
    const stream = bench.flow("tcp");
    flow = stream;
    const invite = bench.ask(stream, "INVITE");
    answer(invite, 180);
    const taken = cancel(invite);
    answer(invite, 487);
    answer(taken, 200);
    assert.deepEqual(taken.user.heard, [200]);
    bench.assertIdle();
  });

  it("repeats a CANCEL like any request that is no INVITE", () => {
    const invite = bench.ask(flow, "INVITE");
    answer(invite, 180);
    const taken = cancel(invite);
    bench.clock.advance(32_000);
    assert.equal(flow.sent.filter((text) => text.startsWith("CANCEL ")).length, 11);
    assert.deepEqual(taken.user.heard, ["timeout"]);
    assert.deepEqual(invite.user.heard, [180]);
  });

  it("fails when its flow closes, ringing or not", () => {
    const [calling, ringing] = [bench.ask(flow, "INVITE"), bench.ask(flow, "INVITE")];
    answer(ringing, 180);
    bench.layer.flowClosed(flow);
    assert.deepEqual([calling.user.heard, ringing.user.heard], [["transport error"], [180, "transport error"]]);
    bench.assertIdle();
  });

  it("is over when the flow is gone under the ACK of a failure, without more news", () => {
    const asked = bench.ask(flow, "INVITE");
    flow.closed = true;
    answer(asked, 486);
    bench.clock.advance(10);
    assert.deepEqual(asked.user.heard, [486]);
    bench.assertIdle();
  });

  it("survives an answer whose To cannot be written into an ACK", () => {
    const asked = bench.ask(flow, "INVITE");
    bench.layer.receive(responseTo(asked.message, 486).replace("To: <", 'To: "\\\0" <'), flow);
    assert.deepEqual(asked.user.heard, [486]);
    bench.clock.advance(32_000);
    bench.assertIdle();
  });
});
