import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeSine } from "#test/support/calls/wave";
import { eventually } from "#test/support/eventually";
import { stopAfterAll } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

const SECONDS = 2;
const MUSIC = 700;
const JAZZ = 900;
const GREETING = 2100;

/** `moh` and `sounds` in the site's folder, as Asterisk's have them. */
describe("music and prompts of the site", function () {
  this.timeout(60_000);
  const started = stopAfterAll();
  let office: LineOffice;

  before(async () => {
    const prepare = async (folder: string): Promise<void> => {
      for (const [file, frequency] of [
        ["moh/default/song.wav", MUSIC],
        ["moh/jazz/tune.wav", JAZZ],
        ["sounds/office/welcome.wav", GREETING],
      ] as const) {
        await mkdir(join(folder, file, ".."), { recursive: true });
        await writeSine(join(folder, file), frequency, SECONDS);
      }
    };
    const extensions = [
      "exten => welcome,1,Playback(office/welcome)",
      "[from_gateway]",
      "exten => jazz,1,SLATrunk(line1,M(jazz))",
    ].join("\n");
    office = started(await LineOffice.open({ prepare, extensions }));
  });

  it("who waits for an answer hears the class that is named, who is held the default one (R24)", async () => {
    const [gateway, alice] = [await office.phone("gateway", VOICES.caller), await office.phone("station1", VOICES.station1)];
    const { call, final } = await gateway.call(office.uri("jazz"));
    const ring = await alice.rings();
    await call.sound.untilHears([JAZZ]);
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([VOICES.station1]);
    await eventually(() => {
      assert.equal(call.sound.hears(JAZZ), false);
    });
    await ring.hold();
    await call.sound.untilHears([MUSIC]);
    await call.bye();
    await ring.hungUp();
  });

  it("a prompt is heard once, then the dialplan goes on", async () => {
    const alice = await office.phone("station1");
    const { call } = await alice.call(office.uri("welcome"));
    await call.sound.untilHears([GREETING]);
    await call.hungUp(SECONDS * 1000 + 5000);
  });
});
