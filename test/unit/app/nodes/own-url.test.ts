import assert from "node:assert/strict";
import { ownUrl } from "#app/nodes/own-url";

describe("where other nodes reach a node", () => {
  it("is the address that it is bound to, though phones are told that of a proxy", () => {
    assert.equal(ownUrl("10.0.0.11", 8080, "phones.example"), "http://10.0.0.11:8080");
    assert.equal(ownUrl("fd00::11", 8080, "phones.example"), "http://[fd00::11]:8080");
  });

  it("is what is advertised where it is bound to all, or to itself alone", () => {
    for (const bound of ["0.0.0.0", "::", "127.0.0.1", "::1", "localhost"])
      assert.equal(ownUrl(bound, 8080, "one.example"), "http://one.example:8080", bound);
  });

  it("is an address of the machine where nothing is said", () => {
    assert.equal(ownUrl("127.0.0.1", 8080, undefined), "http://127.0.0.1:8080");
    assert.match(ownUrl("0.0.0.0", 8080, undefined), /^http:\/\/\d+\.\d+\.\d+\.\d+:8080$/);
  });
});
