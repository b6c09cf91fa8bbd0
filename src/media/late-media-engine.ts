import type { Log } from "#base/log";
import type { MediaEngine, MediaLeg, MediaListener } from "./media-engine.ts";
import type { WorkerMediaEngine } from "./worker-media-engine.ts";
import type { TickCounts } from "./worker-protocol.ts";

/** A thread that starts with the first leg, so that a server without calls has none, and starts anew for the next leg when it has died. */
export class LateMediaEngine implements MediaEngine {
  readonly #start: () => Promise<WorkerMediaEngine>;
  readonly #log: Log;
  #engine: Promise<WorkerMediaEngine> | undefined;

  constructor(start: () => Promise<WorkerMediaEngine>, log: Log) {
    this.#start = start;
    this.#log = log;
  }

  async open(host: string, listener: MediaListener): Promise<MediaLeg> {
    this.#engine ??= this.#started();
    return (await this.#engine).open(host, listener);
  }

  /** How punctual the thread is; undefined: there is none. */
  async ticks(): Promise<TickCounts | undefined> {
    // One that did not start, or dies now, has nothing to say.
    return this.#engine?.then((engine) => engine.ticks()).catch(() => undefined);
  }

  async stop(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    // One that did not start needs no stop.
    await (await engine?.catch(() => undefined))?.stop();
  }

  async #started(): Promise<WorkerMediaEngine> {
    try {
      const engine = await this.#start();
      engine.onFailed((error) => {
        this.#engine = undefined;
        this.#log.error("the thread of audio died: calls that are up have none any more, the next ones do", {
          error: error.message,
        });
      });
      return engine;
    } catch (error) {
      this.#engine = undefined;
      throw error;
    }
  }
}
