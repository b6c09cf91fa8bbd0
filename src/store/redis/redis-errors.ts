import { StoreError, type StoreErrorCode } from "../errors.ts";

/** What the server refuses for a while, or until somebody mends it: the first word of its error. */
const REPLY_CODES: Readonly<Record<string, StoreErrorCode>> = {
  LOADING: "store-unreachable",
  READONLY: "store-unreachable",
  CLUSTERDOWN: "store-unreachable",
  MASTERDOWN: "store-unreachable",
  TRYAGAIN: "store-unreachable",
  MOVED: "store-unreachable",
  ASK: "store-unreachable",
  NOAUTH: "store-unreachable",
  WRONGPASS: "store-unreachable",
  NOPERM: "store-unreachable",
  BUSY: "store-timeout",
  OOM: "store-unwritable",
  MISCONF: "store-unwritable",
  NOREPLICAS: "store-unwritable",
};

/** The store's error for whatever the client library rejected with. */
export function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError(codeOf(error, message), sentence(message), error);
}

function codeOf(error: unknown, message: string): StoreErrorCode {
  if (message.includes("timed out")) return "store-timeout";
  const isReply = error instanceof Error && error.name === "ReplyError";
  if (!isReply) return "store-unreachable";
  return REPLY_CODES[replyWord(message)] ?? "store-broken";
}

/** Did a node of a Cluster say that another one has the slot, or will have it soon? Nothing was done then. */
export function isElsewhere(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError" && ["MOVED", "ASK", "TRYAGAIN"].includes(replyWord(error.message));
}

/** The word that a refusal begins with. Redis 6 wraps what a command inside of a script was refused with. */
export function replyWord(message: string): string {
  return (/^ERR Error running script .*?: -(\S+)/s.exec(message)?.[1] ?? message).split(" ", 1)[0] ?? "";
}

/** The library's words for "not connected" speak of its options; the reader has never heard of them. */
function sentence(message: string): string {
  const isOffline =
    message.includes("enableOfflineQueue") || message.includes("max retries per request") || message === "Connection is closed.";
  return isOffline ? "not connected" : message;
}
