/** Lets somebody wait for what others bring: they ring, and he looks again. */
export class Bell {
  readonly #listeners = new Set<() => void>();

  /** There is news. */
  ring(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** What `look` finds, at once or at a ring; undefined when the time is over. */
  async until<T>(look: () => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const leftMs = giveUpAt - performance.now();
      if (leftMs <= 0) return undefined;
      await this.#rung(leftMs);
    }
  }

  #rung(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#listeners.add(done);
    });
  }
}
