import assert from "node:assert/strict";
import { DigestClient, printAnswer } from "#sip/auth/digest-client";
import { parseDigest } from "#sip/message/auth-header";
import { SeededRandom } from "#test/support/seeded-random";

const MUFASA = { user: "Mufasa", password: "Circle of Life" };
const CHALLENGE = 'Digest realm="office", nonce="n1", qop="auth", algorithm=MD5, opaque="o"';

function client(...algorithms: ("MD5" | "SHA-256")[]): DigestClient {
  return new DigestClient(MUFASA, new SeededRandom(7), algorithms.length === 0 ? undefined : algorithms);
}

function fields(header: string | undefined): ReadonlyMap<string, string> {
  return parseDigest(header ?? "") ?? assert.fail("no digest");
}

describe("a phone's digest", () => {
  it("is that of RFC 7616 §3.9.1", () => {
    const challenge = {
      realm: "http-auth@example.org",
      nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
      opaque: "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
      qop: "auth",
    } as const;
    const use = { method: "GET", uri: "/dir/index.html", nc: "00000001", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" };
    for (const [algorithm, response] of [
      ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
      ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
    ] as const) {
      const header = printAnswer({ ...challenge, algorithm, algorithmText: algorithm }, MUFASA, use);
      assert.equal(fields(header).get("response"), response);
    }
  });

  it("answers nothing before it was asked", () => {
    assert.equal(client().answer("REGISTER", "sip:a"), undefined);
  });

  it("counts the uses of a nonce, and begins anew with the next one", () => {
    const digest = client();
    assert.ok(digest.accept([CHALLENGE], false));
    const counts = [1, 2, 3].map(() => fields(digest.answer("REGISTER", "sip:a")).get("nc"));
    assert.deepEqual(counts, ["00000001", "00000002", "00000003"]);
    assert.ok(digest.accept([CHALLENGE.replace("n1", "n2").replace("opaque", "stale=TRUE, opaque")], true));
    const next = fields(digest.answer("REGISTER", "sip:a"));
    assert.deepEqual([next.get("nonce"), next.get("nc"), next.get("opaque")], ["n2", "00000001", "o"]);
  });

  it("takes a second challenge after an answer for a wrong password, unless the nonce was stale", () => {
    const digest = client();
    assert.ok(digest.accept([CHALLENGE], false));
    assert.ok(!digest.accept([CHALLENGE], true));
  });

  it("takes the first challenge that it can answer", () => {
    const sha = CHALLENGE.replace("MD5", "SHA-256");
    const answering = (digest: DigestClient, ...challenges: string[]): string | undefined => {
      assert.ok(digest.accept(challenges, false));
      return fields(digest.answer("REGISTER", "sip:a")).get("algorithm");
    };
    assert.equal(answering(client(), sha, CHALLENGE), "SHA-256");
    assert.equal(answering(client("MD5"), sha, CHALLENGE), "MD5");
    assert.equal(answering(client(), 'Digest realm="r", nonce="n", algorithm=SHA-512-256, qop="auth"', CHALLENGE), "MD5");
    assert.equal(answering(client(), 'Digest realm="r", nonce="n"'), undefined, "as the server wrote it: not at all");
  });

  it("takes none that it cannot answer", () => {
    for (const challenge of [
      "",
      "Basic realm=x",
      'Digest nonce="n"',
      'Digest realm="r"',
      'Digest realm="r", nonce="n", qop="auth-int"',
    ])
      assert.ok(!client().accept([challenge], false), challenge);
  });
});
