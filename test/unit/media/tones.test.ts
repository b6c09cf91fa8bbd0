import assert from "node:assert/strict";
import type { Clock } from "#base/clock";
import { melody } from "#media/melody";
import { Schedule } from "#media/schedule";
import { TonePlayer } from "#media/tones";
import { FakeClock } from "#test/support/fake-clock";

function play(player: TonePlayer, frames: number): number[] {
  return Array.from({ length: frames }, () => {
    const frame = new Int16Array(160);
    player.take(frame);
    return [...frame];
  }).flat();
}

const tone = (frequencies: number[], milliseconds?: number, isOnce = false, isModulated = false) => ({
  frequencies,
  isModulated,
  isOnce,
  ...(milliseconds === undefined ? {} : { milliseconds }),
});

describe("tones and their clock", () => {
  it("play in turn and again, without what plays once; pauses are silent", () => {
    const samples = play(new TonePlayer([tone([950], 40, true), tone([425], 100), tone([], 60)]), 30);
    const peaks = Array.from({ length: 30 }, (_, frame) => Math.max(...samples.slice(frame * 160, frame * 160 + 160)));
    const isHeard = peaks.map((peak) => (peak > 4000 ? "x" : peak === 0 ? "." : "?")).join("");
    assert.equal(isHeard, "xx" + "xxxxx...".repeat(4).slice(0, 28));
  });

  it("do not click: no step larger than their own slope, where one goes on into the next and at the edges", () => {
    const samples = play(new TonePlayer([tone([440], 30), tone([440], 50), tone([], 20)]), 50);
    const most = samples.reduce((step, sample, at) => Math.max(step, Math.abs(sample - (samples[at - 1] ?? 0))), 0);
    assert.ok(most <= 5072 * 2 * Math.PI * (440 / 8000) * 1.1, String(most));
  });

  it("a modulated tone swings by 90 %, never above what fits", () => {
    const samples = play(new TonePlayer([tone([400, 20], undefined, false, true)]), 50);
    const most = Math.max(...samples);
    assert.ok(most > 5072 * 1.85 && most < 5072 * 1.91, String(most));
  });

  it("a list that plays once, and an empty one, end in silence", () => {
    assert.ok(
      play(new TonePlayer([tone([425], 20, true)]), 3)
        .slice(160)
        .every((sample) => sample === 0),
    );
    assert.ok(play(new TonePlayer([]), 2).every((sample) => sample === 0));
    assert.ok(play(new TonePlayer([tone([425], 0)]), 2).every((sample) => sample === 0));
  });

  it("the melody is heard, and never too loud", () => {
    const most = melody().reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
    assert.ok(most > 3000 && most < 16_000, String(most));
    assert.equal(melody().length % 160, 0);
  });

  it("ticks do not drift, and end when they are stopped", () => {
    const clock = new FakeClock();
    const ticks: number[] = [];
    const schedule = new Schedule(clock, (tick) => ticks.push(tick));
    clock.advance(1000);
    assert.equal(ticks.length, 50);
    schedule.stop();
    clock.advance(1000);
    assert.deepEqual([ticks.length, schedule.counts.missed], [50, 0]);
  });

  it("a short stall is made up for, of a long one the rest is left out and counted", () => {
    let nowMs = 0;
    let fire: () => void = () => undefined;
    const stalled: Clock = {
      now: () => nowMs,
      elapsed: () => nowMs,
      after: (_delayMs, next) => {
        fire = next;
        return () => undefined;
      },
    };
    const ticks: number[] = [];
    const schedule = new Schedule(stalled, (tick) => ticks.push(tick));
    for (const at of [61, 261]) {
      nowMs = at;
      fire();
    }
    assert.deepEqual(ticks, [1, 2, 3, 11, 12, 13]);
    assert.deepEqual(schedule.counts, { done: 6, late: 4, missed: 7, busyMs: 0 });
  });
});
