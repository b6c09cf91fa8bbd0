import { OperationalError } from "#base/operational-error";

export type StoreErrorCode =
  | "store-unreachable"
  | "store-timeout"
  | "store-closed"
  | "store-locked"
  | "store-newer"
  | "store-broken"
  | "store-unwritable"
  | "store-unknown"
  | "store-too-old";

const SENTENCES: Readonly<Record<StoreErrorCode, string>> = {
  "store-unreachable": "the store cannot be reached",
  "store-timeout": "the store did not answer in time",
  "store-closed": "the store is closed",
  "store-locked": "the data folder is in use by another process: stop it, or start this one with another --data",
  "store-newer": "the data were written by a newer release: start that release, or another --data",
  "store-broken": "the store's data cannot be read",
  "store-unwritable": "the store's data cannot be written",
  "store-unknown": "--store does not name a store",
  "store-too-old": "the store's server is too old",
};

/** The same errors whatever the store underneath (style: same message whatever the backend). */
export class StoreError extends OperationalError {
  constructor(code: StoreErrorCode, detail?: string, cause?: unknown) {
    super(code, detail === undefined ? SENTENCES[code] : `${SENTENCES[code]} (${detail})`, cause);
    this.name = "StoreError";
  }
}
