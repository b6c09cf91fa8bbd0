import assert from "node:assert/strict";
import { Provider } from "#test/support/calls/provider";
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { DIAL_TONE, OUTSIDE, SampleOffice, VOICES } from "./sample-office.ts";

const ACCOUNTS = { "12565550101": "sample-to-be-changed" };

describe("sample site sip-trunks: a key system with the lines of a provider", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  async function open(): Promise<{ readonly office: SampleOffice; readonly provider: Provider }> {
    const provider = started(await Provider.open({ accounts: ACCOUNTS, challengesCalls: true, voice: OUTSIDE }));
    const office = started(await SampleOffice.open("sip-trunks", provider.port));
    provider.serves(office.server.sipPort);
    return { office, provider };
  }

  it("the server is registered with the provider, and the phones have their keys", async () => {
    const { office } = await open();
    await eventually(async () => {
      const { json } = await office.server.api("GET", "accounts");
      assert.match(JSON.stringify(json), /"state":"registered"/i);
    });
    assert.deepEqual(await office.keysOf("0004f2000004"), ["station4_line1", "station4_line2"]);
  });

  it("a key gives dial tone, the number goes to the provider with our password, another key joins", async () => {
    const { office, provider } = await open();
    const [one, two] = [await office.phone("0004f2000001", VOICES[0]), await office.phone("0004f2000002", VOICES[1])];
    const taken = await office.dial(one, "station1_line1");
    await taken.sound.untilHears(DIAL_TONE);
    await two.shows("station2_line1", { state: "confirmed" });
    taken.sound.press("12565551212");
    const out = await provider.next(10_000);
    assert.equal(out.asked.user, "12565551212");
    await taken.sound.untilHears([OUTSIDE]);
    const joined = await office.dial(two, "station2_line1");
    await out.sound.untilHears([VOICES[0], VOICES[1]]);
    await joined.sound.untilHears([OUTSIDE, VOICES[0]]);
    await out.bye();
    await Promise.all([taken.hungUp(), joined.hungUp()]);
    await two.shows("station2_line1", { state: "terminated" });
  });

  it("a call to the second number rings line 2; a number that fits no pattern is heard as congestion", async () => {
    const { office, provider } = await open();
    const [one, two] = [await office.phone("0004f2000001", VOICES[0]), await office.phone("0004f2000002", VOICES[1])];
    const { call, final } = await provider.call("12565550102", { number: "12565559999" });
    const ring = await two.rings();
    await one.shows("station1_line2", { state: "early" });
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await Promise.all([call.sound.untilHears([VOICES[1]]), ring.sound.untilHears([OUTSIDE])]);
    const lifted = await office.dial(one, "station1");
    await lifted.sound.untilHears(DIAL_TONE);
    assert.equal(two.lamp("station2_line2").state, "confirmed");
    lifted.sound.press("999#");
    await lifted.sound.untilHears([480, 620]);
    await ring.bye();
    await call.hungUp();
  });
});
