import { setImmediate as afterThisTurn } from "node:timers";
import { Worker } from "node:worker_threads";
import type { Log } from "#base/log";
import type { AgreedMedia, MediaEngine, MediaLeg, MediaListener, MediaSource, MediaStatistics } from "./media-engine.ts";
import { MediaError } from "./media-error.ts";
import { reasonOf } from "./reason.ts";
import type { LegEvent, TickCounts, WorkerCommand, WorkerEvent, WorkerSettings } from "./worker-protocol.ts";

/** A peer that sends nothing for so long, no RTCP either, is gone. */
const SILENT_AFTER_MS = 60_000;

/** Until the end of this turn of the event loop: nobody hears anything of it. */
const CAN_WAIT: ReadonlySet<WorkerCommand["type"]> = new Set(["open", "statistics", "ticks", "close"]);

/** What media is started with. */
export interface MediaOptions {
  /** Of RTP and RTCP, both ends included. */
  readonly ports: { readonly from: number; readonly to: number };
  /** A folder for each class of music on hold, with WAV files in it. */
  readonly musicFolder?: string | undefined;
  readonly promptFolder?: string | undefined;
  readonly silentAfterMs?: number | undefined;
  readonly log: Log;
  /** What runs in the thread, when it is not ours. */
  readonly workerFile?: URL | undefined;
}

/** The engine of this folder. */
export interface WorkerMediaEngine extends MediaEngine {
  /** Calls this once when the thread dies: no leg has audio any more, and none can be opened. */
  onFailed(fire: (error: MediaError) => void): void;
  /** How punctual the thread is. */
  ticks(): Promise<TickCounts>;
}

/** Starts the thread of media. Rejects with MediaError when it does not come up. */
export async function openMediaEngine(options: MediaOptions): Promise<WorkerMediaEngine> {
  const engine = new ThreadEngine(options);
  await engine.ready;
  return engine;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: MediaError): void;
}

class ThreadEngine implements WorkerMediaEngine {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #log: Log;
  readonly #listeners = new Map<number, MediaListener>();
  readonly #opening = new Map<number, Waiting<number>>();
  readonly #statistics = new Map<number, Waiting<MediaStatistics>>();
  readonly #ticks = new Map<number, Waiting<TickCounts>>();
  readonly #ended: Promise<void>;
  readonly #onFailed: ((error: MediaError) => void)[] = [];
  #unsent: WorkerCommand[] = [];
  /** What waits is handed over before anything else is read. */
  #isHurried = false;
  #starting: Waiting<void> | undefined;
  #over: MediaError | undefined;
  #isStopping = false;
  #lastId = 0;

  constructor({ ports, musicFolder, promptFolder, silentAfterMs, log, workerFile }: MediaOptions) {
    const workerData: WorkerSettings = {
      ports,
      musicFolder,
      promptFolder,
      silentAfterMs: silentAfterMs ?? SILENT_AFTER_MS,
      tellsDebug: log.tellsDebug,
    };
    this.#log = log;
    this.#worker = workerFile === undefined ? startOurs(workerData) : new Worker(workerFile, { workerData });
    this.ready = new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
    });
    let error: unknown;
    this.#worker.on("message", (event: WorkerEvent) => {
      this.#take(event);
    });
    this.#worker.on("error", (thrown: unknown) => {
      error = thrown;
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#end(code, error);
        resolve();
      });
    });
  }

  async open(host: string, listener: MediaListener): Promise<MediaLeg> {
    const id = ++this.#lastId;
    this.#listeners.set(id, listener);
    try {
      const port = await this.#ask(this.#opening, id, { type: "open", leg: id, host });
      return new ThreadLeg({ id, host, port }, this);
    } catch (error) {
      this.#listeners.delete(id);
      throw error;
    }
  }

  statisticsOf(leg: number): Promise<MediaStatistics> {
    const request = ++this.#lastId;
    return this.#ask(this.#statistics, request, { type: "statistics", leg, request });
  }

  ticks(): Promise<TickCounts> {
    const request = ++this.#lastId;
    return this.#ask(this.#ticks, request, { type: "ticks", request });
  }

  onFailed(fire: (error: MediaError) => void): void {
    this.#onFailed.push(fire);
  }

  /**
   * Tells the thread, with what else there is to tell: waking it costs more than all of that. Nobody hears it when the thread is gone.
   */
  send(command: WorkerCommand): void {
    if (this.#unsent.push(command) === 1) afterThisTurn(this.#handOver);
    if (CAN_WAIT.has(command.type) || this.#isHurried) return;
    this.#isHurried = true;
    process.nextTick(this.#handOver);
  }

  /** Its leg has nothing to say any more. */
  forget(leg: number): void {
    this.#listeners.delete(leg);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.send({ type: "stop" });
    await this.#ended;
  }

  #ask<T>(waiting: Map<number, Waiting<T>>, id: number, command: WorkerCommand): Promise<T> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (this.#isStopping) return Promise.reject(new MediaError("stopped", "media was stopped"));
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      this.send(command);
    });
  }

  readonly #handOver = (): void => {
    const commands = this.#unsent;
    this.#isHurried = false;
    if (commands.length === 0) return;
    this.#unsent = [];
    if (this.#over === undefined) this.#worker.postMessage(commands);
  };

  #take(event: WorkerEvent): void {
    switch (event.type) {
      case "ready":
        this.#starting?.resolve();
        break;
      case "opened":
        taken(this.#opening, event.leg)?.resolve(event.port);
        break;
      case "refused":
        taken(this.#opening, event.leg)?.reject(new MediaError(event.code, event.message));
        break;
      case "statistics":
        this.#takeStatistics(event.request, event.statistics);
        break;
      case "ticks":
        taken(this.#ticks, event.request)?.resolve(event.ticks);
        break;
      case "log":
        this.#log[event.level](event.message, event.fields);
        break;
      default:
        this.#tell(event);
    }
  }

  #takeStatistics(request: number, statistics: MediaStatistics | undefined): void {
    const asker = taken(this.#statistics, request);
    if (statistics === undefined) asker?.reject(new MediaError("stopped", "the leg was closed"));
    else asker?.resolve(statistics);
  }

  #tell(event: LegEvent): void {
    const listener = this.#listeners.get(event.leg);
    switch (event.type) {
      case "digit":
        listener?.onDigit(event.digit);
        break;
      case "played":
        listener?.onPlayed(event.isWhole);
        break;
      case "heard":
        listener?.onHeard();
        break;
      case "silent":
        listener?.onSilent(event.seconds);
        break;
    }
  }

  /** The thread is gone: whoever waits for it is told, and whoever asked to be. */
  #end(code: number, error: unknown): void {
    const why = error === undefined ? `the thread of media ended with code ${code}` : reasonOf(error);
    this.#over = this.#isStopping
      ? new MediaError("stopped", "media was stopped", error)
      : new MediaError("failed", `media failed: ${why}`, error);
    this.#listeners.clear();
    for (const waiting of [this.#opening, this.#statistics, this.#ticks]) {
      for (const each of waiting.values()) each.reject(this.#over);
      waiting.clear();
    }
    this.#starting?.reject(this.#over);
    if (this.#isStopping && error === undefined) return;
    this.#log.error("the thread of media is gone: calls have no audio", { reason: why });
    for (const fire of this.#onFailed) fire(this.#over);
  }
}

/** The thread's file beside this one: what was built, or what starts it out of the sources. */
function startOurs(workerData: WorkerSettings): Worker {
  const file = import.meta.url.endsWith(".ts") ? "./source-worker.mjs" : "./media-worker.js";
  return new Worker(new URL(file, import.meta.url), { workerData });
}

function taken<T>(waiting: Map<number, Waiting<T>>, id: number): Waiting<T> | undefined {
  const found = waiting.get(id);
  waiting.delete(id);
  return found;
}

class ThreadLeg implements MediaLeg {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly #engine: ThreadEngine;

  constructor({ id, host, port }: { id: number; host: string; port: number }, engine: ThreadEngine) {
    this.id = id;
    this.host = host;
    this.port = port;
    this.#engine = engine;
  }

  agree(agreed: AgreedMedia): void {
    this.#engine.send({ type: "agree", leg: this.id, agreed });
  }

  join(bridge: string | undefined): void {
    this.#engine.send({ type: "join", leg: this.id, bridge });
  }

  mute(isMuted: boolean): void {
    this.#engine.send({ type: "mute", leg: this.id, isMuted });
  }

  hear(source: MediaSource | undefined): void {
    this.#engine.send({ type: "hear", leg: this.id, source });
  }

  sendDigits(digits: string): void {
    this.#engine.send({ type: "digits", leg: this.id, digits });
  }

  statistics(): Promise<MediaStatistics> {
    return this.#engine.statisticsOf(this.id);
  }

  close(): void {
    this.#engine.send({ type: "close", leg: this.id });
    this.#engine.forget(this.id);
  }
}
