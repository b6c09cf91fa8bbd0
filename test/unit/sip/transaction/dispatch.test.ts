import assert from "node:assert/strict";
import { headerOf } from "#sip/message/message";
import { optionsHandler } from "#sip/transaction/dispatch";
import type { TransactionLayerParts } from "#sip/transaction/transaction-layer";
import { LayerBench, requestText, type RequestText, type TimedFlow } from "./layer-bench.ts";

describe("checks that all requests share", () => {
  let served: number;

  /** Sends one request to a layer of its own; the answer, or undefined. */
  function send(text: RequestText | string, parts: Partial<TransactionLayerParts> = {}): TimedFlow {
    const bench = new LayerBench(parts);
    const flow = bench.flow();
    served = 0;
    bench.serve("SUBSCRIBE", (transaction) => {
      served += 1;
      transaction.respond({ status: 200 });
    });
    bench.layer.handle(optionsHandler(() => bench.layer.methods, ["dialog", "presence"], ["path"]));
    bench.layer.receive(typeof text === "string" ? text : requestText(text), flow);
    assert.deepEqual(bench.errors, []);
    assert.ok(flow.sent.length <= 1);
    return flow;
  }

  function refused(text: RequestText | string, parts: Partial<TransactionLayerParts> = {}): [status: number, reason: string] {
    const { status, reason } = send(text, parts).answer;
    assert.equal(served, 0);
    return [status, reason];
  }

  it("answers 405 to methods that others know, 501 to inventions, both with Allow (§1.2 step 4)", () => {
    for (const [method, status] of [
      ["MESSAGE", 405],
      ["REGISTER", 405],
      ["BYE", 405],
      ["DANCE", 501],
      ["subscribe", 501],
    ] as const) {
      const { answer } = send({ method });
      assert.equal(answer.status, status, method);
      assert.equal(headerOf(answer, "allow"), "CANCEL, SUBSCRIBE, OPTIONS");
    }
  });

  it("answers 416 to schemes it does not speak, 400 to broken URIs (step 5)", () => {
    assert.equal(refused({ uri: "http://pbx.example/" })[0], 416);
    assert.equal(refused({ uri: "nobody:x" })[0], 416);
    for (const uri of ["sip:", "sip:a@", "sip:a@[::1", "sip:a@host:99999"]) assert.equal(refused({ uri })[0], 400, uri);
    for (const uri of ["sip:pbx.example", "sips:1001@pbx.example", "sip:1001@[2001:db8::1]:5060;transport=udp"])
      assert.equal(send({ uri }).answer.status, 200, uri);
  });

  it("answers 483 to a request that has no hops left and is not for us (step 6)", () => {
    const strict = { isOurHost: (host: string) => host === "pbx.example" };
    assert.deepEqual(refused({ uri: "sip:x@elsewhere.example", headers: ["Max-Forwards: 0"] }, strict), [483, "Too Many Hops"]);
    for (const [uri, hops] of [
      ["sip:x@pbx.example", 0],
      ["sip:x@elsewhere.example", 1],
    ] as const)
      assert.equal(send({ uri, headers: [`Max-Forwards: ${hops}`] }, strict).answer.status, 200);
  });

  it("takes 0 to 255 hops and answers 400 to anything else (§7.2)", () => {
    for (const hops of ["0", "70", "255"]) assert.equal(send({ headers: [`Max-Forwards: ${hops}`] }).answer.status, 200, hops);
    for (const hops of ["256", "1000", "-1", "+1", "many", "", "1 2", "0x10"])
      assert.deepEqual(refused({ headers: [`Max-Forwards: ${hops}`] }), [400, "Bad Max-Forwards"], hops);
  });

  it("answers 420 with every tag that is not supported, and with those only (step 8)", () => {
    const headers = ["Require: 100rel, Path", "Require: gruu"];
    const { answer } = send({ headers }, { supported: ["path"] });
    assert.deepEqual([answer.status, headerOf(answer, "unsupported"), served], [420, "100rel, gruu", 0]);
    assert.equal(send({ headers: ["Require: PATH"] }, { supported: ["path"] }).answer.status, 200);
    assert.equal(headerOf(send({ headers: ["Require: eventlist"] }).answer, "unsupported"), "eventlist");
  });

  it("answers 400 to a Require that is no list of tokens", () => {
    for (const value of ["a b", "a\0b", '"x"', "<x>"])
      assert.deepEqual(refused({ headers: [`Require: ${value}`] }), [400, "Bad Require"]);
  });

  it("tells in an OPTIONS what it can (RFC 3261 §11.2)", () => {
    const { answer } = send({ method: "OPTIONS" });
    assert.equal(answer.status, 200);
    assert.equal(headerOf(answer, "allow"), "CANCEL, SUBSCRIBE, OPTIONS");
    assert.equal(headerOf(answer, "allow-events"), "dialog, presence");
    assert.equal(headerOf(answer, "supported"), "path");
    assert.equal(headerOf(answer, "accept"), "application/sdp");
  });

  it("answers 400 to what can be answered, and names the header (step 1)", () => {
    const text = requestText();
    for (const [broken, reason] of [
      [text.replace(/^Call-ID.*\r\n/m, ""), "Missing or bad Call-ID"],
      [text.replace(/^From.*\r\n/m, ""), "Missing or bad From"],
      [text.replace("1 SUBSCRIBE", "1 PUBLISH"), "CSeq method differs"],
      [text.replace("Content-Length: 0", "Content-Length: 5"), "Bad Content-Length"],
      [requestText({ headers: ["To: <sip:b@c>"] }), "Repeated to"],
    ] as const)
      assert.deepEqual(refused(broken), [400, reason]);
    assert.equal(refused(text.replace("SIP/2.0\r\n", "SIP/3.0\r\n"))[0], 505);
    assert.equal(refused({ uri: `sip:${"a".repeat(1100)}@pbx.example` })[0], 414);
  });

  it("is silent where no answer can arrive or none is wanted (step 1)", () => {
    const text = requestText();
    for (const broken of [
      text.replace(/^Via.*\r\n/m, ""),
      text.replace("SIP/2.0/UDP", "nonsense"),
      requestText({ method: "ACK" }).replace("1 ACK", "x"),
      "",
      "\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "\0".repeat(100),
    ])
      assert.deepEqual(send(broken).sent, [], broken);
  });

  it("keeps nothing of what it refused without reading, and counts it", () => {
    const bench = new LayerBench();
    bench.layer.receive(requestText().replace(/^Call-ID.*\r\n/m, ""), bench.flow());
    assert.equal(bench.layer.counts.parseFailures, 1);
    bench.assertIdle();
  });

  it("logs what nobody foresaw and lives on (X-11)", () => {
    const bench = new LayerBench({
      onAck: () => {
        throw new Error("unforeseen");
      },
    });
    bench.layer.receive(requestText({ method: "ACK" }), bench.flow());
    assert.equal(bench.errors.length, 1);
    bench.assertIdle();
  });
});
