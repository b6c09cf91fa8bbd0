import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { systemRandom } from "#base/system-random";
import { TimerWheel } from "#base/timer-wheel";
import type { LampView } from "#domain/lamp/lamp-view";
import { EVENT_PACKAGES } from "#event-packages/registry";
import { DEFAULT_NOTIFIER_LIMITS } from "#sip/subscription/limits";
import { Notifier } from "#sip/subscription/notifier";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { Flow } from "#sip/transport/flow";
import { perSecond, type Figure } from "../figures.ts";
import { NO_HOLDINGS } from "../../support/no-holdings.ts";

const RESOURCES = 500;
const WATCHERS = 20;
const RUN_MS = 4000;

/** The stack alone: a change of state → NOTIFY text in a buffer → its 200 read and matched; no socket, no store, one thread. */
export async function notifyCycle(): Promise<Figure[]> {
  const wheel = new TimerWheel(systemClock, 25);
  const layer = new TransactionLayer({ wheel, random: systemRandom, log: quietLog });
  const lamps = new Map<string, LampView>();
  const packages = new Map(EVENT_PACKAGES.map((eventPackage) => [eventPackage.name, eventPackage]));
  const notifier = new Notifier({
    node: "bench",
    clock: systemClock,
    random: systemRandom,
    wheel,
    clients: layer.clients,
    flows: { record: () => ({ transport: "udp", listener: "", host: "", port: 0, key: "" }), find: () => undefined },
    authenticate: () => ({ type: "trusted" }),
    directory: {
      isOurHost: () => true,
      mannerOf: () => ({ profile: undefined, seesCallers: true }),
      command: () => Promise.resolve(undefined),
      ...NO_HOLDINGS,
      find: (_package, user) => user,
      isList: () => false,
      mayWatch: () => true,
      state: (resource) => lamps.get(resource),
    },
    packages,
    store: {
      save: () => Promise.resolve(),
      remove: () => Promise.resolve(),
      ofOthers: () => Promise.resolve([]),
      take: () => Promise.resolve([]),
      onTaken: () => undefined,
    },
    maySpeak: () => true,
    observer: { notifySent: () => undefined, notifyDelay: () => undefined, notifyAnswered: () => undefined },
    limits: DEFAULT_NOTIFIER_LIMITS,
    load: () => 0,
    log: quietLog,
  });
  layer.handle(notifier);
  const flow = new AnsweringFlow();
  for (let resource = 0; resource < RESOURCES; resource += 1) {
    lamps.set(`e${resource}`, view(resource, "Idle"));
    for (let watcher = 0; watcher < WATCHERS; watcher += 1) layer.receive(subscribe(resource, watcher), flow);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  flow.answer(layer);

  let cycles = 0;
  const startedAt = performance.now();
  for (let turn = 0; performance.now() - startedAt < RUN_MS; turn += 1) {
    const resource = turn % RESOURCES;
    lamps.set(`e${resource}`, view(resource, Math.floor(turn / RESOURCES) % 2 === 0 ? "Ringing" : "InUse"));
    notifier.changed(`e${resource}`);
    cycles += flow.answer(layer);
    // Reserved numbers and timers get their turn, as on a busy server.
    if (turn % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const ms = performance.now() - startedAt;
  notifier.stop();
  layer.close();
  wheel.close();
  return [{ name: "change → NOTIFY → 200, in the process alone", value: `${perSecond(cycles, ms)} cycles/s` }];
}

/** A socket's share of the work: the message into bytes, the answer out of bytes. */
class AnsweringFlow implements Flow {
  readonly transport = "udp";
  readonly reliable = false;
  readonly remoteHost = "127.0.0.1";
  readonly remotePort = 5062;
  readonly sentBy = "127.0.0.1:5060";
  readonly key = "udp:bench 127.0.0.1:5062";
  readonly closed = false;
  #answers: Buffer[] = [];

  send(message: string): boolean {
    const bytes = Buffer.from(message, "latin1");
    if (!message.startsWith("NOTIFY")) return true;
    const text = bytes.toString("latin1");
    const end = text.indexOf("\r\nContact:");
    this.#answers.push(
      Buffer.from(`SIP/2.0 200 OK${text.slice(text.indexOf("\r\n"), end)}\r\nContent-Length: 0\r\n\r\n`, "latin1"),
    );
    return true;
  }

  /** Hands all waiting 200s in; gives how many there were. */
  answer(layer: TransactionLayer): number {
    const answers = this.#answers;
    this.#answers = [];
    for (const answer of answers) layer.receive(answer.toString("latin1"), this);
    return answers.length;
  }
}

function view(resource: number, state: LampView["state"]): LampView {
  return { extension: `e${resource}`, context: "default", state, since: 0, dialogs: [] };
}

function subscribe(resource: number, watcher: number): string {
  const user = `w${watcher}r${resource}`;
  return (
    `SUBSCRIBE sip:e${resource}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;rport;branch=z9hG4bK${user}\r\nMax-Forwards: 70\r\n` +
    `From: <sip:${user}@127.0.0.1>;tag=${user}\r\nTo: <sip:e${resource}@127.0.0.1>\r\nCall-ID: ${user}\r\nCSeq: 1 SUBSCRIBE\r\n` +
    `Contact: <sip:${user}@127.0.0.1:5062>\r\nEvent: dialog\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n`
  );
}
