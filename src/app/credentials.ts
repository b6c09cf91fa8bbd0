import type { Random } from "#base/random";
import type { Account } from "#domain/site/site";
import type { Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { keepOnce } from "./run-aggregate.ts";

/** 20 characters of a safe alphabet hold this many bits in hexadecimal (polycom.md §8.2: 20 characters or more). */
const SECRET_BITS = 128;

/** What digest needs of one account. */
export interface Credential {
  readonly account: string;
  readonly secret?: string;
  readonly md5secret?: string;
}

/** Secrets of all accounts of a site: written ones as written, missing ones generated once and kept in the store (design §9.17). */
export class Credentials {
  readonly #store: Store;
  readonly #random: Random;
  #byAccount = new Map<string, Credential>();
  /** Several accounts may show themselves by one digest user (pjsip.conf's auth sections can be shared). */
  #byUser = new Map<string, readonly Credential[]>();

  constructor(store: Store, random: Random) {
    this.#store = store;
    this.#random = random;
  }

  /** For every reading of the site; the secrets are in force once the step it gives is taken. */
  async load(accounts: readonly Account[]): Promise<() => void> {
    const loaded = await Promise.all(
      accounts.map(async (account): Promise<[string, Credential]> => [account.name, await this.#credentialOf(account)]),
    );
    const byUser = new Map<string, Credential[]>();
    for (const [place, { name, authUser }] of accounts.entries()) {
      const credential = loaded[place]?.[1];
      const same = byUser.get(authUser ?? name);
      if (same !== undefined && credential !== undefined) same.push(credential);
      else if (credential !== undefined) byUser.set(authUser ?? name, [credential]);
    }
    return () => {
      this.#byAccount = new Map(loaded);
      this.#byUser = byUser;
    };
  }

  /** Of an account. */
  of(account: string): Credential | undefined {
    return this.#byAccount.get(account);
  }

  /** Of a digest user; of several accounts that have it, the one that the request says it comes from, else the first. */
  find(user: string, claimed: string): Credential | undefined {
    const [first, ...more] = this.#byUser.get(user) ?? [];
    return more.find(({ account }) => account === claimed) ?? first;
  }

  async #credentialOf({ name, secret, md5secret, host }: Account): Promise<Credential> {
    // An empty secret authenticates nobody: it is treated as a missing one.
    if (secret !== undefined && secret !== "") return { account: name, secret };
    if (md5secret !== undefined && md5secret !== "") return { account: name, md5secret };
    // A peer at a fixed address is no phone of ours: nobody could tell it a generated one.
    if (host !== undefined) return { account: name };
    return {
      account: name,
      secret: await keepOnce(this.#store, COLLECTIONS.secret, name, () => this.#random.token(SECRET_BITS)),
    };
  }
}
