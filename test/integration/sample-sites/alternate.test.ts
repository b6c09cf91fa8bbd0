import assert from "node:assert/strict";
import { Provider } from "#test/support/calls/provider";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { DIAL_TONE, OUTSIDE, SampleOffice, VOICES } from "./sample-office.ts";

const ACCOUNTS = { "12565550101": "sample-to-be-changed" };
const [FIVE, SIX] = ["0000ffff0005", "0000ffff0006"];

describe("sample site alternate: an ordinary line and two line keys on each phone", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  async function open(): Promise<{ readonly office: SampleOffice; readonly provider: Provider }> {
    const provider = started(await Provider.open({ accounts: ACCOUNTS, voice: OUTSIDE }));
    const office = started(await SampleOffice.open("alternate", provider.port));
    provider.serves(office.server.sipPort);
    return { office, provider };
  }

  it("each phone has a key a trunk; a call to L2 flashes the second keys only; one holds, the other takes it back; the key of another is refused", async () => {
    const { office, provider } = await open();
    assert.deepEqual(await office.keysOf(FIVE), ["L1-0000FFFF0005_T1", "L2-0000FFFF0005_T2"]);
    assert.deepEqual(await office.keysOf(SIX), ["L1-0000FFFF0006_T1", "L2-0000FFFF0006_T2"]);
    assert.equal((await office.fileOf(SIX)).get("reg.1.address"), "0000FFFF0006");
    const [five, six] = [await office.phone(FIVE, VOICES[0]), await office.phone(SIX, VOICES[1])];
    const { call, final } = await provider.call("L2", { number: "12565559999" });
    const [ring] = await Promise.all([five.rings(), six.rings()]);
    await six.shows("L2-0000FFFF0006_T2", { state: "early" });
    assert.equal(six.lamp("L1-0000FFFF0006_T1").state, "terminated");
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([VOICES[0]]);
    await ring.hold();
    await six.shows("L2-0000FFFF0006_T2", { state: "confirmed", held: true });
    assert.equal(await office.refusal(six, "L2-0000FFFF0005_T2"), 403);
    const back = await office.dial(six, "L2-0000FFFF0006_T2");
    await Promise.all([call.sound.untilHears([VOICES[1]]), back.sound.untilHears([OUTSIDE])]);
    await back.bye();
    await call.hungUp();
  });

  it("the first key dials out, and the ordinary line still calls the other phone", async () => {
    const { office, provider } = await open();
    const [five, six] = [await office.phone(FIVE, VOICES[0]), await office.phone(SIX, VOICES[1])];
    const taken = await office.dial(five, "L1-0000FFFF0005_T1");
    await taken.sound.untilHears(DIAL_TONE);
    taken.sound.press("2565551212");
    const out = await provider.next(10_000);
    assert.equal(out.asked.user, "2565551212");
    await taken.sound.untilHears([OUTSIDE]);
    await six.shows("L1-0000FFFF0006_T1", { state: "confirmed" });
    await taken.bye();
    await out.hungUp();
    const { call, final } = await five.call(office.uri("106"));
    const ring = await six.rings();
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await Promise.all([call.sound.untilHears([VOICES[1]]), ring.sound.untilHears([VOICES[0]])]);
    assert.equal(six.lamp("L1-0000FFFF0006_T1").state, "terminated");
    await call.bye();
    await ring.hungUp();
  });
});
