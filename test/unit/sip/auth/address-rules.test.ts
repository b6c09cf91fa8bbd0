import assert from "node:assert/strict";
import { admission, type AddressRule } from "#sip/auth/address-rules";

function rules(...lines: string[]): AddressRule[] {
  return lines.map((line) => {
    const [action, network = ""] = line.split(" ");
    return { action: action === "permit" ? "permit" : "deny", network };
  });
}

describe("permit and deny of an account", () => {
  it("are decided by the last rule that fits, and by none in favour", () => {
    const cases: [string[], string, boolean][] = [
      [[], "10.0.0.1", true],
      [["permit 10.0.0.0/8"], "192.0.2.1", true],
      [["deny 0.0.0.0/0", "permit 10.0.0.0/8"], "10.0.0.1", true],
      [["deny 0.0.0.0/0", "permit 10.0.0.0/8"], "192.0.2.1", false],
      [["permit 10.0.0.0/8", "deny 0.0.0.0/0"], "10.0.0.1", false],
      [["deny 0.0.0.0/0", "permit 10.0.0.0/8", "deny 10.0.0.9/32"], "10.0.0.9", false],
    ];
    for (const [list, host, isAdmitted] of cases)
      assert.equal(admission(rules(...list))(host), isAdmitted, `${list.join()} ${host}`);
  });

  it("say of IPv4 nothing about IPv6, except for mapped addresses", () => {
    const admits = admission(rules("deny 0.0.0.0/0", "permit 10.0.0.0/8"));
    assert.ok(admits("::ffff:10.0.0.1"));
    assert.ok(!admits("::ffff:192.0.2.1"));
    assert.ok(admits("2001:db8::1"));
    assert.ok(!admission(rules("deny ::/0"))("2001:db8::1"));
    assert.ok(admission(rules("deny ::/0"))("10.0.0.1"));
  });

  it("shut out everybody by a rule that nobody can read", () => {
    assert.ok(!admission(rules("permit office"))("10.0.0.1"));
  });
});
