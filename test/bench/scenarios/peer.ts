import { inParallel } from "#test/support/in-parallel";
import { extensionOf } from "../bench-site.ts";
import { Changes } from "../changes.ts";
import { perSecond, whole, type Figure } from "../figures.ts";
import { FirstNotifies } from "../first-notifies.ts";
import { Kamailio } from "../kamailio.ts";
import { COMPARED, FAN_OUT, keysOf, SUBSCRIPTIONS } from "../load.ts";
import { PhoneFarm, type FarmKey } from "../phone-farm.ts";

const { resources: RESOURCES, watchers: WATCHERS, width: WIDTH } = FAN_OUT;

/** A figure of the peer, and which of ours stands beside it. */
type PeerFigure = Figure & { readonly name: (typeof COMPARED)[keyof typeof COMPARED]; readonly count: number };

/**
 * Kamailio's presence server on the same load: memory only, changes by PUBLISH where ours come over the API. `ours` has the figures of this run
 * by name; the ratio stands beside where there is one. Nothing when Kamailio is not installed.
 */
export async function peer(ours: ReadonlyMap<string, number>): Promise<Figure[]> {
  const version = Kamailio.version();
  if (version === undefined) return [{ name: "Kamailio", value: "not installed" }];
  const figures = [...(await withKamailio(WATCHERS, fanOut)), ...(await withKamailio(SUBSCRIPTIONS.watchers, subscriptions))];
  return [
    { name: "Kamailio", value: `${version}, memory only, 2 children` },
    ...figures.map(({ name, count, value }) => {
      const own = ours.get(name);
      return { name, value: own === undefined ? value : `${value} (ours: × ${(own / count).toFixed(2)})` };
    }),
  ];
}

/** A Kamailio of its own, as our scenarios have a server of their own. */
async function withKamailio(
  watchers: number,
  work: (kamailio: Kamailio, farm: PhoneFarm) => Promise<PeerFigure[]>,
): Promise<PeerFigure[]> {
  const kamailio = await Kamailio.start();
  const farm = new PhoneFarm(kamailio.port);
  try {
    await farm.open(watchers);
    farm.stayAwake();
    return await work(kamailio, farm);
  } finally {
    farm.close();
    await kamailio.stop();
  }
}

async function subscriptions(_kamailio: Kamailio, farm: PhoneFarm): Promise<PeerFigure[]> {
  const keys: readonly FarmKey[] = keysOf(SUBSCRIPTIONS);
  const told = new FirstNotifies(farm, SUBSCRIPTIONS.resources);
  const dialogs = new Map<FarmKey, string>();
  const created = await timed(async () => {
    await inParallel(keys, SUBSCRIPTIONS.width, async (key) => dialogs.set(key, await farm.subscribe(key)));
    await told.all(keys.length);
  });
  told.reset();
  const refreshed = await timed(async () => {
    await inParallel(keys, SUBSCRIPTIONS.width, (key) => farm.subscribe(key, { dialog: dialogs.get(key) ?? "" }));
    await told.all(keys.length);
  });
  const figure = (name: PeerFigure["name"], ms: number, words: string): PeerFigure => ({
    name,
    value: `${perSecond(keys.length, ms)}/s${words}`,
    count: (keys.length * 1000) / ms,
  });
  return [figure(COMPARED.created, created, ", first NOTIFYs without a body"), figure(COMPARED.refreshed, refreshed, "")];
}

async function fanOut(kamailio: Kamailio, farm: PhoneFarm): Promise<PeerFigure[]> {
  const etags = new Map<number, string>();
  const changes = Changes.over(farm, async (resource, state) => {
    const answer = await farm.publish(resource, etags.get(resource) ?? "", documentOf(resource, state));
    etags.set(resource, /^SIP-ETag: (\S+)\r$/m.exec(answer)?.[1] ?? "");
    return 200;
  });
  await changes.subscribe(keysOf(FAN_OUT), WATCHERS);
  await changes.run(FAN_OUT.warmUpMs, RESOURCES, WIDTH);
  changes.reset();
  const [startedAt, cpuBefore] = [performance.now(), kamailio.cpuSeconds()];
  await changes.run(FAN_OUT.forMs, RESOURCES, WIDTH);
  const [ms, cpu] = [performance.now() - startedAt, kamailio.cpuSeconds() - cpuBefore];
  return [
    { name: COMPARED.fanOut, value: `${perSecond(changes.notified, ms)} NOTIFY/s`, count: (changes.notified * 1000) / ms },
    { name: COMPARED.fanOutPerCpu, value: `${whole(changes.notified / cpu)} NOTIFY`, count: changes.notified / cpu },
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
