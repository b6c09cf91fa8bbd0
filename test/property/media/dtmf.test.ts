import assert from "node:assert/strict";
import fc from "fast-check";
import { DtmfDetector } from "#media/dtmf-detector";
import { dtmfTone } from "#media/tones";

const RATE = 8000;

/** A digit with a level, a twist, a deviation of its frequencies and some noise. */
function tone(digit: string, milliseconds: number, peak: number, twistDb: number, deviation: number): number[] {
  const [low = 0, high = 0] = dtmfTone(digit)!.frequencies.map((each) => each * (1 + deviation));
  const factor = 10 ** (twistDb / 20);
  return Array.from({ length: (milliseconds * RATE) / 1000 }, (_, at) => {
    const angle = (2 * Math.PI * at) / RATE;
    return peak * Math.sin(low * angle) + peak * factor * Math.sin(high * angle);
  });
}

function heardIn(samples: readonly number[]): string {
  const detector = new DtmfDetector();
  let found = "";
  for (let at = 0; at < samples.length; at += 160) {
    found += detector.take(Int16Array.from(samples.slice(at, at + 160))).join("");
  }
  return found;
}

describe("digits heard as tones (Q.23, Q.24)", () => {
  it("hears each digit once: 50 ms and longer, quiet or loud, twisted, and off by 1.5 %", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from("0123456789*#ABCD")), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 50, max: 150 }),
        fc.integer({ min: 800, max: 9000 }),
        fc.integer({ min: -6, max: 3 }),
        fc.tuple(fc.double({ min: -0.015, max: 0.015, noNaN: true }), fc.nat(200)),
        (digits, milliseconds, peak, twist, [deviation, shift]) => {
          const pause = Array.from({ length: 480 }, () => 0);
          const samples = digits.flatMap((digit) => [...tone(digit, milliseconds, peak, twist, deviation), ...pause]);
          assert.equal(heardIn([...pause.slice(0, shift), ...samples]), digits.join(""));
        },
      ),
    );
  });

  it("hears none in a twist of 12 dB, nor in a whisper, nor in one frequency", () => {
    assert.equal(heardIn(tone("5", 200, 5000, 12, 0)), "");
    assert.equal(heardIn(tone("5", 200, 5000, -14, 0)), "");
    assert.equal(heardIn(tone("5", 200, 60, 0, 0)), "");
    assert.equal(heardIn(tone("5", 200, 5000, 0, 0.04)), "");
    assert.equal(heardIn(Array.from({ length: 8000 }, (_, at) => 8000 * Math.sin((2 * Math.PI * 697 * at) / RATE))), "");
  });

  it("hears none in what sounds like speech: pulses and noise through formants, three minutes of it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), fc.integer({ min: 80, max: 300 }), (seed, pitch) => {
        assert.equal(heardIn(speech(seed, pitch, 2)), "");
      }),
      { numRuns: 90 },
    );
  });
});

/** Voice by the source-filter model: a pulse each period of the pitch and some breath, through three wandering resonances. */
function speech(seed: number, pitch: number, seconds: number): number[] {
  let state = seed;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  let formants = [500, 1500, 2500];
  const memory = formants.map(() => [0, 0]);
  let phase = 0;
  return Array.from({ length: seconds * RATE }, (_, at) => {
    if (at % 800 === 0) formants = [250 + random() * 650, 900 + random() * 1300, 2000 + random() * 1000];
    phase += (pitch * (1 + 0.1 * Math.sin(at / 900))) / RATE;
    const pulse = phase >= 1 ? 3000 : 0;
    phase %= 1;
    let sample = pulse + (random() - 0.5) * 200;
    formants.forEach((frequency, place) => {
      const radius = 0.97;
      const [one = 0, two = 0] = memory[place] ?? [];
      sample = sample * 0.3 + 2 * radius * Math.cos((2 * Math.PI * frequency) / RATE) * one - radius ** 2 * two;
      memory[place] = [sample, one];
    });
    return Math.max(-32768, Math.min(32767, sample * 2));
  });
}
