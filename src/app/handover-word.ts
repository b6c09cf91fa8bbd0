import { z } from "zod";
import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import { ID_MAX_CHARS } from "#store/limits";
import type { Change, Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { storedValue } from "./stored-value.ts";

/** Pause before a word is tried again. */
const AGAIN_MS = 500;
/** A node that lives hears in this time that it has lost a dialog; one that was stopped for longer says nothing before it looked. */
const HEARD_MAX_MS = 400;

/** A dialog of this node is another's now. */
export type DialogLost = (subscription: string, version: number) => void;

/**
 * The words by which nodes tell each other that they have taken a dialog: who had it forgets it, and removes the word, which says that it has
 * heard.
 */
export class HandoverWords {
  readonly #store: Store;
  readonly #node: string;
  readonly #clock: Clock;
  /** Who waits for a word to be heard, by its id. */
  readonly #unheard = new Map<string, () => void>();
  #isStopped = false;

  constructor(store: Store, node: string, clock: Clock) {
    this.#store = store;
    this.#node = node;
    this.#clock = clock;
  }

  /** Follows what is said; resolves when all of it is heard. `version`: of the record with its new node. */
  async start(lost: DialogLost): Promise<Stop> {
    const stopWatch = await this.#store.watch(COLLECTIONS.handover, (change) => {
      this.#hear(change, lost);
    });
    return async () => {
      this.#isStopped = true;
      await stopWatch();
    };
  }

  /**
   * Tells nodes that they have lost a dialog. Resolves when they have heard, or are thought dead. Said until it is written: a node may hear of it
   * from nobody else.
   */
  async say(nodes: readonly string[], subscription: string, version: number): Promise<void> {
    await Promise.all(nodes.map((node) => this.#say(node, subscription, version)));
  }

  /** Nobody reads what is said to this node any more: all that it had is another's now. */
  async forget(node: string): Promise<void> {
    const words = await this.#store.readAll(COLLECTIONS.handover);
    const gone = words.filter(({ id }) => readWord(id)?.node === node);
    await Promise.all(gone.map(({ id }) => this.#commit(id, "any", null)));
  }

  #hear({ id, version, value }: Change, lost: DialogLost): void {
    const word = readWord(id);
    if (value === undefined) this.#unheard.get(id)?.();
    if (value === undefined || word?.node !== this.#node) return;
    lost(word.subscription, versionIn(value));
    this.#wordRead(id, version);
  }

  async #say(node: string, subscription: string, version: number): Promise<void> {
    const id = JSON.stringify([node, subscription]);
    const heard = this.#heard(id);
    try {
      await this.#commit(id, "any", String(version));
      await heard;
    } catch {
      this.#again(() => void this.#say(node, subscription, version));
    }
  }

  #heard(id: string): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stopTimer();
        if (this.#unheard.get(id) === done) this.#unheard.delete(id);
        resolve();
      };
      const stopTimer = this.#clock.after(HEARD_MAX_MS, done);
      this.#unheard.set(id, done);
    });
  }

  /** Done with; one that was written since stands for itself. */
  #wordRead(id: string, version: number): void {
    this.#commit(id, version, null).catch(() => {
      this.#again(() => {
        this.#wordRead(id, version);
      });
    });
  }

  #again(act: () => void): void {
    this.#clock.after(AGAIN_MS, () => {
      if (!this.#isStopped) act();
    });
  }

  #commit(id: string, expect: number | "any", value: string | null): ReturnType<Store["commit"]> {
    return this.#store.commit({ collection: COLLECTIONS.handover, id, expect, value, durability: "written" });
  }
}

/** The version that the dialog had with its new node. */
function versionIn(value: string): number {
  const version = Number(value);
  return Number.isNaN(version) ? Number.POSITIVE_INFINITY : version;
}

/** Who had a dialog and which one it is: two parts, since a node's name may hold anything. undefined: none of ours wrote it. */
function readWord(id: string): { readonly node: string; readonly subscription: string } | undefined {
  const parts = id.length > ID_MAX_CHARS ? undefined : storedValue(z.tuple([z.string(), z.string()]), id);
  return parts === undefined ? undefined : { node: parts[0], subscription: parts[1] };
}
