import assert from "node:assert/strict";
import { CLOCK_AHEAD_MAX_MS, judgeNonce, makeNonce, NONCE_LIFE_MS } from "#sip/auth/nonce";

const secret = { key: "k1", realm: "pbx", run: "0123456789abcdef" };
const NOW = 1_700_000_000_123;

describe("nonce", () => {
  it("is fresh for its life and stale after it (G-3)", () => {
    const nonce = makeNonce(secret, NOW, 161, "192.0.2.5");
    assert.equal(judgeNonce(secret, NOW, nonce).type, "fresh");
    assert.equal(judgeNonce(secret, NOW + NONCE_LIFE_MS - 1, nonce).type, "fresh");
    assert.equal(judgeNonce(secret, NOW + NONCE_LIFE_MS, nonce).type, "stale");
  });

  it("tells when it was made", () => {
    const verdict = judgeNonce(secret, NOW + 5, makeNonce(secret, NOW, 161, "192.0.2.5"));
    assert.ok(verdict.type === "fresh" && verdict.madeAt === NOW);
  });

  it("is stale when it comes from far in the future: the clock was set back", () => {
    assert.equal(judgeNonce(secret, NOW, makeNonce(secret, NOW + 2000, 161, "192.0.2.5")).type, "fresh");
    assert.equal(judgeNonce(secret, NOW, makeNonce(secret, NOW + CLOCK_AHEAD_MAX_MS, 161, "192.0.2.5")).type, "stale");
  });

  it("tells whom it was given to, an IPv4 address or half of an IPv6 one", () => {
    for (const source of ["192.0.2.5", "2001:db8:0:1"]) {
      const verdict = judgeNonce(secret, NOW, makeNonce(secret, NOW, 161, source));
      assert.ok(verdict.type === "fresh" && verdict.givenTo === source);
    }
  });

  it("is stale for another node or run, which knows it all the same: who knows what it was used for (G-4)", () => {
    const nonce = makeNonce(secret, NOW, 161, "192.0.2.5");
    assert.equal(judgeNonce({ ...secret, run: "0123456789abcde0" }, NOW, nonce).type, "stale");
  });

  it("is foreign under another key, in another realm, or with any character changed (G-3)", () => {
    const nonce = makeNonce(secret, NOW, 161, "192.0.2.5");
    assert.equal(judgeNonce({ ...secret, key: "k2" }, NOW, nonce).type, "foreign");
    assert.equal(judgeNonce({ ...secret, realm: "other" }, NOW, nonce).type, "foreign");
    for (let at = 0; at < nonce.length; at += 1) {
      const other = nonce[at] === "0" ? "1" : "0";
      assert.equal(judgeNonce(secret, NOW, nonce.slice(0, at) + other + nonce.slice(at + 1)).type, "foreign", `at ${at}`);
    }
  });

  it("is foreign when it is nothing of ours", () => {
    for (const text of ["", "-", "a-b-c", `${"0".repeat(5000)}-a-${"0".repeat(32)}`, "\0", "é".repeat(40)]) {
      assert.equal(judgeNonce(secret, NOW, text).type, "foreign");
    }
  });
});
