import assert from "node:assert/strict";
import { EVENT_PACKAGES } from "#event-packages/registry";
import type { EventPackage } from "#sip/subscription/package";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Watch } from "#test/support/phone";

const WATCHERS = 20;

/** The real packages; what the dialog package is asked to render is counted. */
function countingPackages(counts: { renderings: number }): ReadonlyMap<string, EventPackage<unknown>> {
  const counted = (eventPackage: EventPackage<unknown>): EventPackage<unknown> => ({
    ...eventPackage,
    change: (...args) => {
      counts.renderings += 1;
      return eventPackage.change(...args);
    },
    full: (...args) => {
      counts.renderings += 1;
      return eventPackage.full(...args);
    },
  });
  return new Map(EVENT_PACKAGES.map((one) => [one.name, one.name === "dialog" ? counted(one) : one]));
}

/** So many phones, each of an account of its own. */
async function watchedBy(bench: NotifierBench, count: number): Promise<readonly Watch[]> {
  const watches: Watch[] = [];
  for (let at = 0; at < count; at += 1) watches.push(await bench.phone({ account: `60${bench.phones.length}` }).subscribe());
  await bench.pass(1000);
  return watches;
}

describe("a change that many watch", () => {
  let bench: NotifierBench;
  const counts = { renderings: 0 };
  beforeEach(() => {
    bench = new NotifierBench({ packages: countingPackages(counts) });
  });
  afterEach(() => {
    bench.end();
  });

  it("is rendered once for all of a kind, with a version and a CSeq for each (C-6)", async () => {
    const [first] = await watchedBy(bench, WATCHERS);
    // Is told once more than the others before.
    await first?.send();
    await bench.pass(1000);
    const before = counts.renderings;
    await bench.show("1001", "Ringing");
    await bench.pass(1000);
    assert.equal(counts.renderings - before, 1);
    const versions = bench.phones.map(({ newest }) => newest.version);
    assert.deepEqual(new Set(bench.phones.map(({ newest }) => newest.state)), new Set(["early"]));
    assert.equal(versions[0], (versions[1] ?? 0) + 1);
  });

  it("is written to the store no more often than one that nobody watches (C-14)", async () => {
    const savesOfChange = async (): Promise<number> => {
      const before = bench.store.saves;
      await bench.show("1001", "Ringing");
      await bench.pass(1000);
      await bench.show("1001", "Idle");
      await bench.pass(1000);
      return bench.store.saves - before;
    };
    const alone = await savesOfChange();
    await watchedBy(bench, WATCHERS);
    assert.equal(await savesOfChange(), alone);
  });

  it("does not wait for watchers of another resource that say nothing (C-10)", async () => {
    const silent = bench.phone();
    await silent.subscribe({ uri: "sip:1002@pbx.example" });
    silent.answers = undefined;
    const phone = bench.phone();
    await phone.subscribe();
    await bench.show("1002", "Ringing");
    await bench.show("1001", "Ringing");
    await bench.pass(100);
    assert.equal(phone.newest.state, "early");
  });

  it("has no timer of the runtime for each subscription (C-13)", async () => {
    await watchedBy(bench, 1);
    const one = bench.clock.pending;
    await watchedBy(bench, WATCHERS);
    assert.equal(bench.clock.pending, one);
  });
});
