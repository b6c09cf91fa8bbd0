import { inParallel } from "#test/support/in-parallel";
import { withCalls, type CallParts } from "../call-bench.ts";
import type { UpCall } from "../call-end.ts";
import { mebibytes, whole, type Figure } from "../figures.ts";
import { cpuSeconds, residentBytes } from "../machine.ts";
import { RtpLoad } from "../rtp-load.ts";

const LINES = 200;
const PARTIES = 3;
/** Calls that are up, one load after the other. */
const LOADS = [50, 100, 200] as const;
const SET_UP_AT_ONCE = 8;
const WARM_UP_MS = 3000;
const FOR_MS = 20_000;
const PACKETS_PER_SECOND = 50;

const NUMBERS = Array.from({ length: LINES }, (_, at) => at);

/**
 * Calls of three on shared lines, all with sound: one calls in, the first station takes it, the second joins by its key. The sound of all comes from
 * this process, which shares the processors with the server.
 */
export function lineCalls(): Promise<Figure[]> {
  const stations = NUMBERS.flatMap((at) => [`first${at}`, `second${at}`]);
  const site = {
    peers: ["outside", ...stations],
    sla: NUMBERS.map(
      (at) =>
        `[line${at}]\ntype=trunk\ndevice=SIP/outside\n` +
        ["first", "second"].map((name) => `[${name}${at}]\ntype=station\ndevice=SIP/${name}${at}\ntrunk=line${at}\n`).join(""),
    ).join(""),
    extensions: NUMBERS.map(
      (at) => `exten => in${at},1,SLATrunk(line${at})\nexten => key${at},1,SLAStation(second${at}_line${at})\n`,
    ).join(""),
  };
  return withCalls(site, async (parts) => {
    const figures: Figure[] = [];
    for (const calls of LOADS) figures.push(...(await measure(parts, calls)));
    return figures;
  });
}

async function measure({ bench, end }: CallParts, calls: number): Promise<Figure[]> {
  const load = await RtpLoad.open();
  try {
    const up: UpCall[] = [];
    await inParallel(NUMBERS.slice(0, calls), SET_UP_AT_ONCE, async (at) => {
      up.push(...(await threeOf(at, end, load)));
    });
    load.start();
    await passed(WARM_UP_MS);
    const [before, received, sent, cpu] = [await bench.mediaTicks(), load.received, load.sent, cpuSeconds(bench.pid)];
    await passed(FOR_MS);
    const [back, out, used] = [load.received - received, load.sent - sent, cpuSeconds(bench.pid) - cpu];
    const after = await bench.mediaTicks();
    const [inTime, late, missed] = [after.inTime - before.inTime, after.late - before.late, after.missed - before.missed];
    const busyMs = (after.busyMs - before.busyMs) / (inTime + late);
    const memory = residentBytes(bench.pid);
    await Promise.all(up.map((call) => call.bye()));
    const seconds = FOR_MS / 1000;
    const wanted = calls * PARTIES * PACKETS_PER_SECOND;
    return [
      {
        name: `${calls} calls of ${PARTIES} on as many lines, ${seconds} s: ticks in time / late / missed`,
        value: `${inTime} / ${late} / ${missed}`,
        ...(calls === LINES ? { target: "0 missed" } : {}),
      },
      {
        name: "— packets to the server / from it",
        value: `${whole(out / seconds)} / ${whole(back / seconds)} a second, of ${whole(wanted)}`,
      },
      { name: "— mixing and sending, of each 20 ms", value: `${busyMs.toFixed(2)} ms` },
      { name: "— processor / memory of the server", value: `${whole((used * 100) / seconds)} % / ${mebibytes(memory)}` },
    ];
  } finally {
    load.close();
  }
}

/** Both calls that were made to us, with the sound of all three. */
async function threeOf(at: number, end: CallParts["end"], load: RtpLoad): Promise<UpCall[]> {
  const [outside, first, second] = [end("outside"), end(`first${at}`), end(`second${at}`)];
  for (const one of [outside, first, second]) one.soundPort = load.port;
  let firstPort = 0;
  first.onInvite = (port) => {
    firstPort = port;
  };
  second.answersWith = 180;
  const call = await outside.call(`in${at}`);
  const joined = await second.call(`key${at}`);
  for (const port of [call.soundPort, firstPort, joined.soundPort]) load.add(port);
  return [call, joined];
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
