import { inParallel } from "#test/support/in-parallel";
import type { Bench } from "../bench.ts";
import { perSecond, type Figure } from "../figures.ts";
import { HttpPipe } from "../http-pipe.ts";

const CONNECTIONS = 32;
const RUN_MS = 3000;

/** What phones fetch at boot: the sample's files over HTTP, whole and unchanged (304). */
export async function provisioning(bench: Bench): Promise<Figure[]> {
  const { items } = await bench.json("phones");
  const phone = items[0];
  const base = new URL(phone.provisioningUrl).pathname;
  const master = await (await fetch(new URL(`${phone.mac}.cfg`, phone.provisioningUrl))).text();
  const name = /CONFIG_FILES="([^",]*)/.exec(master)?.[1] ?? "";
  const first = await fetch(new URL(name, phone.provisioningUrl));
  const etag = first.headers.get("etag") ?? "";
  await first.arrayBuffer();
  const whole = await rate(bench, `${base}${name}`, {}, 200);
  const unchanged = await rate(bench, `${base}${name}`, { "If-None-Match": etag }, 304);
  return [
    { name: "provisioning files served whole", value: `${whole}/s`, target: "≥ 3,000" },
    { name: "unchanged (304)", value: `${unchanged}/s`, target: "≥ 10,000" },
  ];
}

async function rate(bench: Bench, path: string, headers: Readonly<Record<string, string>>, wanted: number): Promise<string> {
  const pipe = new HttpPipe(bench.httpPort, CONNECTIONS, headers);
  const startedAt = performance.now();
  let count = 0;
  function* turns(): Generator<number> {
    while (performance.now() - startedAt < RUN_MS) yield 0;
  }
  await inParallel(turns(), CONNECTIONS, async () => {
    const status = await pipe.ask("GET", path);
    if (status !== wanted) throw new Error(`${path} was answered ${status}`);
    count += 1;
  });
  const ms = performance.now() - startedAt;
  pipe.close();
  return perSecond(count, ms);
}
