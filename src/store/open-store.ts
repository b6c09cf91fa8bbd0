import { StoreError } from "./errors.ts";
import { STORE_KINDS, type StoreSite } from "./registry.ts";
import type { Store } from "./store.ts";

/** Opens the store that `--store` names: `embedded`, or a URL whose scheme is in the registry. Rejects with StoreError. */
export async function openStore(site: StoreSite): Promise<Store> {
  const scheme = site.url.split(":", 1)[0] ?? "";
  const kind = STORE_KINDS.find(({ schemes }) => schemes.includes(scheme));
  if (kind !== undefined) return kind.open(site);
  const known = STORE_KINDS.flatMap(({ schemes }) => schemes).join(", ");
  // The URL itself may hold a password.
  throw new StoreError("store-unknown", `known are ${known}`);
}
