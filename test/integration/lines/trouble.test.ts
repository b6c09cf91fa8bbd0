import assert from "node:assert/strict";
import { startRedis } from "#test/support/redis";
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";
import { headerIn, statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

/** Longer than it takes to see that nobody is there, shorter than any ringing. */
const AT_ONCE_MS = 3000;

describe("shared lines in trouble", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  it("a dialplan that calls itself ends, and everybody else goes on (B-24)", async () => {
    const office = started(await LineOffice.open({ extensions: "exten => round,1,Dial(Local/round@stations)" }));
    const alice = await office.phone("station1");
    const since = Date.now();
    const { final } = await alice.call(office.uri("round"));
    const status = statusOf(await final);
    assert.ok(status >= 400, String(status));
    assert.ok(Date.now() - since < AT_ONCE_MS);
    assert.match(office.server.output, /goes round in circles/);
    assert.equal(await office.lamp("station1"), "Idle");
  });

  it("who is not there is not waited for: no such extension, no such account, nobody registered", async () => {
    const extensions = ["Local/none@stations", "SIP/nobody", "SIP/station3", "Local/none@stations&SIP/nobody"]
      .map((device, at) => `exten => none${at},1,Dial(${device},20)`)
      .join("\n");
    const office = started(await LineOffice.open({ extensions }));
    const alice = await office.phone("station1");
    for (let at = 0; at < 4; at += 1) {
      const since = Date.now();
      const { final } = await alice.call(office.uri(`none${at}`));
      const status = statusOf(await final);
      assert.ok(status >= 400, `none${at}: ${status}`);
      assert.ok(Date.now() - since < AT_ONCE_MS, `none${at}`);
    }
  });

  it("a trunk that a reload takes away keeps its call until that ends (R8)", async () => {
    const office = started(await LineOffice.open());
    const gateway = await office.phone("gateway", VOICES.caller);
    const alice = await office.phone("station1", VOICES.station1);
    const { call, final } = await gateway.call(office.uri("line2"));
    const ring = await alice.rings();
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await office.changeLines(
      "[general]\n[line1]\ntype=trunk\ndevice=Local/disa@line1_outbound\n[station1]\ntype=station\ndevice=SIP/station1\ntrunk=line1\n",
    );
    await call.sound.untilHears([VOICES.station1]);
    await call.bye();
    await ring.hungUp();
  });

  it("who does not want to be known is not: not by the phone that rings, nor by its lamp (B-22)", async () => {
    const office = started(await LineOffice.open());
    const [alice, bob] = [await office.phone("station1"), await office.phone("station2")];
    const { call } = await alice.call(office.uri("702"), { headers: { Privacy: "id" } });
    const { invite } = await bob.rings();
    assert.doesNotMatch(invite, /701|station1/, invite);
    assert.match(headerIn(invite, "From") ?? "", /anonymous/);
    const { json } = await office.server.api("GET", "devices/SIP%2Fstation2");
    assert.doesNotMatch(JSON.stringify(json), /701/);
    await alice.cancel(call);
  });

  it("the key of another phone is refused (R21), and so is a key that nobody has", async () => {
    const office = started(await LineOffice.open());
    const alice = await office.phone("station1");
    const { final } = await alice.call(office.uri("station2_line1"));
    const answer = await final;
    assert.equal(statusOf(answer), 403, answer);
    assert.equal(await office.lamp("station2_line1"), "Idle");
  });

  it("a call at another node: the lamps here show it, its key is refused, and free when that node dies", async () => {
    const redis = started(await startRedis());
    const one = started(await LineOffice.open({ store: { url: redis.url, node: "one" } }));
    const other = started(await LineOffice.open({ store: { url: redis.url, node: "other" } }));
    const [alice, bob] = [await one.phone("station1"), await other.phone("station2")];
    const seized = await alice.call(one.uri("station1_line1"));
    assert.equal(statusOf(await seized.final), 200);
    await eventually(async () => {
      assert.deepEqual([await other.lamp("station2_line1"), await other.lamp("station1")], ["InUse", "InUse"]);
    });
    const refused = await (await bob.call(other.uri("station2_line1"))).final;
    assert.equal(statusOf(refused), 503, refused);
    await one.server.end("SIGKILL");
    await eventually(async () => {
      assert.deepEqual([await other.lamp("station2_line1"), await other.lamp("station1")], ["Idle", "Idle"]);
    });
    const taken = await bob.call(other.uri("station2_line1"));
    assert.equal(statusOf(await taken.final), 200);
  });

  it("a caller who gives up while the phones ring: all stop, and lamps are dark (sla.md #29)", async () => {
    const office = started(await LineOffice.open());
    const [gateway, alice] = [await office.phone("gateway"), await office.phone("station1")];
    const { call, final } = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    await gateway.cancel(call);
    assert.equal(statusOf(await final), 487);
    // Nobody took it: a missed call.
    assert.doesNotMatch(await ring.cancelledWith(), /cause=200/);
    await eventually(async () => {
      assert.equal(await office.lamp("station1_line1"), "Idle");
    }, 5000);
  });
});
