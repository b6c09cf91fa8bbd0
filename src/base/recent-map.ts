/**
 * A map that forgets: what nobody set for a while, and early when there is too much. Two maps take turns, so forgetting costs nothing per
 * entry. An entry is kept for `lifeMs` at least, unless `entriesMax` is reached.
 */
export class RecentMap<V> {
  readonly #lifeMs: number;
  readonly #halfMax: number;
  readonly #onForget: (values: Iterable<V>) => void;
  #current = new Map<string, V>();
  #previous = new Map<string, V>();
  #since = -Infinity;

  constructor(
    limits: { readonly lifeMs: number; readonly entriesMax: number },
    onForget: (values: Iterable<V>) => void = () => undefined,
  ) {
    this.#lifeMs = limits.lifeMs;
    this.#halfMax = limits.entriesMax / 2;
    this.#onForget = onForget;
  }

  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  get(key: string): V | undefined {
    return this.#current.get(key) ?? this.#previous.get(key);
  }

  set(key: string, value: V, now: number): void {
    if (this.#current.size >= this.#halfMax || now - this.#since >= this.#lifeMs) this.#turn(now);
    this.#previous.delete(key);
    this.#current.set(key, value);
  }

  /** All that is kept, in no order. */
  *entries(): IterableIterator<[string, V]> {
    yield* this.#previous.entries();
    yield* this.#current.entries();
  }

  delete(key: string): void {
    this.#current.delete(key);
    this.#previous.delete(key);
  }

  #turn(now: number): void {
    const forgotten = this.#previous;
    this.#previous = this.#current;
    this.#current = new Map();
    this.#since = now;
    this.#onForget(forgotten.values());
  }
}
