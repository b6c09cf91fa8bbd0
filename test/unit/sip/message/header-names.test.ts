import assert from "node:assert/strict";
import { headerName } from "#sip/message/header-names";

const nameOf = (written: string): string | undefined => headerName(written, 0, written.length)?.name;

describe("headerName", () => {
  it("makes compact names long, in both cases", () => {
    const compact = "a b c d e f i j k l m o r s t u v x".split(" ");
    const long =
      "accept-contact referred-by content-type request-disposition content-encoding from call-id reject-contact supported content-length " +
      "contact event refer-to subject to allow-events via session-expires";
    assert.equal(compact.map(nameOf).join(" "), long);
    assert.equal(compact.map((name) => nameOf(name.toUpperCase())).join(" "), long);
    assert.equal(nameOf("q"), "q");
  });

  it("takes any case of known and unknown names", () => {
    for (const name of ["Call-ID", "call-id", "CALL-ID", "cALL-iD"]) assert.equal(nameOf(name), "call-id");
    assert.equal(nameOf("X-Own.Thing"), "x-own.thing");
    for (const name of ["__proto__", "constructor", "toString"]) assert.equal(nameOf(name), name.toLowerCase());
  });

  it("looks at its own span only", () => {
    assert.equal(headerName("xxFrom-Otherxx", 2, 6)?.name, "from");
    assert.equal(headerName("xxFrom-Otherxx", 2, 12)?.name, "from-other");
  });

  it("is none when it is no token", () => {
    for (const name of ["", " From", "Fr om", "From\xe9", "Fr:om", "From\0"]) assert.equal(nameOf(name), undefined);
  });

  it("knows which may stand once", () => {
    const once =
      "From To Call-ID CSeq Max-Forwards Content-Length Content-Type Event Expires Subscription-State i l o c f t".split(" ");
    for (const name of once) assert.notEqual(headerName(name, 0, name.length)?.onceBit, 0, name);
    const often = "Via Contact Route Record-Route Accept Allow Require Supported Authorization X-Any v m".split(" ");
    for (const name of often) assert.equal(headerName(name, 0, name.length)?.onceBit, 0, name);
  });
});
