import assert from "node:assert/strict";
import { sourceBlock } from "#sip/guard/source-block";

describe("source block", () => {
  it("is an IPv4 address itself, however it is written", () => {
    assert.equal(sourceBlock("192.0.2.7"), "192.0.2.7");
    assert.equal(sourceBlock("::ffff:192.0.2.7"), "192.0.2.7");
    assert.equal(sourceBlock("::FFFF:192.0.2.7"), "192.0.2.7");
  });

  it("is the /64 of an IPv6 address, whatever is shortened in it", () => {
    for (const host of ["2001:db8::1", "2001:DB8::2", "2001:0db8:0:0:1:2:3:4", "2001:db8:0:0::9", "2001:db8::a:b:c:d%eth0"]) {
      assert.equal(sourceBlock(host), "2001:db8:0:0", host);
    }
    assert.equal(sourceBlock("2001:db8:0:1::1"), "2001:db8:0:1");
    assert.equal(sourceBlock("::1"), "0:0:0:0");
    assert.equal(sourceBlock("fe80::1"), "fe80:0:0:0");
  });
});
