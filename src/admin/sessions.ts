import type { Clock } from "#base/clock";
import type { Random } from "#base/random";

const SESSION_MS = 12 * 3_600_000;
const SESSIONS_MAX = 1000;
const ID_BITS = 256;
/** Failed sign-ins of one source within the window. */
const FAILURES_MAX = 20;
const WINDOW_MS = 600_000;
const SOURCES_MAX = 10_000;

/** Signed-in browsers, in memory: a restart asks to sign in again. */
export class Sessions {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #until = new Map<string, number>();
  readonly #failures = new Map<string, { count: number; readonly since: number }>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  open(): { readonly id: string; readonly maxAgeMs: number } {
    if (this.#until.size >= SESSIONS_MAX) this.#until.delete(this.#until.keys().next().value ?? "");
    const id = this.#random.token(ID_BITS);
    this.#until.set(id, this.#clock.now() + SESSION_MS);
    return { id, maxAgeMs: SESSION_MS };
  }

  isOpen(id: string | undefined): boolean {
    const until = id === undefined ? undefined : this.#until.get(id);
    return until !== undefined && until > this.#clock.now();
  }

  close(id: string | undefined): void {
    if (id !== undefined) this.#until.delete(id);
  }

  isBlocked(source: string): boolean {
    const failures = this.#failures.get(source);
    return failures !== undefined && this.#clock.now() - failures.since < WINDOW_MS && failures.count >= FAILURES_MAX;
  }

  noteFailure(source: string): void {
    const known = this.#failures.get(source);
    if (known !== undefined && this.#clock.now() - known.since < WINDOW_MS) {
      known.count += 1;
      return;
    }
    this.#failures.delete(source);
    if (this.#failures.size >= SOURCES_MAX) this.#failures.delete(this.#failures.keys().next().value ?? "");
    this.#failures.set(source, { count: 1, since: this.#clock.now() });
  }
}
