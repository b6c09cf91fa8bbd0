import type { Random } from "#base/random";
import type { Phone } from "#domain/site/site";
import type { Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { keepOnce } from "./run-aggregate.ts";

/** Bits of the secret in a phone's provisioning address (design §9.28). */
const SECRET_BITS = 160;

/** The secret part of each phone's provisioning address: random, never derived from the MAC, the same on every node. */
export class PhoneSecrets {
  readonly #store: Store;
  readonly #random: Random;
  #byMac = new Map<string, string>();
  #bySecret = new Map<string, string>();

  constructor(store: Store, random: Random) {
    this.#store = store;
    this.#random = random;
  }

  /** For every reading of the site; the addresses are in force once the step it gives is taken. */
  async load(phones: readonly Phone[]): Promise<() => void> {
    const loaded = await Promise.all(
      phones.map(async ({ mac }): Promise<[string, string]> => [
        mac,
        await keepOnce(this.#store, COLLECTIONS.phone, mac, () => this.#random.token(SECRET_BITS)),
      ]),
    );
    return () => {
      this.#byMac = new Map(loaded);
      this.#bySecret = new Map(loaded.map(([mac, secret]) => [secret, mac]));
    };
  }

  secretOf(mac: string): string | undefined {
    return this.#byMac.get(mac);
  }

  /** Found by hash, so the time taken says nothing about how near a guess was. */
  macOf(secret: string): string | undefined {
    return this.#bySecret.get(secret);
  }
}
