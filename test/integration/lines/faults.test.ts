import assert from "node:assert/strict";
import { freePort } from "#test/support/free-port";
import { startRedis } from "#test/support/redis";
import { SlowProxy } from "#test/support/slow-proxy";
import { stopAfterEach } from "#test/support/stop-after-each";
import { headerIn, statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

/** To the store, each way: much further than one stands. */
const FAR_MS = 25;
const ROUNDS = 5;
/** Not called within this: it is not called. */
const NOTHING_MS = 500;

describe("shared lines when something fails", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  it("the server is killed in a call and started again: no lamp says that somebody talks, and the next press works", async () => {
    const office = started(await LineOffice.open());
    const gateway = await office.phone("gateway", VOICES.caller);
    const [alice, bob] = [await office.phone("station1", VOICES.station1), await office.phone("station2")];
    await bob.subscribe("station2_line1");
    const { call, final } = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    await bob.rings();
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await bob.shows("station2_line1", { state: "confirmed" });
    await office.server.end("SIGKILL");
    await office.server.start();
    await bob.shows("station2_line1", { state: "terminated" });
    await office.idle();
    assert.equal(statusOf(await call.bye()), 481, "it knows nothing of that call");
    const next = await alice.call(office.uri("station1_line1"));
    assert.equal(statusOf(await next.final), 200);
    await next.call.sound.untilHears([350, 440]);
    await bob.shows("station2_line1", { state: "confirmed" });
    await next.call.bye();
    await office.idle();
  });

  it("the provider cannot be reached: the phone hears that, is let go, and the line is free (#22)", async () => {
    const accounts = { gateway: `host=127.0.0.1\nport=${await freePort()}\ntransport=tcp` };
    const office = started(await LineOffice.open({ accounts }));
    const alice = await office.phone("station1");
    const { call } = await alice.call(office.uri("station1_line1"));
    await call.sound.untilHears([350, 440]);
    call.sound.press("12565551212");
    await call.sound.untilHears([480, 620]);
    await call.bye();
    await office.idle();
  });

  it("a line whose dialplan is not there refuses its key at once, with what the far end says (#22, R12)", async () => {
    const extensions = "exten => try,1,SLAStation(station1_line1)\n same => n,NoOp(${SLASTATION_STATUS})";
    const office = started(await LineOffice.open({ devices: { line1: "Local/nobody@nowhere" }, extensions }));
    const alice = await office.phone("station1");
    assert.equal(statusOf(await (await alice.call(office.uri("station1_line1"))).final), 404);
    await (
      await alice.call(office.uri("try"))
    ).final;
    assert.match(office.server.output, /NoOp\(CONGESTION\)/);
    await office.idle();
  });

  it("a provider that is overloaded is left alone as long as it asks (503, Retry-After); emergency calls still go there", async () => {
    const extensions = "exten => out,1,Dial(SIP/5551212@gateway)\nexten => help,1,Dial(SIP/911@gateway)";
    const office = started(await LineOffice.open({ extensions }));
    const [gateway, alice] = [await office.phone("gateway"), await office.phone("station1")];
    const refused = async (extension: string): Promise<number> => {
      const { final } = await alice.call(office.uri(extension));
      return statusOf(await final);
    };
    const first = refused("out");
    (await gateway.rings()).decline("503 Service Unavailable\r\nRetry-After: 2");
    assert.ok((await first) >= 500);
    const since = Date.now();
    assert.ok((await refused("out")) >= 400);
    await assert.rejects(gateway.rings(NOTHING_MS), "it is not called again at once");
    const help = refused("help");
    (await gateway.rings()).decline();
    assert.equal(await help, 486);
    await new Promise((resolve) => setTimeout(resolve, since + 2000 - Date.now()));
    const again = refused("out");
    (await gateway.rings()).decline();
    assert.equal(await again, 486);
  });

  it("the store is far away: a call is answered, held, taken back and ended as ever, and lamps are right", async () => {
    const redis = started(await startRedis());
    const far = started(await SlowProxy.open(redis.port, FAR_MS));
    const office = started(await LineOffice.open({ store: { url: `redis://127.0.0.1:${far.port}`, node: "far" } }));
    const gateway = await office.phone("gateway", VOICES.caller);
    const [alice, bob] = [await office.phone("station1", VOICES.station1), await office.phone("station2", VOICES.station2)];
    const { call, final } = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([VOICES.station1]);
    await ring.hold();
    await office.shows("station2_line1", "Hold");
    const taken = await bob.call(office.uri("station2_line1"));
    assert.equal(statusOf(await taken.final), 200);
    await call.sound.untilHears([VOICES.station2]);
    await call.bye();
    await taken.call.hungUp();
    await office.idle();
  });

  it("two phones at two nodes press one line at once, again and again: one has it, the other hears why, all lamps are right", async () => {
    const redis = started(await startRedis());
    const nodes = [];
    for (const node of ["one", "other"]) nodes.push(started(await LineOffice.open({ store: { url: redis.url, node } })));
    const [one, other] = nodes as [LineOffice, LineOffice];
    const [alice, bob] = [await one.phone("station1"), await other.phone("station2")];
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = alice.call(one.uri("station1_line1"));
      await new Promise((resolve) => setTimeout(resolve, round));
      const pressed = await Promise.all([first, bob.call(other.uri("station2_line1"))]);
      const answers = await Promise.all(pressed.map(({ final }) => final));
      const winners = answers.filter((answer) => statusOf(answer) === 200);
      assert.equal(winners.length, 1, answers.join("\n"));
      const loser = answers.find((answer) => statusOf(answer) !== 200) ?? "";
      assert.equal(statusOf(loser), 503, loser);
      assert.match(headerIn(loser, "Reason") ?? "", /text=/, loser);
      for (const office of nodes) await office.shows("station3_line1", "InUse");
      for (const [at, { call }] of pressed.entries()) if (statusOf(answers[at]!) === 200) await call.bye();
      for (const office of nodes) await office.idle();
    }
  });
});
