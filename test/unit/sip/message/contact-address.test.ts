import assert from "node:assert/strict";
import { isDeviceAddress } from "#sip/message/contact-address";

const judge = (host: string, port?: number): boolean => isDeviceAddress({ host, port });

describe("isDeviceAddress", () => {
  it("takes addresses and names that may be a device's", () => {
    for (const host of [
      "192.0.2.1",
      "10.0.0.1",
      "127.0.0.1",
      "pbx.example",
      "df7jal23ls0d.invalid",
      "2001:db8::1",
      "::1",
      "fe80::1",
    ])
      assert.ok(judge(host, 5060), host);
    assert.ok(judge("::ffff:192.0.2.1"));
  });

  it("refuses nobody's and everybody's, and port 0", () => {
    for (const host of [
      "0.0.0.0",
      "0.1.2.3",
      "224.0.1.75",
      "239.255.255.250",
      "255.255.255.255",
      "240.0.0.1",
      "::",
      "ff02::1",
      "::ffff:224.0.1.75",
      "::ffff:0.0.0.0",
    ])
      assert.ok(!judge(host, 5060), host);
    assert.ok(!judge("192.0.2.1", 0));
  });
});
