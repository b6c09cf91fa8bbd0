import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CallJson, CallRecordJson, LineJson } from "#admin/call-ports";
import { eventually } from "#test/support/eventually";
import { stopAfterAll } from "#test/support/stop-after-each";
import { ToldEvents } from "#test/support/told-events";
import { headerIn, statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

const run = promisify(execFile);

describe("calls and lines in the API, on the command line and in the records", function () {
  this.timeout(60_000);
  const started = stopAfterAll();
  let office: LineOffice;

  before(async () => {
    office = started(
      await LineOffice.open({
        general: "attemptcallerid=yes",
        sla: { station2: "trunk=line1,ringdelay=3\ntrunk=line2\nhold=private" },
      }),
    );
  });

  async function calls(): Promise<readonly CallJson[]> {
    const { json } = await office.server.api("GET", "calls");
    return json.items as readonly CallJson[];
  }

  async function records(): Promise<readonly CallRecordJson[]> {
    const { json } = await office.server.api("GET", "call-records");
    return json.items as readonly CallRecordJson[];
  }

  async function lamplighter(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, ["bin/lamplighter.mjs", ...args, "--data", office.server.data]);
    return stdout;
  }

  it("a call of a line: its legs, its line, its sound; on the command line; and what is kept of it", async () => {
    const gateway = await office.phone("gateway", VOICES.caller);
    const alice = await office.phone("station1", VOICES.station1);
    const { call, final } = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    const [ringing] = await calls();
    assert.equal(ringing?.line, "line1");
    const rung = ringing.legs.find(({ account }) => account === "station1");
    assert.deepEqual([rung?.direction, rung?.phase], ["outgoing", "ringing"]);
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await Promise.all([call.sound.untilHears([VOICES.station1]), ring.sound.untilHears([VOICES.caller])]);

    const all = await calls();
    assert.equal(all.length, 1, JSON.stringify(all));
    const id = all[0]?.id ?? "";
    assert.equal(id, ringing.id, "one call, from its first leg on");
    const { json } = await office.server.api("GET", `calls/${id}`);
    const legs = (json as CallJson).legs;
    assert.deepEqual(legs.map(({ account, phase }) => [account, phase]).sort(), [
      ["gateway", "up"],
      ["station1", "up"],
    ]);
    for (const { sound } of legs) assert.ok((sound?.received ?? 0) > 0 && (sound?.sent ?? 0) > 0, JSON.stringify(legs));

    const { json: line } = await office.server.api("GET", "lines/line1");
    const { phase, connected, call: onLine, party, keys } = line as LineJson;
    assert.deepEqual([phase, connected, onLine, party?.number], ["up", ["station1"], id, "0"]);
    assert.deepEqual(keys[1], { station: "station2", state: "UP", ringtimeout: 0, ringdelay: 3 });
    assert.match(
      await lamplighter("line", "show", "line1"),
      /^line1 {2}in use since .*talking: station1\n.*\n {2}station1: UP\n {2}station2: UP, rings after 3 s/,
    );
    assert.match(await lamplighter("call", "show"), /gateway calls line1: up .*\n {2}station1 is called by 0 \(gateway\): up/);

    await call.bye();
    await ring.hungUp();
    await eventually(async () => {
      assert.equal((await records()).length, 2);
    }, 5000);
    const kept = await records();
    assert.deepEqual(new Set(kept.map((one) => one.call)), new Set([id]));
    const caller = kept.find(({ account }) => account === "gateway");
    assert.deepEqual(caller?.end, { by: "them", how: "bye", cause: 16, causeName: "normal" });
    assert.equal(caller.line, "line1");
    assert.ok((caller.sound?.received ?? 0) > 0);
    const inFile = (await readFile(join(office.server.data, "calls.jsonl"), "utf8")).trimEnd().split("\n");
    assert.deepEqual(
      inFile.map((text) => JSON.parse(text) as CallRecordJson),
      [...kept].reverse(),
    );
    assert.deepEqual(await calls(), []);
  });

  it("an admin ends a call: both are hung up, it is told to who listens, and recorded", async () => {
    const alice = await office.phone("station1", VOICES.station1);
    const bob = await office.phone("station3", VOICES.station3);
    const events = started(await ToldEvents.open(office.server));
    const { final } = await alice.call(office.uri("703"));
    const ring = await bob.rings();
    ring.accept();
    assert.equal(statusOf(await final), 200);
    const [call] = await calls();
    const id = call?.id ?? "";
    await lamplighter("call", "end", id);
    assert.match(await ring.hungUp(), /Reason: Q\.850;cause=16;text="ended by the administrator"/);
    await eventually(async () => {
      assert.deepEqual(await calls(), []);
      assert.equal((await records()).filter((one) => one.call === id && one.end.by === "us").length, 2);
    }, 5000);
    const told = events.of("call").map((data) => data as { readonly id: string; readonly phase?: string; readonly over?: true });
    for (const leg of call?.legs ?? []) {
      const phases = told.filter((one) => one.id === leg.id).map(({ phase, over }) => (over === true ? "over" : phase));
      assert.deepEqual([phases[0], phases.at(-1)], ["trying", "over"], JSON.stringify(told));
    }
    assert.equal((await office.server.api("DELETE", `calls/${id}`)).status, 404);
  });

  it("who was refused is recorded with status and cause", async () => {
    const alice = await office.phone("station1");
    const bob = await office.phone("station2");
    const { final } = await alice.call(office.uri("702"));
    const ring = await bob.rings();
    ring.decline();
    const answer = await final;
    assert.equal(statusOf(answer), 486);
    assert.notEqual(headerIn(answer, "Reason"), undefined);
    await eventually(async () => {
      const [first, second] = await records();
      assert.deepEqual(new Set([first?.end.cause, second?.end.cause]), new Set([17]));
      assert.deepEqual(new Set([first?.end.by, second?.end.by]), new Set(["us", "them"]));
      assert.deepEqual([first?.end.status, second?.end.status], [486, 486]);
      assert.deepEqual([first?.talkSeconds, second?.end.causeName], [0, "busy"]);
    }, 5000);
  });
});
