import type { Answer, ServerTransaction } from "#sip/transaction/user";
import type { SubscriptionRecord } from "./subscription.ts";

/** Answers who sent a request, or answers the request itself (401, 403) and gives undefined. */
export type Authenticate = (transaction: ServerTransaction) => Sender | undefined;

/** Who is asking (design §9.14). */
export type Sender = { readonly type: "account"; readonly name: string } | { readonly type: "trusted" };

/** How a watcher is told things, as far as a site says it. */
export interface WatcherManner {
  /** Rendering profile; undefined = it goes by User-Agent. */
  readonly profile: string | undefined;
  /** Whether it may know who is talking to whom it watches (P-4). */
  readonly seesCallers: boolean;
}

/** Knows what can be watched. The notifier never looks inside a state; equal object = nothing changed. */
export interface ResourceDirectory {
  /** Is this host one of ours (design §9.12)? */
  isOurHost(host: string): boolean;
  /** Key of the resource that this sender may watch under that user part, or undefined: unknown and forbidden look the same. */
  find(packageName: string, user: string, sender: Sender): string | undefined;
  /** What the site says of how this sender is told things. */
  mannerOf(sender: Sender): WatcherManner;
  /** Is it a list of resources (RFC 4662)? Its states are ListStates. */
  isList(resource: string): boolean;
  /** May this sender watch this resource, as things are now? A reload may take back what `find` granted. */
  mayWatch(resource: string, sender: Sender): boolean;
  /** The body of a SUBSCRIBE by somebody who may watch the resource asks to change it; resolves with a refusal, or when it is done. */
  command(resource: string, body: string): Promise<Answer | undefined>;
  /** The state of a resource now; undefined when it is gone. */
  state(resource: string): unknown;
  /** A device has subscribed outside of any dialog: whatever it had before may be over. */
  appeared(record: SubscriptionRecord): void;
  /** A subscription asks to hold what its resource names; resolves with a refusal, or when it has it. */
  hold(record: SubscriptionRecord, wish: unknown): Promise<Answer | undefined>;
  /** It is to last longer; resolves with false when it holds nothing any more. */
  keep(record: SubscriptionRecord): Promise<boolean>;
  /** It is over. May be told twice. */
  release(record: SubscriptionRecord): void;
}

/**
 * Keeps subscriptions over a restart, and each with one node (S-93). Each call resolves when it is durable; a rejection means that the store
 * cannot be used now. What another node has taken is neither written nor removed: `onTaken` is told of it.
 */
export interface SubscriptionStore {
  save(record: SubscriptionRecord): Promise<void>;
  remove(id: string): Promise<void>;
  /** Of these, the subscriptions that another node speaks in. */
  ofOthers(ids: readonly string[]): Promise<readonly SubscriptionRecord[]>;
  /** Makes this node the one that speaks in them; gives those that it now has, with their marks as they are. */
  take(records: readonly SubscriptionRecord[]): Promise<readonly SubscriptionRecord[]>;
  /** Another node speaks in the dialog of this subscription from now on. */
  onTaken(listener: (id: string) => void): void;
}

/** Figures of the notifier, for metrics; every method is cheap. */
export interface NotifierObserver {
  notifySent(packageName: string): void;
  /** `delayMs`: from the change to the socket; undefined for NOTIFYs that no change caused. */
  notifyDelay(delayMs: number): void;
  notifyAnswered(outcome: "ok" | "refused" | "failed" | "timeout"): void;
}
