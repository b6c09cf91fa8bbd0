import { monitorEventLoopDelay, type IntervalHistogram } from "node:perf_hooks";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Live figures read when somebody asks for them. */
export interface MetricsSource {
  subscriptions(): number;
  registrations(): number;
  publications(): number;
  /** Does the store keep what is new? */
  storeIsWritable(): boolean;
  clientTransactions(): number;
  serverTransactions(): number;
  repeats(): number;
  parseFailures(): number;
  wrongPasswords(): number;
  /** Sources that are shut out, whole or for an account. */
  banned(): number;
  /** Messages dropped unread, by reason. */
  drops(): Readonly<Record<string, number>>;
  transports(): readonly TransportFigures[];
  /** undefined: nobody has had audio yet. */
  media(): Promise<MediaFigures | undefined>;
}

/** The thread that mixes audio: its ticks of 20 ms, and the parties of calls. */
export interface MediaFigures {
  readonly done: number;
  /** Of those done: after their own 20 ms. */
  readonly late: number;
  readonly missed: number;
  readonly busyMs: number;
  readonly legs: number;
}

/** One SIP transport. */
export interface TransportFigures {
  readonly transport: string;
  readonly connections: number;
  readonly counts: { readonly received: number; readonly sent: number; readonly refused: number };
}

/** Seconds; a lamp is expected within a few milliseconds (design §8). */
const DELAY_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

/** How often the event loop is asked how late it is. */
const LAG_EVERY_MS = 10;
const LAG_QUANTILES = [0.5, 0.99, 1];

/** Metrics of one server in Prometheus's words. Also the notifier's observer: its methods cost an addition each. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #sent = new Map<string, number>();
  readonly #answered = new Map<string, number>();
  readonly #delay: Histogram;
  /** How late the event loop gets to its timers. */
  readonly #lag = monitorEventLoopDelay({ resolution: LAG_EVERY_MS });
  readonly #published: Counter<"package" | "outcome">;

  constructor(source: MetricsSource) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, prefix: "lamplighter_" });
    loopLag(this.#lag, registers);
    tally("lamplighter_notify_sent_total", "NOTIFYs sent, repeats not counted", "package", this.#sent, registers);
    tally(
      "lamplighter_notify_answered_total",
      "Ends of NOTIFYs: ok, refused, failed, timeout",
      "outcome",
      this.#answered,
      registers,
    );
    this.#delay = new Histogram({
      name: "lamplighter_notify_delay_seconds",
      help: "From a change to the socket",
      buckets: DELAY_BUCKETS,
      registers,
    });
    this.#published = new Counter({
      name: "lamplighter_publish_total",
      help: "PUBLISHes of known senders by what came of them: created, refreshed, modified, removed, stale (412), refused",
      labelNames: ["package", "outcome"],
      registers,
    });
    gauge("lamplighter_subscriptions", "Live subscriptions of this node", () => source.subscriptions(), registers);
    gauge("lamplighter_registrations", "Accounts with a live contact", () => source.registrations(), registers);
    gauge("lamplighter_publications", "Publications in the store", () => source.publications(), registers);
    gauge(
      "lamplighter_store_writable",
      "1: the store keeps what is new; 0: it refuses it (a full Redis), or cannot be used",
      () => Number(source.storeIsWritable()),
      registers,
    );
    gauge("lamplighter_client_transactions", "Requests of ours without an end", () => source.clientTransactions(), registers);
    gauge(
      "lamplighter_server_transactions",
      "Requests of peers that are kept for repeats",
      () => source.serverTransactions(),
      registers,
    );
    counter("lamplighter_request_repeats_total", "Requests of ours sent again", () => source.repeats(), registers);
    counter("lamplighter_parse_failures_total", "Messages that could not be read", () => source.parseFailures(), registers);
    counter("lamplighter_wrong_passwords_total", "Wrong answers to challenges", () => source.wrongPasswords(), registers);
    gauge(
      "lamplighter_sip_bans",
      "Sources shut out for wrong passwords, whole or for an account",
      () => source.banned(),
      registers,
    );
    byReason(() => source.drops(), registers);
    byTransport(() => source.transports(), registers);
    audio(() => source.media(), registers);
  }

  notifySent(packageName: string): void {
    this.#sent.set(packageName, (this.#sent.get(packageName) ?? 0) + 1);
  }

  notifyDelay(delayMs: number): void {
    this.#delay.observe(delayMs / 1000);
  }

  notifyAnswered(outcome: "ok" | "refused" | "failed" | "timeout"): void {
    this.#answered.set(outcome, (this.#answered.get(outcome) ?? 0) + 1);
  }

  published(packageName: string, outcome: string): void {
    this.#published.inc({ package: packageName, outcome });
  }

  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  stop(): void {
    this.#lag.disable();
    this.#registry.clear();
  }
}

/** Since the figures were read the last time: whoever scrapes sees every pause once. */
function loopLag(lag: IntervalHistogram, registers: Registry[]): void {
  lag.enable();
  new Gauge({
    name: "lamplighter_event_loop_lag_seconds",
    help: "How late the event loop was since the last scrape, by quantile",
    labelNames: ["quantile"],
    registers,
    collect() {
      // The monitor measures whole turns of its timer: the interval itself is not lag.
      for (const quantile of LAG_QUANTILES) {
        const ms = lag.count === 0 ? 0 : lag.percentile(quantile * 100) / 1e6 - LAG_EVERY_MS;
        this.set({ quantile: String(quantile) }, Math.max(0, ms) / 1000);
      }
      lag.reset();
    },
  });
}

function gauge(name: string, help: string, read: () => number, registers: Registry[]): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}

/** Counted elsewhere since the start: read, not kept. */
function counter(name: string, help: string, read: () => number, registers: Registry[]): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

/** What was dropped unread. */
function byReason(read: () => Readonly<Record<string, number>>, registers: Registry[]): void {
  new Counter({
    name: "lamplighter_sip_dropped_total",
    help: "SIP messages dropped unread: banned, rate, scanner",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(read())) this.inc({ reason }, count);
    },
  });
}

/** Counted in a map, by the one label: a counter of the library looks its labels up for every addition. */
function tally(name: string, help: string, label: string, counts: ReadonlyMap<string, number>, registers: Registry[]): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers,
    collect() {
      this.reset();
      for (const [value, count] of counts) this.inc({ [label]: value }, count);
    },
  });
}

/** Figures of SIP by transport. */
function byTransport(read: () => readonly TransportFigures[], registers: Registry[]): void {
  new Gauge({
    name: "lamplighter_sip_connections",
    help: "Live SIP connections",
    labelNames: ["transport"],
    registers,
    collect() {
      for (const { transport, connections } of read()) this.set({ transport }, connections);
    },
  });
  const counters = {
    received: ["lamplighter_sip_messages_received_total", "SIP messages received, repeats included"],
    sent: ["lamplighter_sip_messages_sent_total", "SIP messages sent, repeats included"],
    refused: ["lamplighter_sip_connections_refused_total", "SIP connections not taken: too many, not allowed, or no handshake"],
  } as const;
  for (const kind of ["received", "sent", "refused"] as const) {
    const [name, help] = counters[kind];
    new Counter({
      name,
      help,
      labelNames: ["transport"],
      registers,
      collect() {
        this.reset();
        for (const { transport, counts } of read()) this.inc({ transport }, counts[kind]);
      },
    });
  }
}

/** Audio of calls. Nothing is said of it before the first one. */
function audio(read: () => Promise<MediaFigures | undefined>, registers: Registry[]): void {
  new Counter({
    name: "lamplighter_media_ticks_total",
    help: "Ticks of 20 ms of the mixing of audio: in_time, late (made up for), missed (parties heard a gap)",
    labelNames: ["outcome"],
    registers,
    async collect() {
      const media = await read();
      this.reset();
      if (media === undefined) return;
      const { done, late, missed } = media;
      for (const [outcome, count] of Object.entries({ in_time: done - late, late, missed })) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: "lamplighter_media_busy_seconds_total",
    help: "Time that mixing and sending took of all ticks",
    registers,
    async collect() {
      const media = await read();
      this.reset();
      this.inc((media?.busyMs ?? 0) / 1000);
    },
  });
  new Gauge({
    name: "lamplighter_media_legs",
    help: "Parties of calls that have ports for audio",
    registers,
    async collect() {
      this.set((await read())?.legs ?? 0);
    },
  });
}
