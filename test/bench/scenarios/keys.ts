import { extensionOf } from "../bench-site.ts";
import { withCalls, type CallParts } from "../call-bench.ts";
import { Latencies, type Figure } from "../figures.ts";
import { counted, lampsTold } from "../lamps-told.ts";
import type { PhoneFarm } from "../phone-farm.ts";

const STATIONS = 50;
const ROUNDS = 300;
const WARM_UP = 50;
/** Between two rounds: lines of a busy office, and no storm. */
const PAUSE_MS = 25;

const NUMBERS = Array.from({ length: STATIONS }, (_, at) => at);

/** A key of a shared line pressed, and a call that comes in on it, until the last of fifty lamps has changed. */
export function keys(): Promise<Figure[]> {
  const site = {
    peers: ["outside", ...NUMBERS.map(stationOf)],
    sla: `[line]\ntype=trunk\ndevice=Local/out@default\n${NUMBERS.map(
      (at) => `[${stationOf(at)}]\ntype=station\ndevice=SIP/${stationOf(at)}\ntrunk=line\n`,
    ).join("")}`,
    extensions: `exten => out,1,Dial(SIP/outside)\nexten => line,1,SLATrunk(line)\n${NUMBERS.map(
      (at) =>
        `exten => ${extensionOf(at)},1,SLAStation(${stationOf(at)}_line)\nexten => ${extensionOf(at)},hint,SLA:${stationOf(at)}_line\n`,
    ).join("")}`,
  };
  return withCalls(site, async (parts) => {
    const farm = await parts.bench.farm(STATIONS, { staysAwake: false });
    const known = lampsTold(farm, STATIONS, "terminated");
    await Promise.all(NUMBERS.map((at) => farm.subscribe({ watcher: at, resource: at })));
    await known;
    return [...(await press(farm, parts)), ...(await callIn(farm, parts))];
  });
}

/** The key of the first station, fifty lamps. */
async function press(farm: PhoneFarm, { end }: CallParts): Promise<Figure[]> {
  const [answered, all, last, dark] = [new Latencies(), new Latencies(), new Latencies(), new Latencies()];
  await rounds(async (isCounted) => {
    const lit = lampsTold(farm, STATIONS, "confirmed", isCounted ? all : undefined);
    const call = await end(stationOf(0)).call(extensionOf(0));
    const lastMs = await lit;
    const over = lampsTold(farm, STATIONS, "terminated");
    await call.bye();
    const darkMs = await over;
    if (!isCounted) return;
    answered.add(call.setUpMs);
    last.add(lastMs);
    dark.add(darkMs);
  });
  return [
    { name: `key of a line with ${STATIONS} stations: INVITE to each lamp, p50 / p99 / max`, value: all.text },
    { name: "— to the last lamp", value: last.text, target: "p99 ≤ 5 ms" },
    { name: "— to its 200, the trunk dialled meanwhile", value: answered.text },
    { name: "— hung up: BYE to the last lamp dark", value: dark.text },
  ];
}

/** The outside calls, fifty phones ring. */
async function callIn(farm: PhoneFarm, { end }: CallParts): Promise<Figure[]> {
  const phones = NUMBERS.map((at) => end(stationOf(at)));
  const [rung, lit] = [new Latencies(), new Latencies()];
  for (const phone of phones) phone.answersWith = 180;
  await rounds(async (isCounted) => {
    const ringing = counted("phones that ring", STATIONS);
    for (const phone of phones) phone.onInvite = ringing.one;
    const lamps = lampsTold(farm, STATIONS, "early");
    let over: Promise<number> | undefined;
    await end("outside").ring("line", async () => {
      const [ringMs, lampMs] = await Promise.all([ringing.all, lamps]);
      if (isCounted) {
        rung.add(ringMs);
        lit.add(lampMs);
      }
      over = lampsTold(farm, STATIONS, "terminated");
    });
    await over;
  });
  return [
    { name: `call on a line with ${STATIONS} stations: INVITE to the last phone's INVITE`, value: rung.text },
    { name: "— to the last lamp", value: lit.text },
  ];
}

async function rounds(one: (isCounted: boolean) => Promise<void>): Promise<void> {
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    await one(round >= 0);
  }
}

function stationOf(at: number): string {
  return `s${at}`;
}
