import type { SubscriptionStore } from "#sip/subscription/ports";
import type { SubscriptionRecord } from "#sip/subscription/subscription";

/** Subscriptions in a map. Writes of one record take effect in order, as in the real stores. */
export class MemorySubscriptions implements SubscriptionStore {
  readonly records = new Map<string, SubscriptionRecord>();
  /** Set it and every call is refused. */
  isDown = false;
  saves = 0;
  readonly #others = new Map<string, SubscriptionRecord>();
  #gate: Promise<void> | undefined;
  #open: () => void = () => undefined;
  #onTaken: (id: string) => void = () => undefined;

  /** From now on nothing is durable until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#gate = undefined;
    this.#open();
  }

  async save(record: SubscriptionRecord): Promise<void> {
    this.saves += 1;
    // As JSON, so that nothing that is not plain is relied on.
    const stored = JSON.parse(JSON.stringify(record)) as SubscriptionRecord;
    await this.#write(() => this.records.set(record.id, stored));
  }

  async remove(id: string): Promise<void> {
    await this.#write(() => this.records.delete(id));
  }

  ofOthers(ids: readonly string[]): Promise<readonly SubscriptionRecord[]> {
    if (this.isDown) return Promise.reject(new Error("the store is down"));
    return Promise.resolve(ids.flatMap((id) => this.#others.get(id) ?? []));
  }

  async take(records: readonly SubscriptionRecord[]): Promise<readonly SubscriptionRecord[]> {
    const taken: SubscriptionRecord[] = [];
    await this.#write(() => {
      for (const record of records) {
        const { node } = this.records.get(record.id) ?? record;
        this.#others.delete(record.id);
        this.records.set(record.id, { ...record, node });
        taken.push({ ...record, node });
      }
    });
    return taken;
  }

  /** Another node has taken this subscription, and goes on above these marks; nobody here knows of it yet. */
  elsewhere(id: string, marks: Pick<SubscriptionRecord, "cseqMark" | "versionMark">): void {
    const record = this.records.get(id);
    if (record !== undefined) this.#others.set(id, { ...record, ...marks, node: "another" });
  }

  onTaken(listener: (id: string) => void): void {
    this.#onTaken = listener;
  }

  /** Another node takes a subscription. */
  takeAway(id: string): void {
    this.#onTaken(id);
  }

  async #write(write: () => void): Promise<void> {
    await this.#gate;
    if (this.isDown) throw new Error("the store is down");
    write();
  }
}
