import assert from "node:assert/strict";
import { digestResponse, hashHex, sameSecret } from "#base/digest";

describe("digest", () => {
  it("answers the example of RFC 2617 §3.5", () => {
    const ha1 = hashHex("MD5", "Mufasa:testrealm@host.com:Circle Of Life");
    const parts = {
      method: "GET",
      uri: "/dir/index.html",
      nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
      qop: "auth",
      nc: "00000001",
      cnonce: "0a4f113b",
    };
    assert.equal(digestResponse("MD5", ha1, parts), "6629fae49393a05397450978507c4ef1");
  });

  it("answers the examples of RFC 7616 §3.9.1", () => {
    const answer = (algorithm: "MD5" | "SHA-256"): string =>
      digestResponse(algorithm, hashHex(algorithm, "Mufasa:http-auth@example.org:Circle of Life"), {
        method: "GET",
        uri: "/dir/index.html",
        nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        qop: "auth",
        nc: "00000001",
        cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
      });
    assert.equal(answer("MD5"), "8ca523f5e9506fed4657c9700eebdbec");
    assert.equal(answer("SHA-256"), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
  });

  it("answers the example of RFC 2069 (with its erratum), without qop", () => {
    const ha1 = hashHex("MD5", "Mufasa:testrealm@host.com:CircleOfLife");
    const parts = { method: "GET", uri: "/dir/index.html", nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093" };
    assert.equal(digestResponse("MD5", ha1, parts), "1949323746fe6a43ef61f9606e7febea");
  });

  it("hashes the body for auth-int only", () => {
    const parts = { method: "M", uri: "u", nonce: "n", nc: "00000001", cnonce: "c" };
    const answer = (qop: string, body: string): string => digestResponse("MD5", "h", { ...parts, qop, body });
    assert.notEqual(answer("auth-int", "a"), answer("auth-int", "b"));
    assert.equal(answer("auth", "a"), answer("auth", "b"));
  });

  it("hashes bytes, not characters", () => {
    assert.equal(hashHex("MD5", "\xe4"), "c15bcc5577f9fade4b4a3256190a59b0");
    assert.notEqual(hashHex("MD5", "\xe4"), hashHex("MD5", "\xc3\xa4"));
  });

  it("compares secrets of any length", () => {
    assert.ok(sameSecret("abc", "abc"));
    assert.ok(!sameSecret("abc", "abd"));
    assert.ok(!sameSecret("abc", "ab"));
    assert.ok(!sameSecret("", "a"));
    assert.ok(!sameSecret("\u0141", "A"), "characters that share a low byte differ");
  });
});
