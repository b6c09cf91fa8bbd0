import type { PhoneView } from "./phone-view.ts";
import type { PhoneSoftware } from "./vendor.ts";

/** Finds phones; filled by app. */
export interface PhoneDirectory {
  /**
   * The phone whose provisioning address holds this secret, as it is to be served to a client that reached us at `localHost`.
   * Found by an index, never by comparing with one secret after the other: the time taken says nothing of how near a guess was.
   * The same object until something of the phone changes: its files are kept as long as it.
   */
  findBySecret(secret: string, localHost: string): PhoneView | undefined;
}

/** One request of a phone that knew its secret. */
export interface Fetch {
  readonly mac: string;
  /** In lower case. */
  readonly file: string;
  /** Epoch ms. */
  readonly at: number;
  readonly remote: string;
  readonly userAgent: string;
  readonly status: number;
  /** Digest of what it got or has (200 and 304). */
  readonly etag?: string;
  /** What the User-Agent says, when it is a phone's. */
  readonly software?: PhoneSoftware;
}

/** Remembers what phones fetched; bounded by whoever keeps it. */
export interface FetchLog {
  record(fetch: Fetch): void;
}
