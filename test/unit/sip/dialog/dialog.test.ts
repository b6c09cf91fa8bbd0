import assert from "node:assert/strict";
import { dialogOf, localContact, remoteTargetOf, requestRoute } from "#sip/dialog/dialog";
import type { SipRequest } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import type { TransportName } from "#sip/transport/flow";
import { RecordedFlow } from "#test/support/recorded-flow";
import { request } from "#test/support/wire";

function subscribe(headers: Readonly<Record<string, string>> = {}): SipRequest {
  const parsed = parseMessage(request("SUBSCRIBE", "sip:1001@pbx.example", 5060, headers));
  return parsed.ok && parsed.value.kind === "request" ? parsed.value : assert.fail("no request");
}

const routesOf = (recordRoute: string): readonly string[] | string => {
  const dialog = dialogOf(subscribe({ "Record-Route": recordRoute }), "ours");
  return dialog.ok ? dialog.value.routeSet : dialog.error;
};

describe("the dialog that a request makes (RFC 3261 §12.1.1)", () => {
  it("keeps tags, Call-ID and both addresses byte for byte", () => {
    const from = '"A \\"b\\"" <SIP:5001@PBX.example>;tag=x%41;y=1';
    const dialog = dialogOf(subscribe({ From: from, To: "<sip:1001@pbx.example>;q=1", "Call-ID": "a@b" }), "ours");
    assert.ok(dialog.ok);
    assert.deepEqual(dialog.value, {
      callId: "a@b",
      localTag: "ours",
      remoteTag: "x%41",
      localAddress: "<sip:1001@pbx.example>;q=1",
      remoteAddress: from,
      remoteTarget: "sip:watcher@127.0.0.1:5060",
      routeSet: [],
    });
  });

  it("keeps Record-Routes in received order, over lists and lines, without names and header parameters (S-24)", () => {
    assert.deepEqual(routesOf('"One, two" <sip:a.example;lr>;x=1 , <sip:b.example;lr>\r\nRecord-Route: <sip:c.example;lr>'), [
      "<sip:a.example;lr>",
      "<sip:b.example;lr>",
      "<sip:c.example;lr>",
    ]);
  });

  it("takes 20 Record-Routes and not one more, and none that cannot be read (presence.md §7.2)", () => {
    const list = (count: number): string => Array.from({ length: count }, (_, at) => `<sip:p${at}.example;lr>`).join(", ");
    assert.equal(routesOf(list(20)).length, 20);
    assert.equal(routesOf(list(21)), "Bad Record-Route");
    assert.equal(routesOf(`${list(20)}\r\nRecord-Route: ${list(1)}`), "Bad Record-Route");
    for (const bad of ["<>", "<tel:1>", "<sip:a", "<sip:a b>"]) assert.equal(routesOf(bad), "Bad Record-Route", bad);
  });

  it("needs one Contact with a SIP URI (S-23)", () => {
    assert.deepEqual(remoteTargetOf(subscribe({ Contact: "" })), { ok: false, error: "Missing Contact" });
    for (const contact of ["*", "<mailto:a@b>", "<sip:a@b>, <sip:c@d>", "<sip:@b>"])
      assert.deepEqual(remoteTargetOf(subscribe({ Contact: contact })), { ok: false, error: "Bad Contact" }, contact);
  });

  it("takes parameters after a bare Contact as those of the header (RFC 4475 §3.3.12)", () => {
    const target = remoteTargetOf(subscribe({ Contact: "sip:a@b;expires=5" }));
    assert.ok(target.ok);
    assert.equal(target.value, "sip:a@b");
  });
});

describe("the way of a request in a dialog (RFC 3261 §12.2.1.1)", () => {
  const remoteTarget = "sip:phone@192.0.2.9;line=1";

  it("is the target itself without routes", () => {
    assert.deepEqual(requestRoute({ remoteTarget, routeSet: [] }), { uri: remoteTarget, routes: [] });
  });

  it("keeps the target as Request-URI when the first router is loose, in any case of lr", () => {
    for (const lr of ["lr", "LR", "lr=on", "x=1;lr"]) {
      const routeSet = [`<sip:p.example;${lr}>`, "<sip:strict.example>"];
      assert.deepEqual(requestRoute({ remoteTarget, routeSet }), { uri: remoteTarget, routes: routeSet });
    }
  });

  it("addresses the first router when it is strict, and puts the target last", () => {
    assert.deepEqual(requestRoute({ remoteTarget, routeSet: ["<sip:s.example;lrx>", "<sip:p.example;lr>"] }), {
      uri: "sip:s.example;lrx",
      routes: ["<sip:p.example;lr>", `<${remoteTarget}>`],
    });
  });
});

describe("our Contact in a dialog", () => {
  it("is a sips address where the first hop has one, inside TLS only (RFC 3261 §12.1.1, RFC 7118 §5.2)", () => {
    const contact = (transport: TransportName, remoteTarget: string, ...routeSet: string[]): string =>
      localContact({ remoteTarget, routeSet }, new RecordedFlow(transport));
    assert.equal(contact("tls", "sip:a@b"), "sip:192.0.2.1:5060;transport=tls");
    assert.equal(contact("tls", "sips:a@b"), "sips:192.0.2.1:5060");
    assert.equal(contact("tls", "sip:a@b", "<sips:proxy;lr>"), "sips:192.0.2.1:5060");
    assert.equal(contact("tls", "sips:a@b", "<sip:proxy;lr>"), "sip:192.0.2.1:5060;transport=tls");
    assert.equal(contact("ws", "sip:a@b.invalid;transport=ws"), "sip:192.0.2.1:5060;transport=ws");
    assert.equal(contact("wss", "sip:a@b.invalid;transport=ws"), "sip:192.0.2.1:5060;transport=ws");
    assert.equal(contact("wss", "sips:a@b.invalid;transport=ws"), "sips:192.0.2.1:5060;transport=ws");
    assert.equal(contact("udp", "sips:a@b"), "sip:192.0.2.1:5060");
  });
});
