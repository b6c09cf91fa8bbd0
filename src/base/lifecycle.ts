/** Ends what a start began. Resolves when nothing of it is left: no socket, timer or file handle. */
export type Stop = () => Promise<void>;

/** Collects the stops of what was started and calls them in reverse order; a failing stop does not keep the others from running. */
export class Lifecycle {
  readonly #stops: Stop[] = [];

  add(stop: Stop): void {
    this.#stops.push(stop);
  }

  /** Stops everything, newest first; rejects afterwards with the first error met. */
  async stop(): Promise<void> {
    let failure: unknown;
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure instanceof Error ? failure : new Error("stop failed", { cause: failure });
  }
}
