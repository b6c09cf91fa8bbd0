import assert from "node:assert/strict";
import type { Account } from "#domain/site/account";
import { peerOfAddress } from "#app/peer-addresses";
import { accountRoute, placeOf } from "#app/peer-route";
import { registrarReport } from "#sources/registrar/registrar-source";

const origin = { file: "sip.conf", line: 1 } as unknown as Account["origin"];
const account = (parts: Partial<Account>): Account => ({ name: "p", context: "in", subscribeContext: "in", origin, ...parts });

describe("peers", () => {
  it("finds the account whose host a source is, its port compared unless insecure has port (design §9.14 b)", () => {
    const strict = account({ name: "strict", host: "192.0.2.1", port: 5070 });
    const lax = account({ name: "lax", host: "sip.example.com", insecure: ["port", "invite"] });
    const net = account({ name: "net", sources: ["198.51.100.0/24", "gw.example.com"] });
    const site = { accounts: [strict, lax, net] };
    const resolved = new Map([
      ["sip.example.com", ["192.0.2.2"]],
      ["gw.example.com", ["192.0.2.3"]],
    ]);
    const found = (host: string, port = 5060) => peerOfAddress(site, { host, port }, resolved)?.account.name;
    assert.deepEqual([found("192.0.2.1"), found("192.0.2.1", 5070)], [undefined, "strict"]);
    assert.deepEqual([found("192.0.2.2", 9), found("198.51.100.7", 9), found("192.0.2.3", 9)], ["lax", "net", "net"]);
    assert.equal(found("203.0.113.1"), undefined);
    assert.equal(peerOfAddress(site, { host: "192.0.2.2", port: 5060 }), undefined, "a name that was not resolved is nobody");
    assert.equal(peerOfAddress(site, { host: "192.0.2.2", port: 9 }, resolved)?.waivesChallenge, true);
    assert.equal(peerOfAddress(site, { host: "192.0.2.1", port: 5070 })?.waivesChallenge, false);
  });

  it("builds the Request-URI, From and credentials of a peer at a fixed host", () => {
    const route = accountRoute(
      account({
        ...{ host: "sip.example.com", port: 5070, transports: ["tcp"], secret: "s" },
        outbound: { username: "me", fromUser: "0221 5", fromDomain: "example.com", proxy: "proxy.example.com,force" },
      }),
    );
    assert.ok(route !== undefined);
    assert.equal(route.requestUri("+49 1#"), "sip:+49%201%23@sip.example.com:5070;transport=tcp");
    assert.equal(route.requestUri(), "sip:sip.example.com:5070;transport=tcp");
    assert.deepEqual(route.routes, ["<sip:proxy.example.com;lr>"]);
    assert.deepEqual(route.wanted, { host: "proxy.example.com" });
    assert.deepEqual(
      [route.fromUser, route.fromDomain, route.credentials],
      ["0221%205", "example.com", { user: "me", password: "s" }],
    );
  });

  it("takes a provider's place from its registration, and gives no route to an account whose phones register", () => {
    const registration = { server: "sip:sip.example.com", username: "u", secret: "s", origin };
    const route = accountRoute(account({ registration }));
    assert.ok(route !== undefined);
    assert.equal(route.requestUri("100"), "sip:100@sip.example.com");
    assert.deepEqual([route.fromUser, route.fromDomain], ["u", "sip.example.com"]);
    assert.deepEqual(route.credentials, { user: "u", password: "s" });
    assert.equal(accountRoute(account({ secret: "s" })), undefined);
  });

  it("a peer with a place of its own is there without registering, one that is asked once it answers (sla.md §4.2)", () => {
    const registration = { server: "sip:sip.example.com", username: "u", secret: "s", origin };
    const state = (parts: Partial<Account>, contacts = 0) => registrarReport(contacts, placeOf(account(parts))).state;
    assert.equal(state({ host: "sip.example.com" }), "NOT_INUSE");
    assert.equal(state({ registration }), "NOT_INUSE");
    assert.equal(state({ host: "sip.example.com", qualifySeconds: 60 }), "UNAVAILABLE");
    assert.equal(state({}), "UNAVAILABLE");
    assert.equal(state({ qualifySeconds: 60 }, 1), "NOT_INUSE");
  });
});
