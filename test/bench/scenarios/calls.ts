import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#test/support/free-port";
import { Bench } from "../bench.ts";
import { extensionOf } from "../bench-site.ts";
import { CallEnd } from "../call-end.ts";
import { Latencies, mebibytes, perSecond, whole, type Figure } from "../figures.ts";
import { cpuSeconds, residentBytes } from "../machine.ts";
import type { PhoneFarm } from "../phone-farm.ts";

const STATIONS = 50;
const ROUNDS = 300;
const WARM_UP = 50;
/** Between two rounds: lines of a busy office, and no storm. */
const PAUSE_MS = 25;
/** Calls that are being set up at once. */
const WIDTH = 32;
const CALLS_MS = 8000;

/** Who calls, and where from: each account is known by its address, so nobody is challenged. */
interface Ports {
  readonly station: number;
  readonly outside: number;
  readonly phones: number;
}

/**
 * Calls through the whole server, over real sockets: set up and ended as fast as it goes; a key of a shared line pressed, and a call that comes in
 * on it, until the last of fifty lamps has changed.
 */
export async function calls(): Promise<Figure[]> {
  const ports = { station: await freePort(), outside: await freePort(), phones: await freePort() };
  const folder = writeSite(ports);
  const bench = await Bench.open(folder, { flags: ["--rtp-ports", "20000-29999"] });
  const ends: CallEnd[] = [];
  try {
    const open = async (port: number): Promise<CallEnd> => {
      const end = await CallEnd.open(port, bench.sipPort);
      ends.push(end);
      return end;
    };
    const [station, outside, phones] = [await open(ports.station), await open(ports.outside), await open(ports.phones)];
    const farm = await bench.farm(STATIONS);
    const known = lampsOf(farm, "terminated");
    await Promise.all(stationNumbers().map((at) => farm.subscribe({ watcher: at, resource: at })));
    await known;
    const lines = [...(await pressKeys(farm, station)), ...(await callIn(farm, outside, [station, phones]))];
    return [...lines, ...(await manyCalls(bench, station, [outside]))];
  } finally {
    for (const end of ends) end.close();
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function manyCalls(bench: Bench, caller: CallEnd, called: readonly CallEnd[]): Promise<Figure[]> {
  const setUp = new Latencies();
  const until = performance.now() + CALLS_MS;
  const cpu = cpuSeconds(bench.pid);
  const work = async (): Promise<void> => {
    while (performance.now() < until) {
      const call = await caller.call("call");
      setUp.add(call.setUpMs);
      await call.bye();
    }
  };
  const since = performance.now();
  await Promise.all(Array.from({ length: WIDTH }, work));
  const [ms, used] = [performance.now() - since, cpuSeconds(bench.pid) - cpu];
  const repeats = [caller, ...called].reduce((sum, end) => sum + end.repeats, 0);
  return [
    { name: `calls of two legs set up and ended, ${WIDTH} at once`, value: `${perSecond(setUp.count, ms)}/s` },
    { name: "— per server CPU-second", value: whole(setUp.count / used) },
    { name: "— INVITE to 200, through Dial", value: setUp.text },
    { name: "— requests sent again", value: whole(repeats) },
    { name: "— memory of the server", value: mebibytes(residentBytes(bench.pid)) },
  ];
}

/** The key of the first station, fifty lamps. */
async function pressKeys(farm: PhoneFarm, station: CallEnd): Promise<Figure[]> {
  const [answered, all, last, dark] = [new Latencies(), new Latencies(), new Latencies(), new Latencies()];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const isCounted = round >= 0;
    const lit = lampsOf(farm, "confirmed", isCounted ? all : undefined);
    const call = await station.call(extensionOf(0));
    const lastMs = await lit;
    const over = lampsOf(farm, "terminated");
    await call.bye();
    const darkMs = await over;
    if (!isCounted) continue;
    answered.add(call.setUpMs);
    last.add(lastMs);
    dark.add(darkMs);
  }
  return [
    { name: `key of a line with ${STATIONS} stations: INVITE to each lamp`, value: all.text, target: "p99 ≤ 5 ms" },
    { name: "— to the last lamp", value: last.text },
    { name: "— to its 200", value: answered.text },
    { name: "— hung up, to the last lamp dark", value: dark.text },
  ];
}

/** The outside calls, fifty phones ring. */
async function callIn(farm: PhoneFarm, outside: CallEnd, phones: readonly CallEnd[]): Promise<Figure[]> {
  const [rung, lit] = [new Latencies(), new Latencies()];
  for (const phone of phones) phone.answersWith = 180;
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const since = performance.now();
    const ringing = new Promise<number>((resolve) => {
      let count = 0;
      const hear = (): void => {
        count += 1;
        if (count === STATIONS) resolve(performance.now() - since);
      };
      for (const phone of phones) phone.onInvite = hear;
    });
    const lamps = lampsOf(farm, "early");
    let over: Promise<number> | undefined;
    await outside.ring("line", async () => {
      const [ringMs, lampMs] = await Promise.all([ringing, lamps]);
      if (round >= 0) {
        rung.add(ringMs);
        lit.add(lampMs);
      }
      over = lampsOf(farm, "terminated");
    });
    await over;
  }
  return [
    { name: `call on a line with ${STATIONS} stations: INVITE to the last phone's INVITE`, value: rung.text },
    { name: "— to the last lamp", value: lit.text },
  ];
}

/** Resolves when every lamp shows this, with the milliseconds until the last one. */
function lampsOf(farm: PhoneFarm, state: "early" | "confirmed" | "terminated", each?: Latencies): Promise<number> {
  const since = performance.now();
  const wanted = Buffer.from(`<state>${state}</state>`);
  const changed = new Set<number>();
  return new Promise((resolve) => {
    farm.onNotify = ({ watcher }, message) => {
      if (changed.has(watcher) || !message.includes(wanted)) return;
      changed.add(watcher);
      const ms = performance.now() - since;
      each?.add(ms);
      if (changed.size === STATIONS) resolve(ms);
    };
  });
}

function stationNumbers(): readonly number[] {
  return Array.from({ length: STATIONS }, (_, at) => at);
}

function writeSite({ station, outside, phones }: Ports): string {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-bench-lines-"));
  const peer = (name: string, port: number): string =>
    `[${name}]\ntype=friend\nhost=127.0.0.1\nport=${port}\ninsecure=invite\ncontext=default\n`;
  const accounts = stationNumbers().map((at) => peer(`s${at}`, at === 0 ? station : phones));
  writeFileSync(join(folder, "sip.conf"), `[general]\ncontext=default\n\n${peer("outside", outside)}${accounts.join("")}`);
  const stations = stationNumbers().map((at) => `[s${at}]\ntype=station\ndevice=SIP/s${at}\ntrunk=line\n`);
  writeFileSync(join(folder, "sla.conf"), `[line]\ntype=trunk\ndevice=Local/out@default\n${stations.join("")}`);
  const keys = stationNumbers().map(
    (at) => `exten => ${extensionOf(at)},1,SLAStation(s${at}_line)\nexten => ${extensionOf(at)},hint,SLA:s${at}_line\n`,
  );
  const rest = "exten => call,1,Dial(SIP/outside)\nexten => out,1,Dial(SIP/outside)\nexten => line,1,SLATrunk(line)\n";
  writeFileSync(join(folder, "extensions.conf"), `[default]\n${rest}${keys.join("")}`);
  return folder;
}
