import assert from "node:assert/strict";
import { accountRights } from "#app/account-rights";
import type { Account } from "#domain/site/site";
import { flowFrom } from "../sip/auth/asking.ts";

function reasonOf(account: Partial<Account> | undefined, method: string, host = "192.0.2.5"): string | undefined {
  const whole =
    account === undefined ? undefined : { name: "a", context: "c", subscribeContext: "c", origin: "sip.conf:1", ...account };
  return accountRights(() => whole)("a", { method }, flowFrom(host))?.reason;
}

describe("what an account may not do although it knows its password", () => {
  it("is to come from a foreign address, whatever it wants", () => {
    const acl = [
      { action: "deny", network: "0.0.0.0/0" },
      { action: "permit", network: "10.0.0.0/8" },
    ] as const;
    for (const method of ["REGISTER", "SUBSCRIBE", "PUBLISH"]) {
      assert.equal(reasonOf({ acl }, method), "Not from this address");
      assert.equal(reasonOf({ acl }, method, "10.0.0.1"), undefined);
    }
  });

  it("is to register when it has a fixed host, and to subscribe when it may not watch", () => {
    assert.equal(reasonOf({ host: "192.0.2.5" }, "REGISTER"), "Account has a fixed host");
    assert.equal(reasonOf({ host: "192.0.2.5" }, "SUBSCRIBE"), undefined);
    assert.equal(reasonOf({ allowSubscribe: false }, "SUBSCRIBE"), "Account may not subscribe");
    assert.equal(reasonOf({ allowSubscribe: false }, "REGISTER"), undefined);
  });

  it("is nothing else", () => {
    assert.equal(reasonOf({}, "REGISTER"), undefined);
    assert.equal(reasonOf(undefined, "REGISTER"), undefined);
  });
});
