import assert from "node:assert/strict";
import { parseDigest, printDigest } from "#sip/message/auth-header";

const read = (text: string): Record<string, string> | undefined => {
  const parameters = parseDigest(text);
  return parameters === undefined ? undefined : Object.fromEntries(parameters);
};

describe("parseDigest", () => {
  it("takes quotes and escapes off, blanks and commas in quotes stay", () => {
    assert.deepEqual(
      read('DIGEST  username="a, \\"b\\" \\\\", uri="sip:h;x=<1>,2" ,nc=00000001, QOP = auth,,algorithm=SHA-256'),
      {
        username: 'a, "b" \\',
        uri: "sip:h;x=<1>,2",
        nc: "00000001",
        qop: "auth",
        algorithm: "SHA-256",
      },
    );
  });

  it("lets the first of a name count", () => {
    assert.deepEqual(read('Digest realm="a", realm="b"'), { realm: "a" });
  });

  it("keeps to the first challenge of several in a line", () => {
    const parameters = read('Digest realm="a", nonce="1", Digest realm="b", nonce="2"');
    assert.deepEqual([parameters?.["realm"], parameters?.["nonce"]], ["a", "1"]);
  });

  it("knows no other scheme (RFC 4475 §3.3.7)", () => {
    for (const text of ["", "Digest", "Basic abc=", "NoOneKnowsThisScheme opaque-data=here", "DigestX a=1", ' Digest a="1"'])
      assert.equal(read(text), undefined, text);
    assert.deepEqual(read("Digest "), {});
  });
});

describe("printDigest", () => {
  it("quotes what is not raw", () => {
    assert.equal(printDigest({ realm: 'a"b\\', stale: { raw: "true" } }), 'Digest realm="a\\"b\\\\", stale=true');
  });

  it("cannot be made to break a line", () => {
    assert.equal(printDigest({ realm: "a\r\nX: 1\0" }), 'Digest realm="a  X: 1 "');
  });

  it("is read back as it was meant", () => {
    const values = { realm: 'x, y="z"\\', nonce: "a==", opaque: "", domain: "<sip:a>, <sip:b>" };
    assert.deepEqual(read(printDigest(values)), values);
  });
});
