import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeBigSite } from "../big-site.ts";
import { mebibytes, whole, type Figure } from "../figures.ts";

const STATIONS = 10_000;
const ROUNDS = 3;

interface Ended {
  readonly seconds: number;
  readonly peakBytes: number;
}

/** A big site read and checked whole, in a process of its own each time: from nothing to the verdict. The best of some rounds. */
export function siteLoad(): Promise<Figure[]> {
  const folder = writeBigSite(STATIONS);
  try {
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    const rounds = Array.from({ length: ROUNDS }, () => checkOnce(folder));
    const seconds = Math.min(...rounds.map((round) => round.seconds));
    const peak = Math.max(...rounds.map((round) => round.peakBytes));
    return Promise.resolve([
      {
        name: `${whole(STATIONS)} stations × 4 trunks (${mebibytes(bytes)} of files) read and checked`,
        value: `${seconds.toFixed(1)} s`,
        target: "< 5 s",
      },
      { name: "— peak of its memory", value: mebibytes(peak), target: "< 500 MB" },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkOnce(folder: string): Ended {
  const startedAt = performance.now();
  const { stdout, status } = spawnSync(process.execPath, ["test/bench/check-alone.mjs", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the check ended with ${status ?? "a signal"}: ${stdout}`);
  return { seconds: (performance.now() - startedAt) / 1000, peakBytes: Number(stdout.trim().split("\n").at(-1)) * 1024 };
}
