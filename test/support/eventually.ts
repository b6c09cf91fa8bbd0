/** Within the limits of tests: what is read in the end is why it did not work, not that the test took too long. */
const GIVE_UP_MS = 25_000;
/** Not at once: what is waited for needs the processor too. */
const PAUSE_MS = 10;

/**
 * Tries until it works: what comes by itself tells nobody when, only trying does. Fails with the attempt's own error when the time is over; whoever
 * has more or less of it says so.
 */
export async function eventually<T>(attempt: () => T | Promise<T>, maxMs = GIVE_UP_MS): Promise<T> {
  const giveUpAt = performance.now() + maxMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
