import assert from "node:assert/strict";
import fc from "fast-check";
import { JitterBuffer } from "#media/jitter-buffer";

const PEAK = 8000;

/** A sine as long as a packet of this place. */
function voice(start: number, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, at) => PEAK * Math.sin((2 * Math.PI * 400 * (start + at)) / 8000));
}

function takeAll(buffer: JitterBuffer, frames: number): Int16Array[] {
  return Array.from({ length: frames }, () => {
    const frame = new Int16Array(160);
    return buffer.take(frame) ? frame : new Int16Array(160);
  });
}

describe("the jitter buffer", () => {
  it("puts packets of any length in order and gives them out whole, around the end of 32 bits too", () => {
    fc.assert(
      fc.property(fc.constantFrom(80, 160, 240, 320, 480), fc.nat(2 ** 32 - 1), fc.boolean(), (size, first, isSwapped) => {
        const buffer = new JitterBuffer();
        const places = Array.from({ length: 4 }, (_, at) => at);
        if (isSwapped) places.splice(1, 2, 2, 1);
        for (const at of places) buffer.put((first + at * size) >>> 0, voice(at * size, size));
        const found = takeAll(buffer, 20).flatMap((frame) => [...frame]);
        // Behind the delay of 60 ms, and where the voice rises over 5 ms.
        assert.deepEqual(found.slice(480 + 40, 480 + size * 4 - 40), [...voice(0, size * 4)].slice(40, -40));
        assert.equal(buffer.discarded, 0);
      }),
    );
  });

  it("drops and counts what is double or too late, and waits longer from then on, up to 200 ms", () => {
    const buffer = new JitterBuffer();
    buffer.put(0, voice(0, 160));
    buffer.put(0, voice(0, 160));
    assert.equal(buffer.discarded, 1);
    assert.equal(buffer.delayMs, 60);
    // Each tenth packet comes 80 ms after its turn, then 160 ms.
    for (const [behind, most] of [
      [4, 140],
      [8, 200],
    ] as const) {
      const late = new JitterBuffer();
      for (let at = 0; at < 400; at++) {
        if (at % 10 !== 1) late.put(at * 160, voice(at * 160, 160));
        if (at % 10 === (1 + behind) % 10) late.put((at - behind) * 160, voice(0, 160));
        takeAll(late, 1);
      }
      assert.ok(late.delayMs > 60 && late.delayMs <= most, `${late.delayMs} ms`);
      assert.ok(late.discarded > 0 && late.discarded < 20, `${late.discarded} discarded`);
    }
  });

  it("waits less, down to 20 ms, while the network is punctual", () => {
    const buffer = new JitterBuffer();
    for (let at = 0; at < 1500; at++) {
      buffer.put(at * 160, voice(at * 160, 160));
      takeAll(buffer, 1);
    }
    assert.ok(buffer.delayMs >= 20 && buffer.delayMs <= 40, String(buffer.delayMs));
    assert.equal(buffer.discarded, 0);
  });

  it("fades a gap to silence without a step", () => {
    const buffer = new JitterBuffer();
    for (let at = 0; at < 4; at++) buffer.put(at * 160, voice(at * 160, 160));
    const found = takeAll(buffer, 12).flatMap((frame) => [...frame]);
    const largest = found.reduce((most, sample, at) => Math.max(most, Math.abs(sample - (found[at - 1] ?? 0))), 0);
    assert.ok(largest < 3500, `a step of ${largest}`);
    assert.deepEqual(
      found.slice(-320),
      Array.from({ length: 320 }, () => 0),
    );
  });

  it("goes on when the peer's clock jumps, either way", () => {
    for (const jump of [2 ** 31, 100_000, -100_000, -3000]) {
      const buffer = new JitterBuffer();
      for (let at = 0; at < 10; at++) {
        buffer.put(at * 160 + 500_000, voice(0, 160));
        takeAll(buffer, 1);
      }
      let heard = 0;
      for (let at = 10; at < 40; at++) {
        buffer.put((at * 160 + 500_000 + jump) >>> 0, voice(0, 160));
        heard += Math.max(...takeAll(buffer, 1).map((frame) => Math.max(...frame))) > PEAK / 2 ? 1 : 0;
      }
      assert.ok(heard >= 15, `${heard} of 30 after ${jump}`);
    }
  });

  it("keeps no more than 64 packets, whatever comes", () => {
    const buffer = new JitterBuffer();
    for (let at = 0; at < 10_000; at++) buffer.put((at * 7) % 3000, voice(0, 160));
    assert.ok(buffer.discarded > 9_000);
  });
});
