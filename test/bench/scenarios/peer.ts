import { extensionOf } from "../bench-site.ts";
import { Changes } from "../changes.ts";
import { perSecond, whole, type Figure } from "../figures.ts";
import { Kamailio } from "../kamailio.ts";
import { inParallel } from "#test/support/in-parallel";
import { PhoneFarm, type FarmKey } from "../phone-farm.ts";

const RESOURCES = 500;
const WATCHERS = 20;
const WIDTH = 64;
const WARM_UP_MS = 1000;
const CLOSED_MS = 8000;
const SUBSCRIPTIONS = 10_000;
const SUBSCRIBES_AT_ONCE = 400;

/**
 * Kamailio's presence server on the same load: memory only, changes by PUBLISH where ours come over the API. `ours` has the figures of this run
 * by name; the ratio stands beside. Nothing when Kamailio is not installed.
 */
export async function peer(ours: ReadonlyMap<string, number>): Promise<Figure[]> {
  const version = Kamailio.version();
  if (version === undefined) return [{ name: "Kamailio", value: "not installed" }];
  const kamailio = await Kamailio.start();
  const farm = new PhoneFarm(kamailio.port);
  try {
    await farm.open(WATCHERS);
    farm.stayAwake();
    const keys = Array.from({ length: RESOURCES * WATCHERS }, (_, at) => ({
      watcher: at % WATCHERS,
      resource: Math.floor(at / WATCHERS),
    }));
    const dialogs = new Map<FarmKey, string>();
    const newMs = await timed(() =>
      inParallel(keys, SUBSCRIBES_AT_ONCE, async (key) => dialogs.set(key, await farm.subscribe(key, { round: "first" }))),
    );
    const againMs = await timed(() =>
      inParallel(keys, SUBSCRIBES_AT_ONCE, (key) => farm.subscribe(key, { dialog: dialogs.get(key) ?? "", round: "first" })),
    );
    const compared = (name: string, count: number, value: string): Figure => {
      const own = ours.get(name);
      return { name, value: own === undefined ? value : `${value} (ours: × ${(own / count).toFixed(2)})` };
    };
    const fanOut = await closedLoop(kamailio, farm);
    return [
      { name: "Kamailio", value: `${version}, memory only, 2 children` },
      ...fanOut.map(({ name, count = 0, value }) => compared(name, count, value)),
      compared(
        "new subscriptions (200 and first NOTIFY answered)",
        (SUBSCRIPTIONS * 1000) / newMs,
        `${perSecond(SUBSCRIPTIONS, newMs)}/s, first NOTIFYs without a body`,
      ),
      compared("refreshes", (SUBSCRIPTIONS * 1000) / againMs, `${perSecond(SUBSCRIPTIONS, againMs)}/s`),
    ];
  } finally {
    farm.close();
    await kamailio.stop();
  }
}

async function closedLoop(kamailio: Kamailio, farm: PhoneFarm): Promise<Figure[]> {
  const etags = new Map<number, string>();
  const changes = Changes.over(farm, async (resource, state) => {
    const answer = await farm.publish(resource, etags.get(resource) ?? "", documentOf(resource, state));
    etags.set(resource, /^SIP-ETag: (\S+)\r$/m.exec(answer)?.[1] ?? "");
    return 200;
  });
  const keys = Array.from({ length: RESOURCES * WATCHERS }, (_, at) => ({
    watcher: at % WATCHERS,
    resource: Math.floor(at / WATCHERS),
  }));
  // Watched already: this tells who has to hear of a change.
  changes.expect(keys, WATCHERS);
  await changes.run(WARM_UP_MS, RESOURCES, WIDTH);
  changes.reset();
  const [startedAt, cpuBefore] = [performance.now(), kamailio.cpuSeconds()];
  await changes.run(CLOSED_MS, RESOURCES, WIDTH);
  const [ms, cpu] = [performance.now() - startedAt, kamailio.cpuSeconds() - cpuBefore];
  return [
    {
      name: `fan-out, ${RESOURCES} resources × ${WATCHERS} watchers, closed loop`,
      value: `${perSecond(changes.notified, ms)} NOTIFY/s`,
      count: (changes.notified * 1000) / ms,
    },
    {
      name: "— per server CPU-second",
      value: `${whole(changes.notified / cpu)} NOTIFY`,
      count: changes.notified / cpu,
    },
  ];
}

function documentOf(resource: number, state: string): string {
  const shown = state === "RINGING" ? "early" : "confirmed";
  return (
    `<?xml version="1.0"?>\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" ` +
    `entity="sip:${extensionOf(resource)}@127.0.0.1"><dialog id="${extensionOf(resource)}" direction="recipient">` +
    `<state>${shown}</state></dialog></dialog-info>`
  );
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
