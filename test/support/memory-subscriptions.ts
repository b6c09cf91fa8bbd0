import type { SubscriptionStore } from "#sip/subscription/ports";
import type { SubscriptionRecord } from "#sip/subscription/subscription";

/** Subscriptions in a map. Writes of one record take effect in order, as in the real stores. */
export class MemorySubscriptions implements SubscriptionStore {
  readonly records = new Map<string, SubscriptionRecord>();
  /** Set it and every call is refused. */
  isDown = false;
  saves = 0;
  #gate: Promise<void> | undefined;
  #open: () => void = () => undefined;

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

  /** There is one node. */
  ofOthers(): Promise<readonly SubscriptionRecord[]> {
    return this.isDown ? Promise.reject(new Error("the store is down")) : Promise.resolve([]);
  }

  take(): Promise<readonly SubscriptionRecord[]> {
    return Promise.resolve([]);
  }

  onTaken(): void {
    return;
  }

  async #write(write: () => void): Promise<void> {
    await this.#gate;
    if (this.isDown) throw new Error("the store is down");
    write();
  }
}
