import assert from "node:assert/strict";
import { PacedLane } from "#app/paced-lane";
import { FakeClock } from "#test/support/fake-clock";

const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `lamp ${from + at}`);

describe("the lane of what a reload changes (C-11)", () => {
  const clock = new FakeClock();
  let told: string[] = [];
  let lane: PacedLane;
  beforeEach(() => {
    told = [];
    lane = new PacedLane(clock, (key) => told.push(key));
  });
  afterEach(() => {
    lane.stop();
  });

  it("lets a reload of an office's size out at once", () => {
    for (const name of names(200)) lane.add(name);
    assert.deepEqual(told, names(200));
    assert.equal(clock.pending, 0);
  });

  it("lets more than that out at 200 a second, in order, who waits already once", () => {
    for (const name of [...names(1000), ...names(500, 500)]) lane.add(name);
    const count = (): number => told.length;
    assert.equal(count(), 200);
    clock.advance(1000);
    assert.ok(count() > 380 && count() <= 400, String(count()));
    clock.advance(3100);
    assert.deepEqual(told, names(1000));
    assert.equal(clock.pending, 0);
  });

  it("takes what is added again after it was let out, and has room again after a while", () => {
    for (const name of names(200)) lane.add(name);
    lane.add("lamp 0");
    clock.advance(50);
    assert.equal(told.at(-1), "lamp 0");
    clock.advance(10_000);
    for (const name of names(200, 1000)) lane.add(name);
    assert.equal(told.length, 401);
  });

  it("leaves no timer when it stops", () => {
    for (const name of names(300)) lane.add(name);
    assert.equal(clock.pending, 1);
    lane.stop();
    assert.equal(clock.pending, 0);
  });
});
