import assert from "node:assert/strict";
import { SimPhone } from "#sim/sim-phone";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { STORES_UNDER_TEST } from "#test/support/stores-under-test";

/*
 * The main job on real input: the phones of the requirement's alternate layout fetch their files, register, watch their line keys, and the
 * lamps follow the states of the lines. On every store.
 *
 *   phone                    server                    admin
 *     |--- GET master, lines --->|                        |
 *     |--- REGISTER, digest ---->|                        |
 *     |--- SUBSCRIBE L1, L2 ---->|                        |
 *     |<-- NOTIFY (off) ---------|                        |
 *     |                          |<-- PUT device RINGING -|
 *     |<-- NOTIFY (flash) -------|                        |
 */
const MACS = ["0000ffff0005", "0000ffff0006"];
const L1 = "L1-0000FFFF0005_T1";
const DEVICE = `devices/SLA:${L1}`;

for (const kind of STORES_UNDER_TEST) {
  describe(`the first lamp, on the ${kind.name} store`, () => {
    const stops: (() => Promise<void>)[] = [];
    let server: ServerUnderTest;
    let phones: SimPhone[];

    before(async () => {
      const store = await kind.start();
      stops.push(store.stop);
      server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate", store: store.url });
      stops.push(() => server.stop());
      phones = await Promise.all(
        MACS.map(async (mac) => new SimPhone({ mac, provisioningUrl: await server.provisioningUrl(mac) })),
      );
      for (const phone of phones) stops.push(() => phone.stop());
      await Promise.all(phones.map((phone) => phone.start()));
    });

    after(async () => {
      await stopAll(stops);
    });

    const first = (): SimPhone => phones[0] ?? assert.fail("no phone");

    it("gives each phone its own keys, from its own files", () => {
      assert.deepEqual(
        phones.map((phone) => phone.keys().map((key) => `${key.label} ${key.address} ${key.lamp}`)),
        [
          ["L1 L1-0000FFFF0005_T1 idle", "L2 L2-0000FFFF0005_T2 idle"],
          ["L1 L1-0000FFFF0006_T1 idle", "L2 L2-0000FFFF0006_T2 idle"],
        ],
      );
      assert.equal(first().parameters.get("reg.1.auth.password"), "lamp5-secret");
    });

    it("shows the phones as registered and watching", async () => {
      const { json } = await server.api("GET", "phones");
      assert.deepEqual(
        json.items.map((phone: { stage: string }) => phone.stage),
        ["watching", "watching"],
      );
      const registrations = await server.api("GET", "registrations");
      assert.deepEqual(registrations.json.items.map((item: { account: string }) => item.account).sort(), [
        "0000FFFF0005",
        "0000FFFF0006",
      ]);
      const subscriptions = await server.api("GET", "subscriptions");
      assert.equal(subscriptions.json.items.length, 4);
    });

    it("lights the lamps as the states of the line change", async () => {
      for (const [state, lamp] of [
        ["RINGING", "ringing"],
        ["INUSE", "busy"],
        ["NOT_INUSE", "idle"],
        ["inuse", "busy"],
      ] as const) {
        const { status, json } = await server.api("PUT", DEVICE, { state });
        assert.equal(status, 200);
        assert.equal(json.state, state.toUpperCase());
        await first().waitForLamp(L1, lamp, 3000);
      }
      const { status, json } = await server.api("DELETE", DEVICE);
      assert.equal(status, 200);
      assert.equal(json.state, "NOT_INUSE");
      await first().waitForLamp(L1, "idle", 3000);
    });

    it("takes a state back when its time is over", async () => {
      await server.api("PUT", DEVICE, { state: "BUSY", ttl: 1 });
      await first().waitForLamp(L1, "busy", 3000);
      await first().waitForLamp(L1, "idle", 4000);
      const { json } = await server.api("GET", DEVICE);
      assert.deepEqual(json.slots, []);
    });

    it("shows a hint over two phones by the stronger state, and unregistered phones as unavailable", async () => {
      await server.api("PUT", "devices/SIP/0000FFFF0006", { state: "INUSE" });
      assert.equal((await server.api("GET", "lamps/100@LocalSets")).json.state, "InUse");
      await server.api("DELETE", "devices/SIP%2F0000FFFF0006");
      assert.equal((await server.api("GET", "lamps/100@LocalSets")).json.state, "Idle");
      assert.equal((await server.api("GET", "lamps/100@elsewhere")).json.state, "Unavailable");
      assert.equal((await server.api("GET", "lamps/100")).status, 409);
    });

    it("refreshes, and goes on counting", async () => {
      const before = first().watch(L1);
      await first().refresh(L1);
      await first().waitForLamp(L1, "idle", 1000);
      const after = first().watch(L1);
      assert.equal(after.callId, before.callId);
    });

    it("tells listeners of the event stream", async () => {
      const abort = new AbortController();
      const response = await fetch(`${server.url}/api/v1/events`, {
        headers: { Authorization: `Bearer ${await server.token()}` },
        signal: abort.signal,
      });
      const reader = response.body?.getReader();
      assert.ok(reader !== undefined);
      await server.api("PUT", DEVICE, { state: "RINGING" });
      let text = "";
      while (!text.includes("event: lamp")) text += new TextDecoder().decode((await reader.read()).value);
      abort.abort();
      assert.match(text, /"extension":"L1-0000FFFF0005_T1".*"state":"Ringing"/);
      await server.api("DELETE", DEVICE);
    });

    it("makes no phone ignore anything", () => {
      assert.deepEqual(
        phones.flatMap((phone) => phone.violations),
        [],
      );
    });

    it("forgets an unregistered phone at once (R-15)", async () => {
      const second = phones[1] ?? assert.fail("no phone");
      await second.stop({ unregister: true });
      const { json } = await server.api("GET", "phones/00-00-FF-FF-00-06");
      assert.equal(json.registration, null);
      assert.deepEqual(json.subscriptions, []);
      assert.equal((await server.api("GET", "devices/SIP/0000FFFF0006")).json.state, "UNAVAILABLE");
    });
  });
}
