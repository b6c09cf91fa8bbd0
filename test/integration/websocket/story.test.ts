import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket } from "ws";
import { eventually } from "#test/support/eventually";
import { ServerUnderTest } from "#test/support/server";
import { SipJsWatcher } from "#test/support/sipjs-watcher";

/*
 * A watcher that nobody here wrote, over the port of HTTP:
 *
 *   sip.js                          server
 *     |-- GET /sip, Upgrade --------->|
 *     |-- REGISTER, 401, REGISTER --->|
 *     |-- SUBSCRIBE, 401, SUBSCRIBE ->|
 *     |<-- NOTIFY idle ---------------|
 *     |<-- NOTIFY early --------------|   the line rings
 *     X connection lost               |   the line is answered
 *     |-- REGISTER (new socket) ----->|
 *     |<-- NOTIFY confirmed ----------|   in the old dialog
 *     |-- SUBSCRIBE Expires 0 ------->|
 *     |<-- NOTIFY terminated ---------|
     |<-- goodbye 1001 --------------|   the server stops
 */
const KEY = "L1-0000FFFF0005_T1";
const INSTANCE = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

describe("a watcher over WebSocket", () => {
  let server: ServerUnderTest;
  let watcher: SipJsWatcher;

  before(async () => {
    server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" });
    watcher = new SipJsWatcher({
      server: `ws://127.0.0.1:${server.httpPort}/sip`,
      user: "watcher",
      password: "watch-secret",
      instance: INSTANCE,
    });
  });

  after(async () => {
    await watcher.stop();
    await server.stop();
  });

  const put = async (state: string): Promise<void> => {
    assert.equal((await server.api("PUT", `devices/SLA:${KEY}`, { state })).status, 200);
  };

  it("registers with digest, subscribes and is told changes (S-15, RFC 7118)", async () => {
    await watcher.register();
    await watcher.watch(`sip:${KEY}@127.0.0.1`);
    const idle = await watcher.next();
    assert.match(idle.body, />terminated</);
    assert.match(idle.state, /^active;expires=\d+$/);
    await put("RINGING");
    assert.match((await watcher.next()).body, />early</);
    const { json } = await server.api("GET", "subscriptions");
    assert.equal(json.items[0].transport, "ws");
    const registrations = (await server.api("GET", "registrations")).json;
    assert.match(registrations.items[0].contacts[0].uri, /\.invalid;transport=ws/);
  });

  it("gets a whole document with every refresh", async () => {
    await watcher.watch(`sip:${KEY}@127.0.0.1`);
    assert.match((await watcher.next()).body, /state="full"[^]*>early</);
  });

  it("is told in the old dialog what it missed, once it is back (S-57)", async () => {
    const [before] = (await server.api("GET", "subscriptions")).json.items;
    await watcher.disconnect();
    await put("INUSE");
    await watcher.register();
    const told = await watcher.next();
    assert.match(told.body, />confirmed</);
    const [after] = (await server.api("GET", "subscriptions")).json.items;
    assert.equal(after.id, before.id);
  });

  it("ends its subscription", async () => {
    await watcher.unwatch();
    // sip.js keeps the last NOTIFY to itself.
    await eventually(async () => {
      assert.deepEqual((await server.api("GET", "subscriptions")).json.items, []);
    }, 5000);
  });

  it("is counted in the metrics", async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(text, /^lamplighter_sip_connections\{transport="ws"\} 1$/m);
    assert.match(text, /^lamplighter_sip_messages_received_total\{transport="ws"\} \d\d+$/m);
  });

  it("is sent away with 1001 when the server stops, and the server stops at once", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.httpPort}/sip`, "sip", { origin: server.url });
    await once(socket, "open");
    const ended = server.end("SIGTERM");
    const [code] = (await once(socket, "close")) as [number];
    assert.equal(code, 1001);
    assert.equal(await ended, 0);
  });
});
