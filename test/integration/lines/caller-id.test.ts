import assert from "node:assert/strict";
import { CallingPhone } from "#test/support/calls/calling-phone";
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";
import { headerIn, statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

/** Two callers from outside; names of the kind that breaks documents. */
const OUTSIDE = {
  gateway: 'callerid="Ann & <Co>" <2125550001>',
  station3: 'context=from_gateway\ncallerid="Bob" <2125550002>',
};

describe("who calls on a line (sla.md §8, 49 and 50)", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  async function open(general: string): Promise<readonly [LineOffice, CallingPhone, CallingPhone]> {
    const office = started(await LineOffice.open({ general, accounts: OUTSIDE }));
    const gateway = await office.phone("gateway", VOICES.caller);
    return [office, gateway, await office.phone("station1", VOICES.station1)];
  }

  it("attemptcallerid=no: no INVITE, NOTIFY or display has the number (#49)", async () => {
    const [office, gateway, alice] = await open("attemptcallerid=no");
    await alice.subscribe("station1_line1");
    const { call, final } = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    await alice.shows("station1_line1", { state: "early" });
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await alice.shows("station1_line1", { state: "confirmed" });
    await call.bye();
    await ring.hungUp();
    for (const text of alice.received) assert.doesNotMatch(text, /Ann|2125550001/, text);
  });

  it("attemptcallerid=yes: the INVITE and the lamp say who while it rings, is up and is held (#49)", async () => {
    const [office, gateway, alice] = await open("attemptcallerid=yes");
    await alice.subscribe("station1_line1");
    const { call } = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    assert.match(ring.asked.from, /^"Ann & <Co>" <sip:2125550001@/);
    const says = async (wanted: Parameters<CallingPhone["shows"]>[1]): Promise<void> => {
      const { party } = await alice.shows("station1_line1", wanted);
      assert.match(party?.uri ?? "", /^sip:2125550001@/);
      assert.equal(party?.name, "Ann & <Co>");
    };
    await says({ state: "early", direction: "recipient" });
    ring.accept();
    await says({ state: "confirmed", held: false });
    await ring.hold();
    await says({ state: "confirmed", held: true });
    await call.bye();
    await ring.hungUp();
  });

  it("who sent a call on is told to phones where a provider says it, and nothing of it where a phone does", async () => {
    const extensions = "[from_gateway]\nexten => 702,1,Dial(SIP/station2)";
    const accounts = { gateway: "host=127.0.0.1\ninsecure=port,invite" };
    for (const options of [{ extensions, accounts }, {}]) {
      const office = started(await LineOffice.open(options));
      const bob = await office.phone("station2");
      const isProvider = options.accounts !== undefined;
      const provider = { user: "gateway", password: "", port: office.server.sipPort };
      const outside = isProvider ? started(await CallingPhone.open(provider)) : await office.phone("station1");
      const headers = { Diversion: "<sip:600@provider.example>;reason=user-busy" };
      const { call } = await outside.call(office.uri("702"), { headers });
      const { invite } = await bob.rings();
      assert.equal(headerIn(invite, "Diversion"), isProvider ? "<sip:600@127.0.0.1>;reason=user-busy" : undefined);
      await call.cancel();
    }
  });

  it("a phone that rang for one caller and gets the other is told so (#50, R13)", async () => {
    const [office, gateway, alice] = await open("attemptcallerid=yes");
    const bob = await office.phone("station2");
    const ann = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    await bob.rings();
    assert.match(ring.asked.from, /2125550001/);
    const outside = await office.phone("station3", VOICES.station3);
    const second = await outside.call(office.uri("line2"));
    await office.shows("station1_line2", "Ringing");
    const taken = await bob.call(office.uri("station2_line1"));
    assert.deepEqual([statusOf(await taken.final), statusOf(await ann.final)], [200, 200]);
    ring.accept();
    assert.equal(statusOf(await second.final), 200);
    await ring.sound.untilHears([VOICES.station3]);
    await eventually(() => {
      const told = ring.requests.flatMap((text) => headerIn(text, "P-Asserted-Identity") ?? []);
      assert.match(told.at(-1) ?? "", /"Bob" <sip:2125550002@/);
    });
    await second.call.bye();
    await ring.hungUp();
    await ann.call.bye();
    await taken.call.hungUp();
  });
});
