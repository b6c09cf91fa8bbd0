import assert from "node:assert/strict";
import { Pacer } from "#app/pacer";
import { FakeClock } from "#test/support/fake-clock";

describe("Pacer", () => {
  it("lets the first go at once, the others one a gap, and takes no more than may wait", async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(clock, { gapMs: 200, waitingMax: 3 });
    const gone: number[] = [];
    for (const number of [1, 2, 3]) {
      assert.ok(pacer.hasRoom(1));
      void pacer.turn().then(() => gone.push(number));
    }
    assert.equal(pacer.hasRoom(1), false);
    await clock.advanceAndSettle(0);
    assert.deepEqual(gone, [1]);
    await clock.advanceAndSettle(399);
    assert.deepEqual(gone, [1, 2]);
    await clock.advanceAndSettle(1);
    assert.deepEqual(gone, [1, 2, 3]);
    assert.ok(pacer.hasRoom(2));
  });

  it("leaves no timer when it is stopped", async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(clock, { gapMs: 200, waitingMax: 3 });
    void pacer.turn();
    void pacer.turn();
    pacer.stop();
    await clock.advanceAndSettle(1000);
    assert.equal(clock.pending, 0);
  });
});
