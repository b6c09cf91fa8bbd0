import type { Subscription } from "./subscription.ts";

/** The live subscriptions of this node, found by whatever one knows of them. */
export class Subscriptions {
  readonly #byId = new Map<string, Subscription>();
  /** Usages that joined a dialog which another one made (S-59), by our tag of the dialog. */
  readonly #joined = new Map<string, Set<Subscription>>();
  readonly #byResource = new Map<string, Set<Subscription>>();
  /** By Call-ID; most calls have one dialog. */
  readonly #byCall = new Map<string, Subscription | Set<Subscription>>();
  readonly #byDevice = new Map<string, Subscription>();
  readonly #bySource = new Map<string, number>();
  readonly #byAccount = new Map<string, Set<Subscription>>();

  get size(): number {
    return this.#byId.size;
  }

  has(subscription: Subscription): boolean {
    return this.#byId.get(subscription.record.id) === subscription;
  }

  get(id: string): Subscription | undefined {
    return this.#byId.get(id);
  }

  knows(id: string): boolean {
    return this.#byId.has(id);
  }

  add(subscription: Subscription): void {
    const { record } = subscription;
    this.#byId.set(record.id, subscription);
    if (record.id !== record.dialog.localTag) join(this.#joined, record.dialog.localTag, subscription);
    this.#joinCall(record.dialog.callId, subscription);
    join(this.#byResource, record.resource, subscription);
    join(this.#byAccount, record.watcher.aor, subscription);
    this.#byDevice.set(deviceKey(subscription), subscription);
    const source = sourceKey(record.watcher.aor, record.flow.host);
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
  }

  remove(subscription: Subscription): void {
    const { record } = subscription;
    if (!this.#byId.delete(record.id)) return;
    leave(this.#joined, record.dialog.localTag, subscription);
    this.#leaveCall(record.dialog.callId, subscription);
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

  /** The usages of a dialog: our tag names it, Call-ID and the peer's tag must agree. */
  find(localTag: string, callId: string, remoteTag: string): readonly Subscription[] {
    return this.usagesOf(localTag).filter(
      ({ record: { dialog } }) => dialog.localTag === localTag && dialog.callId === callId && dialog.remoteTag === remoteTag,
    );
  }

  /** The usages of the dialog that has this tag of ours (S-59). */
  usagesOf(localTag: string): readonly Subscription[] {
    const made = this.#byId.get(localTag);
    const joined = this.#joined.get(localTag);
    return joined === undefined ? (made === undefined ? [] : [made]) : made === undefined ? [...joined] : [made, ...joined];
  }

  /** The older subscription which `subscription` takes the place of, before it is added: of the same device (S-29), or the same call (S-52). */
  findOlder(subscription: Subscription): Subscription | undefined {
    const found = this.#byDevice.get(deviceKey(subscription)) ?? this.#findSameCall(subscription);
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

  /** Call-ID and From tag again without our tag: the phone has lost its dialog. */
  #findSameCall({ record }: Subscription): Subscription | undefined {
    const { dialog, watcher } = record;
    return this.#ofCall(dialog.callId).find(
      (one) =>
        one.record.dialog.remoteTag === dialog.remoteTag &&
        one.record.dialog.localTag !== dialog.localTag &&
        one.record.watcher.aor === watcher.aor &&
        one.record.resource === record.resource &&
        one.record.event === record.event,
    );
  }

  #ofCall(callId: string): readonly Subscription[] {
    const known = this.#byCall.get(callId);
    return known instanceof Set ? [...known] : known === undefined ? [] : [known];
  }

  #joinCall(callId: string, subscription: Subscription): void {
    const known = this.#byCall.get(callId);
    if (known === undefined) this.#byCall.set(callId, subscription);
    else if (known instanceof Set) known.add(subscription);
    else this.#byCall.set(callId, new Set([known, subscription]));
  }

  #leaveCall(callId: string, subscription: Subscription): void {
    const known = this.#byCall.get(callId);
    if (known === subscription) this.#byCall.delete(callId);
    else if (known instanceof Set && known.delete(subscription) && known.size === 0) this.#byCall.delete(callId);
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
