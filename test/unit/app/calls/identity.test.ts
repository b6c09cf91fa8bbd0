import assert from "node:assert/strict";
import fc from "fast-check";
import { diversionHeaders, diversionsOf, fromOf, identityHeaders, identityOf, identityOfCallerId } from "#app/calls/identity";
import { parseMessage } from "#sip/message/parse-message";
import type { SipRequest } from "#sip/message/message";
import { parseNameAddress } from "#sip/message/name-addr";
import { fromWire, toWire } from "#sip/message/wire-text";

function invite(from: string, ...headers: readonly string[]): SipRequest {
  const lines = [
    "Via: SIP/2.0/UDP h;branch=z9hG4bKx",
    `From: ${from};tag=a`,
    "To: <sip:b@h>",
    "Call-ID: c",
    "CSeq: 1 INVITE",
    ...headers,
  ];
  const parsed = parseMessage(`INVITE sip:b@h SIP/2.0\r\n${lines.join("\r\n")}\r\nContent-Length: 0\r\n\r\n`);
  return parsed.ok && parsed.value.kind === "request" ? parsed.value : assert.fail("not read");
}

const ASSERTED = 'P-Asserted-Identity: "Ann" <sip:+49301@provider.example>';

describe("who calls (B-22)", () => {
  it("is said by From, and by P-Asserted-Identity where its sender is trusted", () => {
    const request = invite('"Bob \\"B\\"" <sip:700@h>', ASSERTED);
    assert.deepEqual(identityOf(request, false), { number: "700", name: 'Bob "B"' });
    assert.deepEqual(identityOf(request, true), { number: "+49301", name: "Ann" });
    assert.deepEqual(identityOf(invite("<sip:700@h>", "P-Asserted-Identity: <tel:+49301>"), true), {
      number: "+49301",
      name: "",
    });
  });

  it("may wish not to be known", () => {
    assert.deepEqual(identityOf(invite("<sip:700@h>", "Privacy: id"), false), { number: "700", name: "", isPrivate: true });
    assert.deepEqual(identityOf(invite("Anonymous <sip:anonymous@anonymous.invalid>"), false), {
      number: "",
      name: "",
      isPrivate: true,
    });
    const who = { number: "700", name: "Bob", isPrivate: true };
    assert.deepEqual(fromOf(who, "h"), { uri: "sip:anonymous@anonymous.invalid", name: "Anonymous" });
    // A provider wants to know its customer.
    assert.deepEqual(fromOf(who, "h", "customer"), { uri: "sip:customer@h" });
    assert.deepEqual(identityHeaders(who, { domain: "h", trusts: false }), [["Privacy", "id"]]);
    assert.deepEqual(identityHeaders({ ...who, isPrivate: false }, { domain: "h", trusts: false }), []);
  });

  it("is written in files with a name, a number, or both", () => {
    assert.deepEqual(identityOfCallerId('"Ann Lee" <701>'), { number: "701", name: "Ann Lee" });
    assert.deepEqual(identityOfCallerId("Ann <+49 301>"), { number: "+49 301", name: "Ann" });
    assert.deepEqual(identityOfCallerId("701"), { number: "701", name: "" });
    assert.deepEqual(identityOfCallerId("Front desk"), { number: "", name: "Front desk" });
  });

  it("breaks no header, whatever he is called, and is read back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", minLength: 1 }), (name, number) => {
        const [[, header] = ["", ""]] = identityHeaders({ number, name }, { domain: "h", trusts: true });
        assert.match(header, /^[^\r\n\0]*$/);
        const read = parseNameAddress(header);
        assert.ok(read.ok, header);
        const shown = name
          .replace(/\p{Cc}/gu, " ")
          .trim()
          .slice(0, 100);
        // A cut may go through a character of two halves, which then is none.
        assert.equal(fromWire(read.value.name), fromWire(toWire(shown)));
      }),
    );
  });
});

describe("who sent a call on (RFC 5806)", () => {
  it("is read of five at most and written again; those who hide are left out", () => {
    const headers = [
      'Diversion: "Front \\"A\\"" <sip:600@provider.example>;reason=user-busy;counter=2',
      "Diversion: <tel:+49302>;reason=no-answer",
      "Diversion: <sip:601@provider.example>;privacy=full;reason=unknown",
      "Diversion: <sip:602@provider.example>;privacy=off",
      "Diversion: rubbish",
      "Diversion: <sip:603@provider.example>",
    ];
    const told = diversionsOf(invite("<sip:700@h>", ...headers));
    assert.deepEqual(
      told.map(({ by, reason }) => [by.number, by.name, reason]),
      [
        ["600", 'Front "A"', "user-busy"],
        ["+49302", "", "no-answer"],
        ["602", "", ""],
      ],
    );
    assert.deepEqual(diversionHeaders(told, "pbx.example"), [
      ["Diversion", '"Front \\"A\\"" <sip:600@pbx.example>;reason=user-busy'],
      ["Diversion", "<sip:+49302@pbx.example>;reason=no-answer"],
      ["Diversion", "<sip:602@pbx.example>"],
    ]);
  });
});
