import assert from "node:assert/strict";
import { isIP } from "node:net";
import { fixedAddress, isWildcard, KernelAddresses, plainAddress } from "#sip/transport/local-addresses";
import { FakeClock } from "#test/support/fake-clock";

describe("local addresses", () => {
  it("says the same to everybody when it is fixed", () => {
    const addresses = fixedAddress("pbx.example");
    assert.deepEqual(
      [addresses.fixed, addresses.towards("127.0.0.1"), addresses.towards("::1")],
      ["pbx.example", "pbx.example", "pbx.example"],
    );
    addresses.stop();
  });

  it("knows which binds mean every address", () => {
    for (const host of ["0.0.0.0", "::", ""]) assert.equal(isWildcard(host), true, host);
    for (const host of ["127.0.0.1", "::1", "0.0.0.1"]) assert.equal(isWildcard(host), false, host);
  });

  it("writes mapped IPv4 addresses as the peer would, and no others", () => {
    assert.equal(plainAddress("::ffff:192.0.2.1"), "192.0.2.1");
    for (const address of ["192.0.2.1", "::1", "::ffff:c000:201", "2001:db8::ffff:1"])
      assert.equal(plainAddress(address), address);
  });

  it("asks the kernel which address of ours a peer reaches (S-83)", () => {
    const addresses = new KernelAddresses();
    try {
      assert.equal(addresses.fixed, undefined);
      assert.equal(addresses.towards("127.0.0.1"), "127.0.0.1");
      assert.equal(addresses.towards("127.0.0.1"), "127.0.0.1");
    } finally {
      addresses.stop();
    }
  });

  it("always has some address, also for a peer that cannot be reached or is none", () => {
    const addresses = new KernelAddresses(new FakeClock());
    try {
      for (const peer of ["255.255.255.255", "2001:db8::1", "fe80::1", "nonsense", ""]) {
        const address = addresses.towards(peer);
        assert.notEqual(isIP(address), 0, `${peer}: ${address}`);
        assert.equal(isWildcard(address), false);
      }
      assert.equal(addresses.towards("127.0.0.1"), "127.0.0.1", "a peer without a route spoils nothing");
    } finally {
      addresses.stop();
    }
  });

  it("asks again after a minute, and stops twice without harm", () => {
    const clock = new FakeClock();
    const addresses = new KernelAddresses(clock);
    for (const afterMs of [0, 59_999, 1, 600_000]) {
      clock.advance(afterMs);
      assert.equal(addresses.towards("127.0.0.1"), "127.0.0.1");
    }
    assert.equal(clock.pending, 0);
    addresses.stop();
    addresses.stop();
  });
});
