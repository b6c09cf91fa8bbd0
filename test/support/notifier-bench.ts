import assert from "node:assert/strict";
import { quietLog } from "#base/log";
import { TimerWheel } from "#base/timer-wheel";
import type { LampView } from "#domain/lamp/lamp-view";
import { EVENT_PACKAGES } from "#event-packages/registry";
import { DEFAULT_NOTIFIER_LIMITS, type NotifierLimits } from "#sip/subscription/limits";
import { REJECTED, type ListState } from "#sip/subscription/list";
import { Notifier } from "#sip/subscription/notifier";
import type { ResourceDirectory, Sender } from "#sip/subscription/ports";
import type { PackageRegistry } from "#sip/subscription/subscribe-request";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { ServerTransaction } from "#sip/transaction/user";
import { FakeClock, settle } from "./fake-clock.ts";
import { MemorySubscriptions } from "./memory-subscriptions.ts";
import { NO_HOLDINGS } from "./no-holdings.ts";
import { Phone, type PhoneParts } from "./phone.ts";
import { SeededRandom } from "./seeded-random.ts";

export interface BenchOptions {
  readonly limits?: Partial<NotifierLimits>;
  readonly tickMs?: number;
  readonly seed?: number;
  readonly packages?: PackageRegistry;
}

const PACKAGES: PackageRegistry = new Map(EVENT_PACKAGES.map((eventPackage) => [eventPackage.name, eventPackage]));

/** Longest step of time without a look at promises. */
const STEP_MS = 1000;

/** The real notifier on the real transactions: message text in, message text out, time by hand, a store in memory. */
export class NotifierBench {
  readonly clock = new FakeClock();
  readonly store = new MemorySubscriptions();
  readonly random: SeededRandom;
  /** Extensions that can be watched, under the host pbx.example. */
  readonly lamps = new Map<string, LampView>();
  /** Accounts that a reload took every right from. */
  readonly barred = new Set<string>();
  /** What the site says of how watchers are told things. */
  profile: string | undefined;
  seesCallers = true;
  /** What becomes of a body that asks for a change of a resource. */
  command: ResourceDirectory["command"] = () => Promise.resolve(undefined);
  /** Share of the other budgets of the node that is used up. */
  load = 0;
  /** Figures that the notifier reported. */
  readonly observed = { sent: 0, delays: [] as number[], answers: [] as string[] };
  /** Who is asking; undefined = answered 401 already. Default: the account of the From header. */
  authenticate: (transaction: ServerTransaction) => Sender | undefined = accountOfFrom;
  notifier!: Notifier;
  layer!: TransactionLayer;
  readonly phones: Phone[] = [];
  /** Lists that can be watched: their members, in order. */
  readonly lists = new Map<string, readonly string[]>();
  readonly #listStates = new Map<string, ListState>();
  readonly #options: BenchOptions;
  #wheel!: TimerWheel;

  constructor(options: BenchOptions = {}) {
    this.#options = options;
    this.random = new SeededRandom(options.seed ?? 1);
    for (const extension of ["1001", "1002", "1003"]) this.lamps.set(extension, lampOf(extension));
    this.#start();
  }

  readonly warnings: string[] = [];

  /** False: other nodes may speak in the dialogs of this one. */
  maySpeak = true;

  /** A phone with an address of its own. */
  phone(parts: PhoneParts = {}): Phone {
    const phone = new Phone({ port: 5060 + this.phones.length, ...parts }, (text, flow) => {
      this.layer.receive(text, flow);
    });
    this.phones.push(phone);
    return phone;
  }

  /** The extension shows something else from now on. */
  async show(extension: string, state: LampView["state"], dialogs: LampView["dialogs"] = []): Promise<void> {
    this.lamps.set(extension, { ...lampOf(extension), state, dialogs, since: this.clock.now() });
    this.notifier.changed(extension);
    for (const [name, members] of this.lists) if (members.includes(extension)) this.notifier.changed(listKey(name));
    await settle();
  }

  /** A reload takes the extension away. */
  async withdraw(extension: string): Promise<void> {
    this.lamps.delete(extension);
    this.notifier.removed(extension);
    await settle();
  }

  /** Time passes; what waits for promises gets its turns in between. */
  async pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) await this.clock.advanceAndSettle(Math.min(leftMs, STEP_MS));
    await settle();
  }

  /** Time passes in strides, for hours: timers fire at their moment, promises run once a stride. */
  async passLong(ms: number, strideMs = 10_000): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= strideMs) {
      this.clock.advance(Math.min(leftMs, strideMs));
      await settle();
    }
  }

  /** The process ends and another one goes on with what is stored. Nobody has called `resume` yet. */
  restart(): void {
    this.end();
    this.#start();
    this.notifier.restore([...this.store.records.values()]);
  }

  /** Everything is stopped and no timer is left. */
  end(): void {
    this.notifier.stop();
    this.layer.close();
    this.#wheel.close();
    assert.equal(this.clock.pending, 0, "a timer of the runtime was left behind");
  }

  #start(): void {
    const { clock, random, store } = this;
    const wheel = new TimerWheel(clock, this.#options.tickMs ?? 25);
    this.#wheel = wheel;
    this.layer = new TransactionLayer({ wheel, random, log: quietLog, mayRepeat: () => this.maySpeak });
    this.notifier = new Notifier({
      node: "node-1",
      maySpeak: () => this.maySpeak,
      clock,
      random,
      wheel,
      clients: this.layer.clients,
      flows: {
        record: ({ transport, remoteHost: host, remotePort: port, key }) => ({
          transport,
          listener: "udp:test",
          host,
          port,
          key,
        }),
        find: (record) => this.phones.map((phone) => phone.flow).find((flow) => flow.key === record.key && !flow.closed),
      },
      authenticate: (transaction) => this.authenticate(transaction),
      directory: this.#directory(),
      packages: this.#options.packages ?? PACKAGES,
      store,
      observer: {
        notifySent: () => {
          this.observed.sent += 1;
        },
        notifyDelay: (delayMs) => this.observed.delays.push(delayMs),
        notifyAnswered: (outcome) => this.observed.answers.push(outcome),
      },
      load: () => this.load,
      limits: { ...DEFAULT_NOTIFIER_LIMITS, expiryJitter: 0, ...this.#options.limits },
      log: { ...quietLog, warn: (message) => this.warnings.push(message) },
    });
    this.layer.handle(this.notifier);
  }

  /** A reload: the list has other members. */
  async relist(name: string, members: readonly string[]): Promise<void> {
    this.lists.set(name, members);
    this.notifier.changed(listKey(name));
    await settle();
  }

  /** Equal object = nothing changed; a member without a lamp may not be seen. */
  #listState(resource: string): ListState | undefined {
    const members = this.lists.get(resource.slice(listKey("").length));
    if (members === undefined) return undefined;
    const before = this.#listStates.get(resource);
    const states = members.map((user): unknown => this.lamps.get(user) ?? REJECTED);
    const isSame = before?.layout.members.map(({ user }) => user).join() === members.join();
    if (before !== undefined && isSame && before.states.every((state, at) => state === states[at])) return before;
    const layout =
      before !== undefined && isSame ? before.layout : { members: members.map((user) => ({ user, name: `Key ${user}` })) };
    const state = { layout, states };
    this.#listStates.set(resource, state);
    return state;
  }

  #directory(): ResourceDirectory {
    return {
      isOurHost: (host) => ["pbx.example", "192.0.2.1"].includes(host.toLowerCase()),
      find: (_package, user) => (this.lamps.has(user) ? user : this.lists.has(user) ? listKey(user) : undefined),
      isList: (resource) => resource.startsWith(listKey("")),
      mannerOf: () => ({ profile: this.profile, seesCallers: this.seesCallers }),
      command: (resource, body) => this.command(resource, body),
      ...NO_HOLDINGS,
      mayWatch: (_resource, sender) => sender.type === "trusted" || !this.barred.has(sender.name),
      state: (resource) => (resource.startsWith(listKey("")) ? this.#listState(resource) : this.lamps.get(resource)),
    };
  }
}

function listKey(name: string): string {
  return `list ${name}`;
}

/** An idle lamp. */
export function lampOf(extension: string): LampView {
  return { extension, context: "default", state: "Idle", since: 0, dialogs: [] };
}

function accountOfFrom({ request }: ServerTransaction): Sender {
  return { type: "account", name: /^sips?:([^@]*)@/.exec(request.from.uri)?.[1] ?? "" };
}
