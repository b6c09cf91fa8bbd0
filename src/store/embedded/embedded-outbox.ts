import type { OutboxEntry, OutboxStore } from "../store.ts";
import { outboxKey } from "./level-keys.ts";
import type { Folder } from "./folder.ts";

/** The outbox in memory and in the folder. */
export class EmbeddedOutbox implements OutboxStore {
  readonly #folder: Folder;

  constructor(folder: Folder) {
    this.#folder = folder;
  }

  // Asynchronous as the port is: what is wrong is told by a rejection, never by a throw.
  // eslint-disable-next-line @typescript-eslint/require-await
  async read(collection: string, limit: number): Promise<OutboxEntry[]> {
    const first: OutboxEntry[] = [];
    for (const entry of this.#folder.usable().contents.of(collection).outbox.values()) {
      if (first.length >= limit) break;
      first.push(entry);
    }
    return first;
  }

  async acknowledge(collection: string, entryIds: readonly string[]): Promise<void> {
    const { contents, log } = this.#folder.usable();
    for (const entryId of entryIds) contents.of(collection).outbox.delete(entryId);
    await log.append(
      entryIds.map((entryId) => [outboxKey(collection, entryId), null]),
      false,
    );
  }
}
