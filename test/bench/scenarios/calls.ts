import { withCalls, type CallParts } from "../call-bench.ts";
import { CallEnd, type UpCall } from "../call-end.ts";
import { Latencies, mebibytes, perSecond, whole, type Figure } from "../figures.ts";
import { cpuSeconds, residentBytes } from "../machine.ts";

/** Calls that are being set up at once. */
const WIDTHS = [1, 8, 32, 128] as const;
const WARM_UP_MS = 2000;
const FOR_MS = 5000;
const ACCOUNT = "called";
const SECRET = "called-secret";

/**
 * Calls through the whole server, over real sockets: a peer calls a phone that is registered, Dial finds it, it answers at once and is hung up on.
 * Both legs have a pair of ports and no sound.
 */
export function calls(): Promise<Figure[]> {
  const site = {
    peers: ["caller"],
    accounts: `[${ACCOUNT}]\ntype=friend\nhost=dynamic\nsecret=${SECRET}\ncontext=default\n`,
    extensions: `exten => call,1,Dial(SIP/${ACCOUNT})\n`,
  };
  return withCalls(site, async ({ bench, end, repeats }) => {
    const called = await CallEnd.open();
    called.serverPort = bench.sipPort;
    try {
      await called.register(ACCOUNT, SECRET);
      await inFlight(end("caller"), WIDTHS[1], WARM_UP_MS);
      const figures: Figure[] = [];
      for (const width of WIDTHS) figures.push(...(await measure({ bench, end, repeats }, width)));
      return [
        ...figures,
        { name: "requests that had to be sent again", value: whole(repeats() + called.repeats) },
        { name: "memory of the server after all of them", value: mebibytes(residentBytes(bench.pid)) },
      ];
    } finally {
      called.close();
    }
  });
}

async function measure({ bench, end }: CallParts, width: number): Promise<Figure[]> {
  const [since, cpu] = [performance.now(), cpuSeconds(bench.pid)];
  const setUp = await inFlight(end("caller"), width, FOR_MS);
  const [ms, used] = [performance.now() - since, cpuSeconds(bench.pid) - cpu];
  return [
    { name: `calls of two legs set up and ended, ${width} at once`, value: `${perSecond(setUp.count, ms)}/s` },
    { name: "— per server CPU-second", value: whole(setUp.count / used) },
    { name: "— INVITE to 200, p50 / p99 / max", value: setUp.text },
  ];
}

/** One call after the other, so many at once. */
async function inFlight(caller: CallEnd, width: number, forMs: number): Promise<Latencies> {
  const setUp = new Latencies();
  const until = performance.now() + forMs;
  const work = async (): Promise<void> => {
    while (performance.now() < until) {
      const call: UpCall = await caller.call("call");
      setUp.add(call.setUpMs);
      await call.bye();
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return setUp;
}
