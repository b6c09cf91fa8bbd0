import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { encodeSample } from "#test/support/calls/g711";
import { RATE } from "#test/support/calls/wave";
import { freePort } from "#test/support/free-port";
import { Sipp } from "#test/support/sipp";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

const FOLDER = resolve("test/integration/lines/sipp");
const LOUD = 6000;

/** SIPp, a SIP implementation that is not ours, is the provider: it speaks, and echoes what it hears. */
describe("SIPp as the outside", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  async function open(extensions = ""): Promise<readonly [LineOffice, number]> {
    const port = await freePort();
    const accounts = { gateway: `host=127.0.0.1\nport=${port}\ninsecure=invite` };
    return [started(await LineOffice.open({ accounts, extensions })), port];
  }

  async function sipp(office: LineOffice, port: number, scenario: string, ...more: readonly string[]): Promise<Sipp> {
    const prepare = (folder: string): Promise<void> => writeFile(join(folder, "voice.raw"), voice());
    const args = [`127.0.0.1:${office.server.sipPort}`, "-sf", join(FOLDER, scenario), ...more];
    return started(await Sipp.start(args, { port, prepare }));
  }

  it("calls in: it is heard on the phone that answers (#25, #26)", async () => {
    const [office, port] = await open();
    const alice = await office.phone("station1", VOICES.station1);
    const outside = await sipp(office, port, "calls-in.xml", "-s", "line1", "-m", "1");
    const ring = await alice.rings();
    ring.accept();
    await ring.sound.untilHears([VOICES.caller]);
    await ring.bye();
    await outside.succeeds();
    await office.idle();
  });

  it("is called by a phone that took the line: what is said comes back as its echo (#18)", async () => {
    const [office, port] = await open();
    const alice = await office.phone("station1", VOICES.station1);
    const outside = await sipp(office, port, "answers.xml", "-m", "1", "-rtp_echo");
    const { call, final } = await alice.call(office.uri("station1_line1"));
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([350, 440]);
    call.sound.press("12565551212");
    await call.sound.untilHears([VOICES.station1], 10_000);
    await call.bye();
    await outside.succeeds();
    await office.idle();
  });

  it("calls fifty times, ten a second: every call is answered and ends, none is left", async () => {
    const [office, port] = await open("[from_gateway]\nexten => echo,1,Answer()\n same => n,Wait(20)\n");
    const outside = await sipp(office, port, "load.xml", "-s", "echo", "-m", "50", "-r", "10");
    await outside.succeeds();
    assert.deepEqual((await office.server.api("GET", "calls")).json.items, []);
  });
});

/** A second of its voice, which goes round without a seam. */
function voice(): Buffer {
  const sample = (at: number): number => Math.round(LOUD * Math.sin((2 * Math.PI * VOICES.caller * at) / RATE));
  return Buffer.from(Array.from({ length: RATE }, (_, at) => encodeSample("PCMU", sample(at))));
}
