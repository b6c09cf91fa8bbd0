import assert from "node:assert/strict";
import fc from "fast-check";
import type { Account } from "#domain/site/account";
import { dialTarget, escapeNumber } from "#domain/site/dial-target";
import { DEFAULT_SETTINGS } from "#domain/site/settings";

const origin = { file: "sip.conf", line: 1 } as unknown as Account["origin"];
const account = (name: string): Account => ({ name, context: "default", subscribeContext: "default", origin });
const site = {
  accounts: [account("provider"), account("Alice"), account("fxo")],
  settings: {
    ...DEFAULT_SETTINGS,
    dahdi: [
      { channel: "1", account: "fxo", origin },
      { channel: "g1", account: "gone", origin },
    ],
  },
};

function told(device: string, rules = {}): string {
  const target = dialTarget(device, site, rules);
  if (target.type === "account") return `${target.account.name}${target.number === undefined ? "" : ` ${target.number}`}`;
  if (target.type === "local") return `local ${target.extension}@${target.context}`;
  return target.type === "address" ? target.uri : "unknown";
}

describe("dial target", () => {
  const cases: readonly (readonly [device: string, wanted: string])[] = [
    ["SIP/1234@provider", "provider 1234"],
    ["SIP/provider/1234", "provider 1234"],
    ["PJSIP/1234@Provider", "provider 1234"],
    ["PJSIP/provider/sip:1234@sip.example.com", "provider 1234"],
    ["PJSIP/provider/sip:sip.example.com", "provider"],
    ["sip/alice", "Alice"],
    ["SIP/alice/", "Alice"],
    ["SIP/nobody", "unknown"],
    ["SIP/sip.example.com", "unknown"],
    ["IAX2/provider/1234", "unknown"],
    ["Local/100@office/n", "local 100@office"],
    ["Local/100", "local 100@default"],
    ["DAHDI/1", "fxo"],
    ["dahdi/1/5551212", "fxo 5551212"],
    ["Zap/g1/5551212", "unknown"],
    ["DAHDI/2", "unknown"],
    ["SIP/12 34@provider", "unknown"],
    ["SIP/", "unknown"],
    ["", "unknown"],
    ["alice", "unknown"],
  ];
  for (const [device, wanted] of cases) {
    it(`${device} leads to ${wanted}`, () => {
      assert.equal(told(device), wanted);
    });
  }

  it("calls an address only where that is allowed", () => {
    assert.equal(told("SIP/100@sip.example.com:5070", { mayDialAddresses: true }), "sip:100@sip.example.com:5070");
    assert.equal(told("SIP/sip.example.com", { mayDialAddresses: true }), "sip:sip.example.com");
    assert.equal(told("SIP/a>b", { mayDialAddresses: true }), "unknown");
  });

  it("never gives a URI that breaks its line, and never throws", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.constantFrom("SIP/", "PJSIP/a/", "Local/", "DAHDI/1/", "SIP/x@", ""),
        (text, tech) => {
          const target = dialTarget(`${tech}${text}`, site, { mayDialAddresses: true });
          if (target.type === "address") assert.match(target.uri, /^sip:[\x21-\x7e]+$/);
          if (target.type === "account" && target.number !== undefined)
            assert.match(escapeNumber(target.number), /^[\x21-\x7e]*$/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
