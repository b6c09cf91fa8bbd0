import assert from "node:assert/strict";
import { CallingPhone } from "#test/support/calls/calling-phone";
import { stopAfterAll } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { LineOffice } from "./line-office.ts";

/** Nothing comes within this: nothing comes. */
const NOTHING_MS = 1000;
/** Beyond the fifth, answers are slow. */
const GUESSES = 7;
const OUTSIDE = "12565551212";

describe("nobody calls at the office's cost who may not", function () {
  this.timeout(60_000);
  const started = stopAfterAll();
  let office: LineOffice;
  let gateway: CallingPhone;

  before(async () => {
    office = started(
      await LineOffice.open({
        extensions: "[lobby]\nexten => 100,1,Dial(SIP/station1)\n",
        accounts: { station3: "context=lobby" },
      }),
    );
    gateway = await office.phone("gateway");
  });

  afterEach(async () => {
    await assert.rejects(gateway.rings(NOTHING_MS), "a call went out");
    await office.idle();
  });

  async function stranger(user: string, password: string): Promise<CallingPhone> {
    return started(await CallingPhone.open({ user, password, port: office.server.sipPort }));
  }

  const DISGUISES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "nothing but a number": {},
    "a name of the gateway's in P-Asserted-Identity": { "P-Asserted-Identity": "<sip:gateway@127.0.0.1>" },
    "Remote-Party-ID": { "Remote-Party-ID": "<sip:station1@127.0.0.1>;party=calling;privacy=off" },
    Diversion: { Diversion: "<sip:station1@127.0.0.1>;reason=unconditional" },
    "From of a phone": { From: "<sip:station1@127.0.0.1>;tag=x" },
    "Route through us": { Route: "<sip:127.0.0.1;lr>" },
    Replaces: { Replaces: "1@x;to-tag=a;from-tag=b" },
  };
  for (const [name, headers] of Object.entries(DISGUISES)) {
    it(`a stranger with ${name} is challenged and gets no further`, async () => {
      const eve = await stranger("eve", "guess");
      const { final } = await eve.call(office.uri(OUTSIDE), { headers });
      assert.ok([401, 403, 407].includes(statusOf(await final)), await final);
    });
  }

  for (const number of ["station1", "line1", "disa"])
    it(`a stranger who calls ${number} is challenged and gets no further`, async () => {
      const { final } = await (await stranger("eve", "guess")).call(office.uri(number));
      assert.ok([401, 403, 407].includes(statusOf(await final)), await final);
    });

  it("guessers who take their calls back while their answer waits (G-11) do no harm", async () => {
    const eve = await stranger("station1", "guess");
    for (let count = 0; count < GUESSES; count += 1) {
      const { call, final } = await eve.call(office.uri(OUTSIDE));
      // Its password has come by then, and is not answered yet.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await call.cancel();
      assert.ok([401, 403, 487].includes(statusOf(await final)), await final);
    }
  });

  it("a phone with a wrong password is refused", async () => {
    const eve = await stranger("station1", "wrong");
    assert.ok([401, 403].includes(statusOf(await (await eve.call(office.uri("station1"))).final)));
  });

  it("an account calls what its context has, and nothing else: no line, no outside, no syntax of ours", async () => {
    const lobby = await stranger("station3", "station3-secret");
    for (const number of [
      OUTSIDE,
      "disa",
      "line1",
      "station1",
      "station1_line1",
      `Local%2f${OUTSIDE}%40line1_outbound`,
      `SIP%2f${OUTSIDE}%40gateway`,
      `100%26SIP%2f${OUTSIDE}%40gateway`,
      `${OUTSIDE}%40line1_outbound`,
      "%24%7bSHELL(id)%7d",
    ]) {
      const answer = await (await lobby.call(office.uri(number))).final;
      assert.equal(statusOf(answer), 404, `${number}: ${answer}`);
    }
  });

  it("nobody reaches another host through us", async () => {
    const lobby = await stranger("station3", "station3-secret");
    assert.equal(statusOf(await (await lobby.call(`sip:${OUTSIDE}@192.0.2.1`)).final), 404);
  });

  it("REFER to the outside is refused in a call, and by a stranger", async () => {
    const alice = await office.phone("station1");
    const bob = await office.phone("station2");
    const { call, final } = await alice.call(office.uri("702"));
    (await bob.rings()).accept();
    assert.equal(statusOf(await final), 200);
    assert.ok(statusOf(await call.refer(`sip:${OUTSIDE}@127.0.0.1`)) >= 400);
    await call.bye();
    const eve = await stranger("eve", "guess");
    const answer = await eve.ask("REFER", office.uri("station1"), { "Refer-To": `<sip:${OUTSIDE}@127.0.0.1>` });
    assert.ok(statusOf(answer) >= 400, answer);
  });
});
