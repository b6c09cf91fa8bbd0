import assert from "node:assert/strict";
import { quietLog } from "#base/log";
import { Lifecycle } from "#base/lifecycle";
import type { AgreedMedia, Codec, MediaLeg } from "#media/media-engine";
import { openMediaEngine, type WorkerMediaEngine } from "#media/worker-media-engine";
import { EVENT_PAYLOAD, RtpParty, eventuallyTrue } from "./rtp-party.ts";

const LOUD = 5000;
const QUIET = 300;

describe("media of calls, over real sockets", () => {
  let cleanup: Lifecycle;
  let engine: WorkerMediaEngine;

  beforeEach(async () => {
    cleanup = new Lifecycle();
    engine = await openMediaEngine({ ports: { from: 21000, to: 21999 }, log: quietLog, silentAfterMs: 400 });
    cleanup.add(() => engine.stop());
  });
  afterEach(() => cleanup.stop());

  async function call(codec: Codec = "PCMU", changes: Partial<AgreedMedia> = {}): Promise<[RtpParty, MediaLeg]> {
    const party = await RtpParty.open(codec);
    cleanup.add(party.stop);
    const leg = await engine.open("127.0.0.1", party.listener);
    leg.agree(party.agreed(changes));
    return [party, leg];
  }

  it("B-15: a barged call: each hears the two others and not itself; µ-law and A-law talk", async () => {
    const calls = await Promise.all([call("PCMU"), call("PCMA"), call("PCMU")]);
    const voices = [400, 1000, 1700];
    calls.forEach(([party, leg], at) => {
      leg.join("line1");
      party.talk(leg, voices[at]!);
    });
    const heard = await Promise.all(calls.map(([party]) => party.hears(voices, 60)));
    heard.forEach((levels, at) => {
      levels.forEach((level, of) => {
        assert.ok(of === at ? level < QUIET : level > LOUD, `party ${at} hears ${voices[of]} Hz at ${level}`);
      });
    });
  });

  it("audio of who left, is muted, or may only listen reaches nobody; only one hears the music", async () => {
    const [[trunk, trunkLeg], [one, oneLeg], [two, twoLeg]] = [await call(), await call(), await call("PCMA")];
    for (const leg of [trunkLeg, oneLeg, twoLeg]) leg.join("line1");
    one.talk(oneLeg, 1000);
    two.talk(twoLeg, 1700);
    assert.ok((await trunk.hears([1000], 50))[0]! > LOUD);
    oneLeg.mute(true);
    assert.ok((await trunk.hears([1000]))[0]! < QUIET, "muted");
    oneLeg.mute(false);
    assert.ok((await trunk.hears([1000], 50))[0]! > LOUD, "no longer muted");
    oneLeg.agree(one.agreed({ receives: false }));
    assert.ok((await trunk.hears([1000]))[0]! < QUIET, "receives nothing");
    oneLeg.agree(one.agreed());
    oneLeg.join(undefined);
    assert.ok((await trunk.hears([1000]))[0]! < QUIET, "left");
    assert.ok((await one.hears([1700]))[0]! < QUIET, "left, and hears nobody");
    trunkLeg.hear({ type: "music", musicClass: "default" });
    two.hush();
    const before = [trunk.packets.length, one.packets.length, two.packets.length];
    await eventuallyTrue(() => trunk.packets.length > before[0]! + 60);
    const power = (party: RtpParty, from: number): number => Math.max(...party.audio(from + 20).map(Math.abs));
    assert.ok(power(trunk, before[0]!) > 1000, "hears music");
    assert.ok(power(one, before[1]!) < 100 && power(two, before[2]!) < 100, "hears none");
  });

  it("dial tone is 350 and 440 Hz, at -13 dBm0 each", async () => {
    const [party, leg] = await call("PCMA");
    leg.hear({ type: "tones", elements: [{ frequencies: [350, 440], isModulated: false, isOnce: false }] });
    const [low, high, other] = await party.hears([350, 440, 620]);
    assert.ok(Math.abs(low! - 5072) < 150 && Math.abs(high! - 5072) < 150 && other! < 60, `${low} ${high} ${other}`);
  });

  it("sequence, timestamp and marker go on by the rules", async () => {
    const [party] = await call();
    await eventuallyTrue(() => party.packets.length > 30);
    party.packets.reduce((before, packet) => {
      assert.equal(packet.sequence, (before.sequence + 1) & 0xffff);
      assert.equal(packet.timestamp, (before.timestamp + 160) % 2 ** 32);
      assert.equal(packet.ssrc, before.ssrc);
      assert.equal(packet.marker, false);
      return packet;
    });
    assert.equal(party.packets[0]?.marker, true);
  });

  it("RFC 4733: a key pressed is told once and reaches the others, as an event or as its tone", async () => {
    const [one, oneLeg] = await call();
    const [two, twoLeg] = await call();
    const [plain, plainLeg] = await call();
    plainLeg.agree(plain.withoutEvents());
    for (const leg of [oneLeg, twoLeg, plainLeg]) leg.join("line1");
    one.speak(oneLeg, 500);
    const from = plain.packets.length;
    for (let step = 1; step <= 5; step++) {
      one.event(oneLeg, 11, step * 160, false);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (let end = 0; end < 3; end++) one.event(oneLeg, 11, 800, true);
    await eventuallyTrue(() => two.packets.filter(({ payloadType }) => payloadType === EVENT_PAYLOAD).length >= 6);
    await eventuallyTrue(() => plain.packets.length > from + 20);
    assert.deepEqual(one.digits, ["#"]);
    const events = two.packets.filter(({ payloadType }) => payloadType === EVENT_PAYLOAD);
    assert.equal(new Set(events.map(({ timestamp }) => timestamp)).size, 1);
    assert.equal(events[0]?.marker, true);
    assert.ok(events.every(({ payload }) => payload[0] === 11));
    assert.equal(events.filter(({ payload }) => (payload[1]! & 0x80) !== 0).length, 3);
    const audio = plain.audio(from);
    assert.ok(Math.max(...audio.map(Math.abs)) > 5000, "the tone is heard");
  });

  it("digits that we send arrive, as events and in the band", async () => {
    const [one, oneLeg] = await call();
    const [two, twoLeg] = await call();
    // Straight into each other: one leg speaks to the other.
    const plain = one.withoutEvents();
    oneLeg.agree({ ...plain, remote: { host: "127.0.0.1", port: twoLeg.port, rtcpPort: twoLeg.port + 1 } });
    twoLeg.agree({ ...plain, remote: { host: "127.0.0.1", port: oneLeg.port, rtcpPort: oneLeg.port + 1 } });
    oneLeg.sendDigits("19*A");
    await eventuallyTrue(() => two.digits.length >= 4);
    assert.deepEqual(two.digits, ["1", "9", "*", "A"]);
    for (const leg of [oneLeg, twoLeg]) {
      const other = leg === oneLeg ? twoLeg : oneLeg;
      leg.agree({
        ...plain,
        eventPayload: 96,
        remote: { host: "127.0.0.1", port: other.port, rtcpPort: other.port + 1 },
      });
    }
    twoLeg.sendDigits("005#");
    await eventuallyTrue(() => one.digits.length >= 4);
    assert.deepEqual(one.digits, ["0", "0", "5", "#"]);
  });

  it("B-14: the peer is found where it sends from, and then nobody else is let in", async () => {
    const [party, leg] = await call("PCMU", { remote: { host: "127.0.0.1", port: 9, rtcpPort: 10 } });
    leg.join("line1");
    const [listener, listenerLeg] = await call();
    listenerLeg.join("line1");
    party.talk(leg, 1000);
    assert.ok((await listener.hears([1000], 50))[0]! > LOUD);
    await eventuallyTrue(() => party.packets.length > 5);
    assert.equal((await leg.statistics()).remote, `127.0.0.1:${party.port}`);
    assert.equal(party.heardTimes, 1);
    const stranger = await RtpParty.open();
    cleanup.add(stranger.stop);
    stranger.talk(leg, 1700);
    const levels = await listener.hears([1000, 1700]);
    assert.ok(levels[0]! > LOUD && levels[1]! < QUIET, String(levels));
    assert.ok((await engine.ticks()).refused > 10);
    assert.equal(stranger.packets.length, 0);
    leg.agree(stranger.agreed());
    party.hush();
    assert.ok((await listener.hears([1700], 60))[0]! > LOUD, "another remote was agreed on");
  });

  it("silence of a peer that should send is told once, of one that holds never", async () => {
    const [one, oneLeg] = await call();
    const [two] = await call("PCMU", { receives: false });
    await eventuallyTrue(() => one.silent.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(one.silent.length, 1);
    assert.deepEqual(two.silent, []);
    one.speak(oneLeg, 500);
    await eventuallyTrue(() => one.silent.length === 2);
  });
});
