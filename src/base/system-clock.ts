import type { Clock, StopTimer } from "./clock.ts";

/** The longest delay that the runtime's timers hold: 24.8 days. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(delayMs: number, fire: () => void): StopTimer {
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const partMs = Math.min(leftMs, TIMER_MAX_MS);
      timer = setTimeout(() => {
        if (leftMs > partMs) arm(leftMs - partMs);
        else fire();
      }, partMs);
    };
    arm(Math.max(0, delayMs));
    return () => {
      clearTimeout(timer);
    };
  },
};
