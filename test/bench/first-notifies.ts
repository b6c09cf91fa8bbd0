import type { PhoneFarm } from "./phone-farm.ts";

const ALL_MAX_MS = 60_000;
const LOOK_AGAIN_MS = 2;

/** Which keys of a farm have had, and answered, a NOTIFY since the last reset. */
export class FirstNotifies {
  readonly #told = new Set<number>();

  constructor(farm: PhoneFarm, resources: number) {
    farm.onNotify = ({ watcher, resource }) => {
      this.#told.add(watcher * resources + resource);
    };
  }

  reset(): void {
    this.#told.clear();
  }

  /** Resolves when so many keys have had one. */
  async all(keys: number): Promise<void> {
    const giveUpAt = performance.now() + ALL_MAX_MS;
    while (this.#told.size < keys) {
      if (performance.now() > giveUpAt) throw new Error(`only ${this.#told.size} of ${keys} keys had a NOTIFY in time`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}
