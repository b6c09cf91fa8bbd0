import assert from "node:assert/strict";
import type { Level } from "#store/embedded/open-level";
import { WriteLog } from "#store/embedded/write-log";
import { FakeClock, settle } from "#test/support/fake-clock";

/** When an operating system's crash may take something with it: what is asked of the medium, batch by batch. */
describe("store embedded, sync", () => {
  const start = (): { clock: FakeClock; log: WriteLog; batches: { keys: string[]; sync: boolean }[] } => {
    const clock = new FakeClock();
    const batches: { keys: string[]; sync: boolean }[] = [];
    const log = new WriteLog(fakeLevel(batches), clock, () => assert.fail("a write failed"));
    return { clock, log, batches };
  };

  it("answers a synced commit only after a batch that was synced", async () => {
    const { log, batches, clock } = start();
    await log.append([["a", "1"]], true);
    assert.deepEqual(batches, [{ keys: ["a"], sync: true }]);
    assert.equal(clock.pending, 0, "nothing is left to be synced");
  });

  it("syncs what was only written within a second, once for all of it", async () => {
    const { log, batches, clock } = start();
    await log.append([["a", "1"]], false);
    await log.append([["b", "1"]], false);
    assert.deepEqual(
      batches.map(({ sync }) => sync),
      [false, false],
    );
    clock.advance(1000);
    await log.settled();
    assert.deepEqual(
      batches.map(({ sync }) => sync),
      [false, false, true],
    );
    assert.equal(clock.pending, 0);
  });

  it("writes together what was asked together, synced when one of them wants it, told in order", async () => {
    const { log, batches } = start();
    const told: string[] = [];
    const asked = ["a", "b", "c"].map((key) => log.append([[key, "1"]], key === "b", () => told.push(key)));
    await Promise.all(asked);
    assert.deepEqual(batches, [{ keys: ["a", "b", "c"], sync: true }]);
    assert.deepEqual(told, ["a", "b", "c"]);
  });

  it("syncs what is left when it is closed", async () => {
    const { log, batches, clock } = start();
    await log.append([["a", "1"]], false);
    await log.close();
    assert.equal(batches.at(-1)?.sync, true);
    assert.equal(clock.pending, 0);
  });
});

function fakeLevel(batches: { keys: string[]; sync: boolean }[]): Level {
  const batch = (): unknown => {
    const keys: string[] = [];
    return {
      put: (key: string) => keys.push(key),
      del: (key: string) => keys.push(key),
      write: async ({ sync }: { sync: boolean }) => {
        await settle();
        batches.push({ keys, sync });
      },
    };
  };
  return { batch } as unknown as Level;
}
