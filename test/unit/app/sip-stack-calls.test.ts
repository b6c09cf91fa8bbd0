import assert from "node:assert/strict";
import { RecordedFlow } from "#test/support/recorded-flow";
import { STRANGE_HOST, StackUnderFire } from "#test/support/stack-under-fire";
import { headerIn, request } from "#test/support/wire";
import { ANSWER, HearingUser, OFFER } from "#test/unit/sip/session/session-bench";

const INVITE = (): string => request("INVITE", "sip:100@pbx.example", 5060, { "Content-Type": "application/sdp" }, OFFER);

describe("calls of the stack", () => {
  it("are none without somebody who takes them", async () => {
    const { stack } = new StackUnderFire();
    const flow = new RecordedFlow("udp", STRANGE_HOST);
    stack.transactions.receive(INVITE(), flow);
    assert.deepEqual(flow.startLines, ["SIP/2.0 405 Method Not Allowed"]);
    stack.transactions.receive(request("OPTIONS", "sip:pbx.example", 5060), flow);
    assert.doesNotMatch(headerIn(flow.sent.at(-1) ?? "", "Allow") ?? "", /INVITE/);
    assert.equal(stack.sessions, undefined);
    await stack.stop();
  });

  it("are taken, acknowledged, announced, and ended with the stack", async () => {
    const user = new HearingUser();
    const { stack } = new StackUnderFire({
      take: (_transaction, makeSession) => {
        makeSession().accept(ANSWER);
        return user;
      },
    });
    const flow = new RecordedFlow("udp", STRANGE_HOST);
    const invite = INVITE();
    stack.transactions.receive(invite, flow);
    assert.deepEqual(flow.startLines, ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]);
    const echoed = { From: headerIn(invite, "From") ?? "", To: headerIn(flow.sent.at(-1) ?? "", "To") ?? "" };
    const ack = request("ACK", "sip:100@pbx.example", 5060, { ...echoed, "Call-ID": headerIn(invite, "Call-ID") ?? "" });
    stack.transactions.receive(ack, flow);
    stack.transactions.receive(request("OPTIONS", "sip:pbx.example", 5060), flow);
    assert.match(headerIn(flow.sent.at(-1) ?? "", "Allow") ?? "", /INVITE.*ACK/);
    assert.match(headerIn(flow.sent.at(-1) ?? "", "Supported") ?? "", /100rel, timer$/);
    assert.equal(stack.sessions?.count, 1);
    await stack.stop();
    assert.match(flow.sent.at(-1) ?? "", /^BYE /);
    assert.deepEqual(user.heard, ["acknowledged", "ended bye us"]);
  });
});
