import assert from "node:assert/strict";
import { systemRandom } from "#base/system-random";
import { DigestClient } from "#sip/auth/digest-client";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { stopAfterAll } from "#test/support/stop-after-each";
import { challengesIn, headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";

/* Who has heard a request cannot repeat it at another node; a phone that goes there is asked once more, and only once. */
const URI = "sip:L1-0000FFFF0005_T1@127.0.0.1";

describe("an Authorization that was used at one node", function () {
  this.timeout(60_000);
  const started = stopAfterAll();
  const servers: ServerUnderTest[] = [];
  const wires: Wire[] = [];

  before(async () => {
    const redis = started(await startRedis());
    for (const name of ["one", "other"]) {
      const options = { site: "test/fixtures/sites/alternate", store: redis.url, args: ["--node", name] };
      const server = started(await ServerUnderTest.start(options));
      servers.push(server);
      wires.push(started(await udpWire(server.sipPort)));
    }
  });

  const [ONE, OTHER] = [0, 1];
  const send = async (node: number, method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<string> => {
    const wire = wires[node] ?? assert.fail();
    wire.send(request(method, uri, wire.localPort, { To: `<${uri}>`, ...headers }));
    return wire.next((message) => message.startsWith("SIP/2.0"));
  };

  it("is not taken at another one: 401 with stale, and the nonce of that one is good there (G-3, G-4, X-4)", async () => {
    const digest = new DigestClient({ user: "watcher", password: "watch-secret" }, systemRandom);
    const register = (node: number, headers: Readonly<Record<string, string>>): Promise<string> =>
      send(node, "REGISTER", "sip:127.0.0.1", { To: "<sip:watcher@127.0.0.1>", Expires: "600", ...headers });
    assert.ok(digest.accept(challengesIn(await register(ONE, {})), false));
    const overheard = digest.answer("REGISTER", "sip:127.0.0.1") ?? "";
    assert.equal(statusOf(await register(ONE, { Authorization: overheard })), 200);

    const refused = await register(OTHER, { Authorization: overheard });
    assert.equal(statusOf(refused), 401);
    assert.match(refused, /stale=true/);
    assert.ok(digest.accept(challengesIn(refused), true));
    for (let count = 0; count < 3; count += 1) {
      const answer = await register(OTHER, { Authorization: digest.answer("REGISTER", "sip:127.0.0.1") ?? "" });
      assert.equal(statusOf(answer), 200, "asked more than once");
    }
  });

  it("costs a refresh at another one a round, and the dialog goes on there", async () => {
    const digest = new DigestClient({ user: "watcher", password: "watch-secret" }, systemRandom);
    const dialog = { Event: "dialog", Expires: "600", From: "<sip:watcher@127.0.0.1>;tag=refreshed", "Call-ID": "refreshed" };
    assert.ok(digest.accept(challengesIn(await send(ONE, "SUBSCRIBE", URI, dialog)), false));
    const answer = (): string => digest.answer("SUBSCRIBE", URI) ?? "";
    const granted = await send(ONE, "SUBSCRIBE", URI, { ...dialog, CSeq: "2 SUBSCRIBE", Authorization: answer() });
    assert.equal(statusOf(granted), 200);
    const refresh = (cseq: number): Promise<string> =>
      send(OTHER, "SUBSCRIBE", URI, {
        ...dialog,
        To: headerIn(granted, "To") ?? "",
        CSeq: `${cseq} SUBSCRIBE`,
        Authorization: answer(),
      });
    const refused = await refresh(3);
    assert.match(refused, /^SIP\/2\.0 401 [^]*stale=true/);
    assert.ok(digest.accept(challengesIn(refused), true));
    assert.equal(statusOf(await refresh(4)), 200);
    const { items } = (await (servers[OTHER] ?? assert.fail()).api("GET", "subscriptions")).json;
    assert.deepEqual(
      items.map(({ node }: { node: string }) => node),
      ["other"],
    );
  });
});
