import type { PhoneView } from "./phone-view.ts";

/** Finds phones; filled by app. */
export interface PhoneDirectory {
  /** The phone whose provisioning address holds this secret, as it is to be served to a client that reached us at `localHost`. */
  findBySecret(secret: string, localHost: string): PhoneView | undefined;
}

/** One request of a phone. */
export interface Fetch {
  readonly mac: string;
  readonly file: string;
  /** Epoch ms. */
  readonly at: number;
  readonly remote: string;
  readonly userAgent: string;
  readonly status: number;
}

/** Remembers what phones fetched; bounded by whoever keeps it. */
export interface FetchLog {
  record(fetch: Fetch): void;
}
