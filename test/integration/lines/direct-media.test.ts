import assert from "node:assert/strict";
import type { CallJson } from "#admin/call-ports";
import type { CallOptions } from "#test/support/calls/call-agent";
import type { Call } from "#test/support/calls/call";
import type { CallingPhone } from "#test/support/calls/calling-phone";
import { eventually } from "#test/support/eventually";
import { stopAfterAll } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

const ROUNDS = 10;
/** By then two phones would have been told to talk to each other. */
const NOT_ASKED_MS = 700;

/*
 *   station1              server              station2
 *     |--- INVITE --------->|--- INVITE --------->|
 *     |<-- 200, ACK ------->|<-- 200, ACK ------->|    sound through the server
 *     |<-- INVITE (2's place) |                   |
 *     |--- 200 ------------>|--- INVITE (1's) --->|
 *     |<======================= RTP =============>|
 */
describe("phones of one call talk straight to each other", function () {
  this.timeout(60_000);
  const started = stopAfterAll();
  let office: LineOffice;
  let alice: CallingPhone;
  let bob: CallingPhone;

  before(async () => {
    const extensions = [
      "exten => _80[1-3],1,Dial(SIP/station${EXTEN:-1},20,t)",
      "exten => 900,1,Dial(SIP/station2,20,g)",
      " same => n,Playtones(congestion)",
      " same => n,Wait(20)",
    ].join("\n");
    office = started(await LineOffice.open({ accounts: { station3: "directmedia=no" }, extensions }));
    alice = await office.phone("station1", VOICES.station1);
    bob = await office.phone("station2", VOICES.station2);
  });

  async function talk(number: string, options: CallOptions = {}, called = bob): Promise<readonly [Call, Call]> {
    const { call, final } = await alice.call(office.uri(number), options);
    const ring = await called.rings();
    ring.accept();
    assert.equal(statusOf(await final), 200);
    return [call, ring];
  }

  function areDirect([one, other]: readonly [Call, Call]): Promise<void> {
    return eventually(() => {
      assert.deepEqual([one.sound.target, other.sound.target], [other.sound.port, one.sound.port]);
    });
  }

  async function hearEachOther([one, other]: readonly [Call, Call], voices: readonly number[]): Promise<void> {
    await Promise.all([one.sound.untilHears([voices[1]!]), other.sound.untilHears([voices[0]!])]);
  }

  async function stayWithUs(calls: readonly [Call, Call], voices: readonly number[]): Promise<void> {
    await hearEachOther(calls, voices);
    await new Promise((resolve) => setTimeout(resolve, NOT_ASKED_MS));
    const [one, other] = calls;
    assert.notEqual(one.sound.target, other.sound.port);
    assert.notEqual(other.sound.target, one.sound.port);
    await hearEachOther(calls, voices);
  }

  async function legs(): Promise<CallJson["legs"]> {
    const { json } = await office.server.api("GET", "calls");
    const [call] = json.items as readonly CallJson[];
    return ((await office.server.api("GET", `calls/${call?.id ?? ""}`)).json as CallJson).legs;
  }

  const BOTH = [VOICES.station1, VOICES.station2];

  it("once it is answered; the server hears nothing of it any more, and says so", async () => {
    const calls = await talk("702");
    await areDirect(calls);
    await hearEachOther(calls, BOTH);
    await eventually(async () => {
      assert.deepEqual(
        (await legs()).map(({ direct }) => direct),
        [true, true],
      );
    });
    const received = async (): Promise<unknown> => (await legs()).map(({ sound }) => sound?.received);
    const before = await received();
    await hearEachOther(calls, BOTH);
    assert.deepEqual(await received(), before);
    await calls[0].bye();
    await calls[1].hungUp();
  });

  it("not while one holds: the other hears music from the server; then again", async () => {
    const calls = await talk("702");
    await areDirect(calls);
    for (const [holder, held] of [calls, [...calls].reverse() as [Call, Call]]) {
      await holder.hold();
      await eventually(() => {
        assert.equal(held.sound.hears(holder === calls[0] ? BOTH[0]! : BOTH[1]!), false);
        assert.equal(held.sound.isSilent, false, "music");
      });
      await holder.resume();
      await areDirect(calls);
      await hearEachOther(calls, BOTH);
    }
    await calls[1].bye();
    await calls[0].hungUp();
  });

  it("whatever both press at once: in the end they hear each other", async () => {
    const calls = await talk("702");
    for (let round = 0; round < ROUNDS; round += 1) {
      const pressed = calls.map(async (call, at) => {
        // From both at once to one after the other.
        await new Promise((resolve) => setTimeout(resolve, at * round));
        await call.hold();
        await call.resume();
      });
      await Promise.all(pressed);
    }
    await areDirect(calls);
    await hearEachOther(calls, BOTH);
    await calls[0].bye();
    await calls[1].hungUp();
  });

  it("and who is left, while the dialplan goes on, hears the server again", async () => {
    const calls = await talk("900");
    await areDirect(calls);
    await calls[1].bye();
    await calls[0].sound.untilHears([480, 620]);
    await calls[0].bye();
  });

  it("not with a codec that the other has not", async () => {
    const calls = await talk("702", { taste: { codecs: ["PCMA"] } });
    await stayWithUs(calls, BOTH);
    await calls[0].bye();
    await calls[1].hungUp();
  });

  it("not where a phone refuses it: the call goes on as it was", async () => {
    const calls = await talk("702", { taste: { isSettled: true } });
    await stayWithUs(calls, BOTH);
    await calls[0].bye();
    await calls[1].hungUp();
  });

  it("not where an account says directmedia=no", async () => {
    const carol = await office.phone("station3", VOICES.station3);
    const calls = await talk("703", {}, carol);
    await stayWithUs(calls, [VOICES.station1, VOICES.station3]);
    await calls[0].bye();
    await calls[1].hungUp();
  });

  it("not where Dial has the server listen to digits (t)", async () => {
    const calls = await talk("802");
    await stayWithUs(calls, BOTH);
    await calls[0].bye();
    await calls[1].hungUp();
  });
});
