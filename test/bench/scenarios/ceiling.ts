import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { freePort } from "#test/support/free-port";
import { whole, type Figure } from "../figures.ts";
import { PhoneFarm } from "../phone-farm.ts";

const WATCHERS = 20;
const SECONDS = 4;

/** What the load itself can take: the same phones against a sender of ready datagrams. Figures near this one are the load's, not the server's. */
export async function ceiling(): Promise<Figure[]> {
  const port = await freePort();
  const farm = new PhoneFarm(port);
  await farm.open(WATCHERS);
  farm.stayAwake();
  try {
    const args = ["test/bench/bare-notifier.mjs", String(SECONDS), String(port), ...farm.ports.map(String)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const found = JSON.parse(stdout) as { readonly perSecond: number; readonly perCpuSecond: number };
    return [
      { name: "ready NOTIFYs answered by the load", value: `${whole(found.perSecond)}/s` },
      { name: "— per CPU-second of the bare sender", value: whole(found.perCpuSecond) },
    ];
  } finally {
    farm.close();
  }
}
