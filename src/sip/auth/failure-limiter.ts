/** Wrong answers from one source within the window before it is refused without a look (G-11, design §9.16). */
const FAILURES_MAX = 20;
const WINDOW_MS = 600_000;
/** Sources tracked; beyond it the oldest goes. */
const SOURCES_MAX = 50_000;

interface Count {
  failures: number;
  readonly since: number;
}

/**
 * Counts wrong answers to fresh nonces per source and account. First challenges cost nothing, so an office behind one address is not
 * hurt; the account stays open to other sources. Only pairs that failed are tracked.
 */
export class FailureLimiter {
  readonly #counts = new Map<string, Count>();

  isBlocked(source: string, account: string, now: number): boolean {
    return this.#isOver(key(source, account), FAILURES_MAX, now) || this.#isOver(sourceKey(source), FAILURES_MAX * 5, now);
  }

  note(source: string, account: string, now: number): void {
    this.#add(key(source, account), now);
    this.#add(sourceKey(source), now);
  }

  #add(name: string, now: number): void {
    const count = this.#counts.get(name);
    if (count !== undefined && now - count.since < WINDOW_MS) {
      count.failures += 1;
      return;
    }
    this.#counts.delete(name);
    if (this.#counts.size >= SOURCES_MAX) this.#counts.delete(this.#counts.keys().next().value ?? "");
    this.#counts.set(name, { failures: 1, since: now });
  }

  #isOver(name: string, max: number, now: number): boolean {
    const count = this.#counts.get(name);
    return count !== undefined && now - count.since < WINDOW_MS && count.failures >= max;
  }
}

function key(source: string, account: string): string {
  return `${sourceKey(source)} ${account}`;
}

/** IPv6 hosts own a /64. */
function sourceKey(source: string): string {
  return source.includes(":") ? source.split(":").slice(0, 4).join(":") : source;
}
