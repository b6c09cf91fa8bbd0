import type { Subscription } from "./subscription.ts";

/** The live subscriptions of this node, found by whatever one knows of them. */
export class Subscriptions {
  readonly #byId = new Map<string, Subscription>();
  readonly #byResource = new Map<string, Set<Subscription>>();
  readonly #byDevice = new Map<string, Subscription>();
  readonly #bySource = new Map<string, number>();
  readonly #byAccount = new Map<string, Set<Subscription>>();

  get size(): number {
    return this.#byId.size;
  }

  has(subscription: Subscription): boolean {
    return this.#byId.get(subscription.record.id) === subscription;
  }

  knows(id: string): boolean {
    return this.#byId.has(id);
  }

  add(subscription: Subscription): void {
    const { record } = subscription;
    this.#byId.set(record.id, subscription);
    join(this.#byResource, record.resource, subscription);
    join(this.#byAccount, record.watcher.aor, subscription);
    this.#byDevice.set(deviceKey(subscription), subscription);
    const source = sourceKey(record.watcher.aor, record.flow.host);
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
  }

  remove(subscription: Subscription): void {
    const { record } = subscription;
    if (!this.#byId.delete(record.id)) return;
    leave(this.#byResource, record.resource, subscription);
    leave(this.#byAccount, record.watcher.aor, subscription);
    const key = deviceKey(subscription);
    if (this.#byDevice.get(key) === subscription) this.#handBack(key, subscription);
    this.#countDown(sourceKey(record.watcher.aor, record.flow.host));
  }

  /** Keeps counts and devices right when a refresh comes from another address. */
  move(subscription: Subscription, change: () => void): void {
    const { record } = subscription;
    const keyBefore = deviceKey(subscription);
    this.#countDown(sourceKey(record.watcher.aor, record.flow.host));
    change();
    const source = sourceKey(subscription.record.watcher.aor, subscription.record.flow.host);
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
    const key = deviceKey(subscription);
    if (key === keyBefore) return;
    if (this.#byDevice.get(keyBefore) === subscription) this.#byDevice.delete(keyBefore);
    if (!this.#byDevice.has(key)) this.#byDevice.set(key, subscription);
  }

  /** The subscription of a dialog: our tag names it, Call-ID and the peer's tag must agree. */
  find(localTag: string, callId: string, remoteTag: string): Subscription | undefined {
    const subscription = this.#byId.get(localTag);
    if (subscription === undefined) return undefined;
    const { dialog } = subscription.record;
    return dialog.callId === callId && dialog.remoteTag === remoteTag ? subscription : undefined;
  }

  /** The older subscription which `subscription` takes the place of (S-29, S-52), before it is added. */
  findSameDevice(subscription: Subscription): Subscription | undefined {
    const found = this.#byDevice.get(deviceKey(subscription));
    // What is over by now is let go: a phone may subscribe for ever and never acknowledge.
    for (let one = found; one?.replaces !== undefined;) {
      if (this.has(one.replaces)) one = one.replaces;
      else one.replaces = one.replaces.replaces;
    }
    return found;
  }

  watchersOf(resource: string): ReadonlySet<Subscription> | undefined {
    return this.#byResource.get(resource);
  }

  ofAccount(aor: string): Iterable<Subscription> {
    return this.#byAccount.get(aor) ?? [];
  }

  countOf(aor: string, sourceHost: string): number {
    return this.#bySource.get(sourceKey(aor, sourceHost)) ?? 0;
  }

  all(): IterableIterator<Subscription> {
    return this.#byId.values();
  }

  /** What a subscription was to replace stands in for it again. */
  #handBack(key: string, gone: Subscription): void {
    let older = gone.replaces;
    while (older !== undefined && !this.has(older)) older = older.replaces;
    if (older === undefined) this.#byDevice.delete(key);
    else this.#byDevice.set(key, older);
  }

  #countDown(source: string): void {
    const left = (this.#bySource.get(source) ?? 1) - 1;
    if (left === 0) this.#bySource.delete(source);
    else this.#bySource.set(source, left);
  }
}

function join(sets: Map<string, Set<Subscription>>, key: string, subscription: Subscription): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([subscription]));
  else known.add(subscription);
}

function leave(sets: Map<string, Set<Subscription>>, key: string, subscription: Subscription): void {
  const known = sets.get(key);
  known?.delete(subscription);
  if (known?.size === 0) sets.delete(key);
}

/** Equal keys = the same phone asks for the same thing again (design §9.7). An absent Event id is a value of its own: it is part of `event`. */
function deviceKey({ record }: Subscription): string {
  return [record.watcher.device, record.watcher.aor, record.resource, record.event].join("\n");
}

function sourceKey(aor: string, host: string): string {
  return `${host}\n${aor}`;
}
