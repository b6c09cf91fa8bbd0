import type { Answer } from "#sip/transaction/user";
import type { Sender } from "#sip/subscription/ports";
import type { SubscriptionRecord } from "#sip/subscription/subscription";

/** A kind of thing that can be watched: lamps, mailboxes … One file each in this folder, one line in the registry of `wiring`. */
export interface ResourceKind {
  /** The resource that this sender may watch under that user part of a URI (percent-decoded), or undefined: unknown and forbidden look the same. */
  find(user: string, sender: Sender): string | undefined;
  /** May this sender watch it, as things are now? */
  mayWatch(id: string, sender: Sender): boolean;
  /** Does what the body of a SUBSCRIBE asks of it; absent: its packages take no body. */
  command?(id: string, body: string): Promise<Answer | undefined>;
  /** A device subscribed to it outside of any dialog; absent: that means nothing more. */
  appeared?(id: string, record: SubscriptionRecord): void;
  /** Gives a subscription its part of the resource (ResourceDirectory); absent: its packages only watch. */
  readonly parts?: ResourceParts;
  /** Its state now, undefined when it is gone. Equal object = nothing changed. */
  state(id: string): unknown;
}

/** Resources of which each subscription holds a part. */
export interface ResourceParts {
  hold(id: string, record: SubscriptionRecord, wish: unknown): Promise<Answer | undefined>;
  keep(id: string, record: SubscriptionRecord): Promise<boolean>;
  release(id: string, record: SubscriptionRecord): void;
}
