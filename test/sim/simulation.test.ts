import assert from "node:assert/strict";
import type { SiteOnDisk } from "#app/site-reading/read-site";
import { KEPT_SEEDS } from "./seeds.ts";
import { readSimSite } from "./sim-site.ts";
import { EXTENSIONS, Simulation, type Outcome } from "./simulation.ts";

/*
 * SIM_SEED=n runs one seed and prints its trace; SIM_SEEDS=count runs so many, from SIM_FROM on.
 */
const ONE_SEED = process.env["SIM_SEED"];
const FROM = Number(process.env["SIM_FROM"] ?? 1);
const USUAL_COUNT = 80;
const COUNT = Number(process.env["SIM_SEEDS"] ?? USUAL_COUNT);
const SEEDS = ONE_SEED === undefined ? Array.from({ length: COUNT }, (_, at) => FROM + at) : [Number(ONE_SEED)];
const SHOWN_LINES = 60;
/** As long as a test of this suite may take in a run of all (run-suites.mjs); more seeds have more time. */
const TEST_MAX_MS = 120_000 * Math.max(1, COUNT / USUAL_COUNT);

describe("nodes, store, network and phones under one seed", function () {
  this.timeout(TEST_MAX_MS);
  let site: SiteOnDisk;

  before(async () => {
    site = await readSimSite(EXTENSIONS);
  });

  const run = (seed: number): Promise<Outcome> => new Simulation(seed, site).run();

  const failure = ({ seed, wrong, told }: Outcome): string =>
    `SIM_SEED=${seed}\n${wrong.slice(0, 20).join("\n")}\n--\n${told.slice(-SHOWN_LINES).join("\n")}`;

  it("do the same for the same seed", async () => {
    const [one, other, another] = [await run(1), await run(1), await run(2)];
    assert.equal(one.fingerprint, other.fingerprint);
    assert.notEqual(one.fingerprint, another.fingerprint);
  });

  it("are right again when it is calm, for every seed that has ever failed (S-71, S-72, S-93)", async () => {
    for (const seed of KEPT_SEEDS) {
      const outcome = await run(seed);
      assert.deepEqual(outcome.wrong, [], failure(outcome));
    }
  });

  it("are right again when it is calm (S-71, S-72, S-93)", async () => {
    const startedAt = performance.now();
    const bad: Outcome[] = [];
    const sum = { steps: 0, virtualMs: 0, notifies: 0 };
    for (const seed of SEEDS) {
      const outcome = await run(seed);
      if (outcome.wrong.length > 0) bad.push(outcome);
      sum.steps += outcome.steps;
      sum.virtualMs += outcome.virtualMs;
      sum.notifies += outcome.notifies;
      if (ONE_SEED !== undefined) console.log(outcome.told.join("\n"));
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const perSecond = Math.round(sum.steps / seconds);
    console.log(
      `      ${SEEDS.length} seeds, ${Math.round(sum.virtualMs / 1000)} s of their time in ${seconds.toFixed(1)} s, ${perSecond} steps a second, ${sum.notifies} NOTIFYs`,
    );
    assert.deepEqual(
      bad.map(({ seed }) => seed),
      [],
      bad.slice(0, 3).map(failure).join("\n\n"),
    );
  });
});
