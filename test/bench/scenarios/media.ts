import { quietLog } from "#base/log";
import type { MediaLeg, MediaListener } from "#media/media-engine";
import { openMediaEngine, type WorkerMediaEngine } from "#media/worker-media-engine";
import { mebibytes, whole, type Figure } from "../figures.ts";
import { cpuSeconds, residentBytes } from "../machine.ts";

const PORTS = { from: 30000, to: 33999 };
const PARTIES = 3;
const WARM_UP_MS = 3000;
const LOADS = [
  { bridges: 50, seconds: 10 },
  { bridges: 100, seconds: 10 },
  { bridges: 200, seconds: 20 },
] as const;
const deaf: MediaListener = {
  onDigit: () => undefined,
  onPlayed: () => undefined,
  onHeard: () => undefined,
  onSilent: () => undefined,
};

/**
 * Three-party calls mixed in the one thread of media. The legs are each other's peers, across the bridges: so the thread receives and sends
 * every packet itself, and no other load is on the machine.
 */
export async function media(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { bridges, seconds } of LOADS) figures.push(...(await measure(bridges, seconds)));
  return figures;
}

async function measure(bridges: number, seconds: number): Promise<Figure[]> {
  const engine = await openMediaEngine({ ports: PORTS, log: quietLog });
  try {
    const legs = await openLegs(engine, bridges * PARTIES);
    await passed(WARM_UP_MS);
    const [before, cpuBefore, received] = [await engine.ticks(), cpuSeconds(process.pid), await receivedBy(legs)];
    await passed(seconds * 1000);
    const [after, cpu] = [await engine.ticks(), cpuSeconds(process.pid) - cpuBefore];
    const packets = (await receivedBy(legs)) - received;
    const done = after.done - before.done;
    const name = `${bridges} bridges of ${PARTIES}, ${seconds} s`;
    return [
      {
        name: `${name}: ticks done / late / missed`,
        value: `${done} / ${after.late - before.late} / ${after.missed - before.missed}`,
        ...(bridges === 200 ? { target: "0 missed" } : {}),
      },
      { name: "— packets received", value: `${whole(packets / seconds)}/s of ${whole(legs.length * 50)}/s` },
      { name: "— mixing and sending, of each 20 ms", value: `${((after.busyMs - before.busyMs) / done).toFixed(2)} ms` },
      {
        name: "— processor / memory of the process",
        value: `${whole((cpu * 100) / seconds)} % / ${mebibytes(residentBytes(process.pid))}`,
      },
    ];
  } finally {
    await engine.stop();
  }
}

/** Neighbours are each other's peers, and sit in different bridges. */
async function openLegs(engine: WorkerMediaEngine, count: number): Promise<MediaLeg[]> {
  const legs = await Promise.all(Array.from({ length: count }, () => engine.open("127.0.0.1", deaf)));
  legs.forEach((leg, at) => {
    const peer = legs[at ^ 1];
    if (peer === undefined) return;
    const remote = { host: peer.host, port: peer.port, rtcpPort: peer.port + 1 };
    leg.agree({ remote, codec: at % 4 < 2 ? "PCMU" : "PCMA", eventPayload: 101, sends: true, receives: true });
    leg.join(`line${at % (count / PARTIES)}`);
  });
  return legs;
}

async function receivedBy(legs: readonly MediaLeg[]): Promise<number> {
  const statistics = await Promise.all(legs.map((leg) => leg.statistics()));
  return statistics.reduce((sum, { received }) => sum + received, 0);
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
