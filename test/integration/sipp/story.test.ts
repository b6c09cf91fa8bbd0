import assert from "node:assert/strict";
import { resolve } from "node:path";
import { ServerUnderTest } from "#test/support/server";
import { Sipp } from "#test/support/sipp";
import { stopAfterEach } from "#test/support/stop-after-each";

/*
 * SIPp, a SIP implementation that is not ours, registers and subscribes with digest and gets its NOTIFYs:
 *
 *   SIPp                                   server
 *     |--- REGISTER, 401, REGISTER, 200 ----->|
 *     |--- SUBSCRIBE, 401, SUBSCRIBE, 200 --->|
 *     |<-- NOTIFY active, 200 ----------------|
 *     |--- SUBSCRIBE, 200 (refresh) --------->|
 *     |<-- NOTIFY active, whole, 200 ---------|
 *     |--- SUBSCRIBE Expires 0, 200 --------->|
 *     |<-- NOTIFY terminated, 200 ------------|
 */
const SCENARIO = resolve("test/integration/sipp/register-and-subscribe.xml");
const PUBLISHING = resolve("test/integration/sipp/publish.xml");

describe("SIPp registers and subscribes", () => {
  const started = stopAfterEach();
  let server: ServerUnderTest;

  before(async () => {
    server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" });
  });

  after(async () => {
    await server.stop();
  });

  for (const [transport, flag] of [
    ["UDP", "u1"],
    ["TCP", "t1"],
  ] as const) {
    it(`over ${transport}, refreshes and ends (S-20, S-21, S-50, S-53)`, async () => {
      const args = [`127.0.0.1:${server.sipPort}`, "-t", flag, "-sf", SCENARIO, "-m", "5", "-r", "5"];
      await started(await Sipp.start(args)).succeeds();
      const { json } = await server.api("GET", "registrations");
      assert.equal(json.items[0].account, "watcher");
      assert.deepEqual((await server.api("GET", "subscriptions")).json.items, []);
    });
  }
});

describe("SIPp publishes", () => {
  const started = stopAfterEach();

  it("over UDP and TCP, with a tag in hand (T-37 to T-39, T-41)", async () => {
    const server = started(await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" }));
    for (const flag of ["u1", "t1"]) {
      const args = [`127.0.0.1:${server.sipPort}`, "-t", flag, "-sf", PUBLISHING, "-m", "5", "-r", "5"];
      await started(await Sipp.start(args)).succeeds();
    }
    assert.deepEqual((await server.api("GET", "devices/Publish:100@LocalSets")).json.slots, []);
  });
});
