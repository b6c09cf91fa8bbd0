import assert from "node:assert/strict";
import { insideOf, parseNetwork } from "#base/network";

describe("networks", () => {
  it("are an address alone or with bits, IPv4-mapped ones being IPv4", () => {
    const cases: [string, string | undefined][] = [
      ["10.0.0.1", "10.0.0.1/32 ipv4"],
      ["10.0.0.0/8", "10.0.0.0/8 ipv4"],
      ["::1", "::1/128 ipv6"],
      ["fd00::/8", "fd00::/8 ipv6"],
      ["::ffff:10.0.0.0/104", "10.0.0.0/8 ipv4"],
      ["::FFFF:10.0.0.1", "10.0.0.1/32 ipv4"],
      ...[
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "::/129",
        "::ffff:10.0.0.0/95",
        "10.0.0.0/8/8",
        "host",
        "fe80::1%eth0",
        "10.0.0/8",
      ].map((text): [string, undefined] => [text, undefined]),
    ];
    for (const [text, wanted] of cases) {
      const network = parseNetwork(text);
      assert.equal(network === undefined ? undefined : `${network.address}/${network.bits} ${network.family}`, wanted, text);
    }
  });

  it("hold addresses of their own kind, whatever zone or mapping these have", () => {
    const networks = ["10.0.0.0/8", "fe80::/10"].flatMap((text) => parseNetwork(text) ?? []);
    const isInside = insideOf(networks);
    for (const host of ["10.1.2.3", "::ffff:10.1.2.3", "fe80::1", "fe80::1%eth0"]) assert.ok(isInside(host), host);
    for (const host of ["11.0.0.1", "::1", "10.example", "", "::ffff:11.0.0.1"]) assert.ok(!isInside(host), host);
    assert.ok(!insideOf([])("10.0.0.1"));
  });
});
