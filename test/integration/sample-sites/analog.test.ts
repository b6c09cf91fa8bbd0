import assert from "node:assert/strict";
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { EXCHANGE, OUTSIDE, SampleOffice, VOICES } from "./sample-office.ts";

const MACS = ["0004f2000001", "0004f2000002", "0004f2000003", "0004f2000004"];

describe("sample site analog: a key system with analog trunks", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  it("every phone is given its account and a key a line", async () => {
    const office = started(await SampleOffice.open("analog"));
    for (const [index, mac] of MACS.entries()) {
      const station = `station${index + 1}`;
      assert.deepEqual(await office.keysOf(mac), [`${station}_line1`, `${station}_line2`]);
      const file = await office.fileOf(mac);
      assert.equal(file.get("reg.1.address"), station);
      // Of the phones that UC Software 5.9 runs on, a VVX and no SoundPoint, the key shows hold.
      assert.equal(file.get("attendant.displayHoldState.enable"), mac === MACS[0] || mac === MACS[2] ? "1" : undefined);
    }
  });

  it("a key takes the line: the exchange's dial tone, digits to the exchange, another key joins", async () => {
    const office = started(await SampleOffice.open("analog"));
    const port = await office.agent("fxo1", "sample-to-be-changed-1", EXCHANGE);
    const [one, two] = [await office.phone("0004f2000001", VOICES[0]), await office.phone("0004f2000002", VOICES[1])];
    const pressed = await one.call(office.uri("station1_line1"));
    const exchange = await port.rings();
    exchange.accept();
    assert.equal(statusOf(await pressed.final), 200);
    await pressed.call.sound.untilHears([EXCHANGE]);
    await two.shows("station2_line1", { state: "confirmed", held: false });
    assert.equal(two.lamp("station2_line2").state, "terminated");
    pressed.call.sound.press("5551212");
    await exchange.sound.untilDigits("5551212");
    exchange.sound.voice = OUTSIDE;
    const joined = await office.dial(two, "station2_line1");
    await Promise.all([
      joined.sound.untilHears([OUTSIDE, VOICES[0]]),
      exchange.sound.untilHears([VOICES[0], VOICES[1]]),
      pressed.call.sound.untilHears([OUTSIDE, VOICES[1]]),
    ]);
    await pressed.call.bye();
    await joined.bye();
    await exchange.hungUp();
    await one.shows("station1_line1", { state: "terminated" });
  });

  it("a call on line 2 rings all, one answers and holds, another takes it back", async () => {
    const office = started(await SampleOffice.open("analog"));
    const port = await office.agent("fxo2", "sample-to-be-changed-2", OUTSIDE);
    const phones = await Promise.all(MACS.map((mac, index) => office.phone(mac, VOICES[index])));
    const [one, , three] = phones;
    assert.ok(one !== undefined && three !== undefined);
    const { call, final } = await port.call(office.uri("s"));
    const rings = await Promise.all(phones.map((phone) => phone.rings()));
    await one.shows("station1_line2", { state: "early" });
    assert.equal(one.lamp("station1_line1").state, "terminated");
    rings[2]?.accept();
    assert.equal(statusOf(await final), 200);
    await Promise.all([call.sound.untilHears([VOICES[2]]), rings[2]?.sound.untilHears([OUTSIDE])]);
    await rings[2]?.hold();
    await one.shows("station1_line2", { state: "confirmed", held: true });
    await eventually(() => {
      assert.ok(!call.sound.hears(VOICES[2]) && !call.sound.isSilent, "the caller hears music");
    });
    const back = await office.dial(one, "station1_line2");
    await Promise.all([call.sound.untilHears([VOICES[0]]), back.sound.untilHears([OUTSIDE])]);
    await three.shows("station3_line2", { state: "confirmed", held: false });
    await back.bye();
    await call.hungUp();
    await three.shows("station3_line2", { state: "terminated" });
  });

  it("lifting the handset takes the first free line, and nobody when none is", async () => {
    const office = started(await SampleOffice.open("analog"));
    const ports = [await office.agent("fxo1", "sample-to-be-changed-1"), await office.agent("fxo2", "sample-to-be-changed-2")];
    const phones = [await office.phone("0004f2000001"), await office.phone("0004f2000002"), await office.phone("0004f2000003")];
    for (const [index, port] of ports.entries()) {
      const lifted = await phones[index]?.call(office.uri(`station${index + 1}`));
      (await port.rings()).accept();
      assert.equal(statusOf((await lifted?.final) ?? ""), 200);
      await phones[2]?.shows(`station3_line${index + 1}`, { state: "confirmed" });
    }
    assert.ok(phones[2] !== undefined);
    assert.equal(await office.refusal(phones[2], "station3"), 486);
  });
});
