import assert from "node:assert/strict";
import { SimPhone } from "#sim/sim-phone";
import { eventually } from "#test/support/eventually";
import { Notify } from "#test/support/phone";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest, type ServerOptions } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { answerTo, headerIn, request, statusOf, udpWire } from "#test/support/wire";

/* Two nodes on one Redis: each dialog has one that speaks in it, whichever node a change or a refresh comes to, and when one dies the other goes on. */
const SITE = "test/fixtures/sites/alternate";
const MAC = "0000ffff0005";
const L1 = "L1-0000FFFF0005_T1";
const URI = `sip:${L1}@127.0.0.1`;

type Stops = (() => Promise<void>)[];

/** Runs a story and ends what it started. */
async function story(tell: (node: (name: string, ...args: string[]) => Promise<ServerUnderTest>, stops: Stops) => Promise<void>) {
  const stops: Stops = [];
  try {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    await tell(async (name, ...args) => {
      const options: ServerOptions = { site: SITE, store: redis.url, args: ["--node", name, "--lease", "2", ...args] };
      const server = await ServerUnderTest.start(options);
      stops.push(() => server.stop());
      return server;
    }, stops);
  } finally {
    await stopAll(stops);
  }
}

describe("several nodes on one Redis", () => {
  it("a change at one reaches the phone of the other; when that dies its dialogs go on elsewhere, and it does not fight when it is back", () =>
    story(async (node, stops) => {
      const [one, other] = [await node("one"), await node("other")];
      const phone = new SimPhone({ mac: MAC, provisioningUrl: await one.provisioningUrl(MAC) });
      stops.push(() => phone.stop());
      await phone.start();
      await other.api("PUT", `devices/SLA:${L1}`, { state: "INUSE" });
      await phone.waitForLamp(L1, "busy", 3000);
      const before = phone.watch(L1);

      await one.end("SIGKILL");
      await other.api("PUT", `devices/SLA:${L1}`, { state: "NOT_INUSE" });
      // The lease, two seconds, and a little for a busy machine.
      await phone.waitForLamp(L1, "idle", 10_000);
      const after = phone.watch(L1);
      assert.equal(after.callId, before.callId, "the dialog is a new one");
      assert.ok((after.cseq ?? 0) > (before.cseq ?? 0) && (after.version ?? 0) > (before.version ?? 0));
      const owners = async (): Promise<string[]> => {
        const { json } = await other.api("GET", "subscriptions");
        return json.items.map((item: { node: string }) => item.node);
      };
      assert.deepEqual(new Set(await owners()), new Set(["other"]));

      await one.start();
      await one.api("PUT", `devices/SLA:${L1}`, { state: "INUSE" });
      await phone.waitForLamp(L1, "busy", 3000);
      assert.deepEqual((await one.api("GET", "subscriptions")).json.items, []);
      // The phone still talks to the node that it was told of: with its refresh the dialog is back there.
      await phone.refresh(L1);
      assert.deepEqual(await owners(), ["other"]);
      await other.api("PUT", `devices/SLA:${L1}`, { state: "NOT_INUSE" });
      await phone.waitForLamp(L1, "idle", 3000);
      assert.equal(phone.watch(L1).callId, before.callId);
      assert.deepEqual(phone.violations, []);
    }));

  it("a refresh at the other node is answered 200, and from then on that one speaks, with higher numbers (S-76, S-93)", () =>
    story(async (node, stops) => {
      const [one, other] = [await node("one", "--trust", "127.0.0.1/32"), await node("other", "--trust", "127.0.0.1/32")];
      const [wire, otherWire] = [await udpWire(one.sipPort), await udpWire(other.sipPort)];
      stops.push(
        () => wire.close(),
        () => otherWire.close(),
      );
      const subscribe = request("SUBSCRIBE", URI, wire.localPort, { Event: "dialog", Expires: "600" });
      wire.send(subscribe);
      const granted = await wire.next((text) => statusOf(text) === 200);
      const first = await wire.next((text) => text.startsWith("NOTIFY"));
      wire.send(answerTo(first));
      const dialog = {
        "Call-ID": headerIn(subscribe, "Call-ID") ?? "",
        From: headerIn(subscribe, "From") ?? "",
        To: headerIn(granted, "To") ?? "",
        Event: "dialog",
        Expires: "600",
      };
      otherWire.send(request("SUBSCRIBE", URI, otherWire.localPort, { ...dialog, CSeq: "1000 SUBSCRIBE" }));
      const refreshed = await otherWire.next((text) => text.startsWith("SIP/2.0"));
      assert.equal(statusOf(refreshed), 200, refreshed);
      const second = await otherWire.next((text) => text.startsWith("NOTIFY"));
      otherWire.send(answerTo(second));
      assert.ok(new Notify(second).cseq > new Notify(first).cseq, "CSeq went back");
      assert.ok(new Notify(second).version > new Notify(first).version, "the version went back");

      await one.api("PUT", `devices/SLA:${L1}`, { state: "INUSE" });
      const third = await otherWire.next((text) => text.startsWith("NOTIFY"));
      otherWire.send(answerTo(third));
      assert.match(third, /<state>confirmed</);
      assert.ok(new Notify(third).cseq > new Notify(second).cseq);
      assert.deepEqual((await one.api("GET", "subscriptions")).json.items, [], "the first node has it still");
    }));

  it("knows who is there, and takes what they call their own hosts for ours, also when they are gone (design §9.12)", () =>
    story(async (node, stops) => {
      const [one, other] = [await node("one", "--domain", "one.example"), await node("other", "--trust", "127.0.0.1/32")];
      const { items } = (await other.api("GET", "nodes")).json as { items: { node: string; hosts: string[] }[] };
      assert.deepEqual(items.map(({ node: name }) => name).sort(), ["one", "other"]);
      assert.equal(items.find(({ node: name }) => name === "one")?.hosts.includes("one.example"), true);
      const wire = await udpWire(other.sipPort);
      stops.push(() => wire.close());
      const statusAt = async (host: string): Promise<number> => {
        wire.send(request("SUBSCRIBE", `sip:${L1}@${host}`, wire.localPort, { Event: "dialog", Expires: "0" }));
        return statusOf(await wire.next((text) => text.startsWith("SIP/2.0")));
      };
      assert.equal(await statusAt("ONE.example"), 200);
      assert.equal(await statusAt("elsewhere.example"), 404);
      await one.end("SIGKILL");
      await eventually(async () => {
        const left = (await other.api("GET", "nodes")).json as { items: unknown[] };
        assert.equal(left.items.length, 1);
      });
      assert.equal(await statusAt("one.example"), 200);
    }));
});
