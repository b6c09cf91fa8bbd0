import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { liveBindings, type Binding } from "#sip/registrar/binding";
import { livesWithFlow } from "#sip/registrar/flow-bindings";
import type { BindingStore } from "#sip/registrar/registrar";
import type { Change, DueTimer, Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { runAggregate, type TimedDecision } from "./run-aggregate.ts";
import { storedBindings } from "./stored-shapes.ts";
import { storedValue } from "./stored-value.ts";

const EXPIRY_TIMER = "expiry";
/** Accounts that are changed at once: a whole office may have been connected. */
const ROUND = 100;
const NONE: readonly Binding[] = [];

/** Keeps bindings in the store and knows all of them, whichever node they were made on. */
export class BindingRunner implements BindingStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #bindings = new Map<string, readonly Binding[]>();
  #onChange: (aor: string) => void = () => undefined;
  #onMoved: (aor: string) => void = () => undefined;

  constructor(parts: { readonly store: Store; readonly clock: Clock; readonly log: Log }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Starts following the store; resolves when all bindings are known. `onChange` is told of every account whose bindings changed. */
  async start(onChange: (aor: string) => void): Promise<Stop> {
    this.#onChange = onChange;
    const take = ({ id, value }: Change): void => {
      const before = this.#bindings.get(id) ?? NONE;
      const after = value === undefined ? NONE : this.#readBindings(id, value);
      if (value === undefined) this.#bindings.delete(id);
      else this.#bindings.set(id, after);
      this.#onChange(id);
      if (!areSamePlaces(before, after)) this.#onMoved(id);
    };
    return this.#store.watch(COLLECTIONS.binding, take, ({ id, value }) => decide(this.#readBindings(id, value)).timers);
  }

  /** `listener` is told of every account that is reached over other flows, or at another node, than before; of no refresh. */
  listenMoves(listener: (aor: string) => void): void {
    this.#onMoved = listener;
  }

  live(aor: string): readonly Binding[] {
    return liveBindings(this.#bindings.get(aor) ?? NONE, this.#clock.now());
  }

  accounts(): readonly string[] {
    return [...this.#bindings.keys()];
  }

  async read(aor: string): Promise<readonly Binding[]> {
    const record = await this.#store.read(COLLECTIONS.binding, aor);
    return record === undefined ? NONE : this.#readBindings(aor, record.value);
  }

  async change(aor: string, reduce: (bindings: readonly Binding[]) => readonly Binding[]): Promise<void> {
    await runAggregate(this.#store, COLLECTIONS.binding, aor, (current) => {
      const before = current === undefined ? NONE : this.#readBindings(aor, current.value);
      const after = reduce(before);
      return after === before ? { value: undefined } : decide(after);
    });
  }

  /** The process of this node that was is gone, with its connections: bindings that live with one end (S-92, R-12), as long as `mayEnd`. */
  async endConnectionsOf(node: string, mayEnd: () => boolean = () => true): Promise<void> {
    const isGone = (binding: Binding): boolean => binding.node === node && livesWithFlow(binding);
    const accounts = this.accounts().filter((aor) => this.#bindings.get(aor)?.some(isGone) === true);
    const endOf = (aor: string): Promise<void> =>
      this.change(aor, (bindings) => (bindings.some(isGone) ? bindings.filter((binding) => !isGone(binding)) : bindings));
    for (let at = 0; at < accounts.length && mayEnd(); at += ROUND) await Promise.all(accounts.slice(at, at + ROUND).map(endOf));
  }

  /** A binding is due to end. */
  expire = async ({ id }: DueTimer): Promise<void> => {
    await runAggregate(this.#store, COLLECTIONS.binding, id, (current) =>
      decide(current === undefined ? NONE : liveBindings(this.#readBindings(id, current.value), this.#clock.now())),
    );
  };

  #readBindings(aor: string, value: string): readonly Binding[] {
    const bindings = storedValue(storedBindings, value);
    if (bindings === undefined) this.#log.error("stored bindings cannot be read and count as none", { aor });
    return bindings ?? NONE;
  }
}

function areSamePlaces(left: readonly Binding[], right: readonly Binding[]): boolean {
  const isIn = (bindings: readonly Binding[], { node, flow }: Binding): boolean =>
    bindings.some((one) => one.node === node && one.flow.key === flow.key);
  return left.every((one) => isIn(right, one)) && right.every((one) => isIn(left, one));
}

function decide(bindings: readonly Binding[]): TimedDecision {
  const dueAt = bindings.length === 0 ? null : Math.min(...bindings.map((binding) => binding.expiresAt));
  return { value: bindings.length === 0 ? null : JSON.stringify(bindings), timers: [{ name: EXPIRY_TIMER, dueAt }] };
}
