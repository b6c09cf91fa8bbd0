import { z } from "zod";
import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Binding } from "#sip/registrar/binding";
import { isLeftBehind, type BoundDevice, type RegisteredDevice } from "#sip/subscription/left-behind";
import type { Notifier } from "#sip/subscription/notifier";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import type { FlowDirectory } from "#sip/transport/flow";
import { ID_MAX_CHARS } from "#store/limits";
import type { Change, Store } from "#store/store";
import type { BindingRunner } from "../binding-runner.ts";
import { COLLECTIONS } from "../collections.ts";
import { storedValue } from "../stored-value.ts";

/** Devices whose dialogs are taken at a time: after a power cut a whole office comes to another node, and the store has others to serve. */
const ROUND = 16;
/** Pause before what the store refused is tried again. */
const AGAIN_MS = 1000;
/** Subscriptions that one account may have at a node, and a little more. */
const IDS_MAX = 10_000;

export interface MovedDevicesParts {
  readonly store: Store;
  readonly node: string;
  readonly bindings: Pick<BindingRunner, "live" | "listenMoves">;
  readonly notifier: Pick<Notifier, "subscriptions" | "claim" | "registered">;
  readonly flows: Pick<FlowDirectory, "find">;
  /** Is that node there to take what it is offered? */
  readonly isAlive: (node: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** What one node offers another. */
interface Offer {
  readonly from: string;
  readonly aor: string;
  readonly ids: readonly string[];
  /** Of the word that says so. */
  readonly version: number;
}

/**
 * A device registers at another node than the one that speaks in its dialogs: they follow it there (S-57, S-84). Every node sees every binding,
 * and only the one that has the dialogs knows which they are: it offers them by a word in the store, and the node that has the flow takes them,
 * as it takes a dialog that is refreshed there. A REGISTER costs nothing more until a device has moved, and nothing is searched in the store.
 */
export class MovedDevices {
  readonly #parts: MovedDevicesParts;
  readonly #offered = new Map<string, Offer>();
  #accepting: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: MovedDevicesParts) {
    this.#parts = parts;
  }

  /** Offers what is left here of devices that have moved, also while this node was away, and takes what is offered to it. */
  async start(): Promise<Stop> {
    const { store, bindings, notifier } = this.#parts;
    bindings.listenMoves((aor) => {
      this.#look(aor);
    });
    const stopWatch = await store.watch(COLLECTIONS.offer, (change) => {
      this.#hear(change);
    });
    for (const aor of accountsOf([...notifier.subscriptions.all()].map(({ record }) => record))) this.#look(aor);
    return async () => {
      this.#isStopped = true;
      await stopWatch();
      await this.#accepting;
    };
  }

  /** These were a silent node's: their devices may be with this one, or with a third. */
  settle(records: readonly SubscriptionRecord[]): void {
    for (const aor of accountsOf(records)) {
      for (const device of this.#devicesHere(aor)) this.#parts.notifier.registered(device);
      this.#look(aor);
    }
  }

  /** What was offered to a node that is gone stays where it is. */
  async forget(node: string): Promise<void> {
    const words = await this.#parts.store.readAll(COLLECTIONS.offer);
    const gone = words.filter(({ id }) => readOffer(id)?.to === node);
    await Promise.all(gone.map(({ id }) => this.#commit(id, "any", null)));
  }

  /** Offers what this account's devices have left behind here. One that is still bound over its flow here stays. */
  #look(aor: string): void {
    const { notifier, bindings, node, isAlive } = this.#parts;
    let left = [...notifier.subscriptions.ofAccount(aor)].map(({ record }) => record);
    if (left.length === 0 || this.#isStopped) return;
    const live = bindings.live(aor);
    const boundHere = new Set(live.filter((binding) => binding.node === node).map(({ flow }) => flow.key));
    left = left.filter(({ flow, isShared }) => !boundHere.has(flow.key) && isShared !== true);
    // Of a device that is bound at several, the newest one is the way to it.
    for (const binding of [...live].sort((one, other) => other.registeredAt - one.registeredAt)) {
      if (binding.node === undefined || binding.node === node || !isDirect(binding) || !isAlive(binding.node)) continue;
      const device = deviceOf(aor, binding);
      const moved = left.filter((record) => isLeftBehind(record, device));
      left = left.filter((record) => !moved.includes(record));
      if (moved.length > 0) void this.#offer(binding.node, aor, moved);
    }
  }

  async #offer(to: string, aor: string, records: readonly SubscriptionRecord[]): Promise<void> {
    const { node, clock, log } = this.#parts;
    try {
      await this.#commit(JSON.stringify([to, node, aor]), "any", JSON.stringify(records.map(({ id }) => id)));
      log.info("a device has moved to another node: its dialogs are offered there", { aor, to, dialogs: records.length });
    } catch (error) {
      log.debug("dialogs of a device that has moved could not be offered, trying again", { aor, to, error: String(error) });
      clock.after(AGAIN_MS, () => {
        this.#look(aor);
      });
    }
  }

  #hear({ id, value, version }: Change): void {
    const word = readOffer(id);
    if (word?.to !== this.#parts.node) return;
    const ids = value === undefined ? undefined : storedValue(z.array(z.string()).max(IDS_MAX), value);
    if (ids === undefined) this.#offered.delete(id);
    else this.#offered.set(id, { ...word, ids, version });
    if (this.#offered.size > 0) this.#accepting ??= this.#acceptAll();
  }

  async #acceptAll(): Promise<void> {
    while (this.#offered.size > 0 && !this.#isStopped) {
      const round = [...this.#offered].slice(0, ROUND);
      const outcomes = await Promise.allSettled(round.map(([id, offer]) => this.#accept(id, offer)));
      const failed = outcomes.find(({ status }) => status === "rejected");
      if (failed === undefined) continue;
      this.#parts.log.debug("dialogs of devices that are here now could not be taken, trying again", {
        error: String((failed as PromiseRejectedResult).reason),
      });
      await new Promise<void>((resolve) => this.#parts.clock.after(AGAIN_MS, resolve));
    }
    this.#accepting = undefined;
  }

  async #accept(id: string, offer: Offer): Promise<void> {
    const devices = this.#devicesHere(offer.aor);
    if (devices.length > 0) await this.#parts.notifier.claim(offer.from, offer.ids, devices);
    // On top of this one: a newer word is heard by itself.
    await this.#commit(id, offer.version, null);
    if (this.#offered.get(id) === offer) this.#offered.delete(id);
  }

  #devicesHere(aor: string): RegisteredDevice[] {
    const { bindings, node, flows } = this.#parts;
    return bindings.live(aor).flatMap((binding) => {
      const flow = binding.node === node && isDirect(binding) ? flows.find(binding.flow) : undefined;
      return flow === undefined ? [] : [{ ...deviceOf(aor, binding), flow }];
    });
  }

  #commit(id: string, expect: number | "any", value: string | null): ReturnType<Store["commit"]> {
    return this.#parts.store.commit({ collection: COLLECTIONS.offer, id, expect, value, durability: "written" });
  }
}

function deviceOf(aor: string, { contact, instance, flow }: Binding): BoundDevice {
  return { aor, contact, instance, flow };
}

/** Behind a proxy the flow is the proxy's. */
function isDirect({ path }: Binding): boolean {
  return path.length === 0;
}

function accountsOf(records: readonly SubscriptionRecord[]): ReadonlySet<string> {
  return new Set(records.map(({ watcher }) => watcher.aor));
}

/** To whom, by whom, and of which account; undefined: none of ours wrote it. */
function readOffer(id: string): { readonly to: string; readonly from: string; readonly aor: string } | undefined {
  const parts = id.length > ID_MAX_CHARS ? undefined : storedValue(z.tuple([z.string(), z.string(), z.string()]), id);
  return parts === undefined ? undefined : { to: parts[0], from: parts[1], aor: parts[2] };
}
