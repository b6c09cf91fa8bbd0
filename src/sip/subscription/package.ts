import type { SipRequest } from "#sip/message/message";

/**
 * A body ready for many watchers: rendered once per (resource, package, profile), spliced per NOTIFY (C-6).
 * `pieces` are binary strings (UTF-8 bytes); between piece i and i+1 stands `holes[i]`, so pieces.length = holes.length + 1.
 */
export interface BodyTemplate {
  readonly contentType: string;
  readonly pieces: readonly string[];
  readonly holes: readonly BodyHole[];
}

/** version: decimal, rises by one per NOTIFY. entity: the resource as this watcher subscribed to it, XML-escaped. watcher: the subscriber's URI, XML-escaped. */
export type BodyHole = "version" | "entity" | "watcher";

/**
 * An event package (RFC 6665 §7): a filled-in record in the registry of event-packages/. `S` is the state that its resources have;
 * the notifier never looks inside.
 */
export interface EventPackage<S> {
  /** Token of the Event header: "dialog", "presence". */
  readonly name: string;
  /** Media types it can send, the default one first. */
  readonly contentTypes: readonly string[];
  readonly defaultExpirySeconds: number;
  /** Name of the rendering profile for a subscriber, from User-Agent and settings. */
  profileFor(request: SipRequest): string;
  /** Documents to send in order for a move from `before` (undefined = first or full NOTIFY) to `after`. Usually one; D-6 needs two. Empty: this watcher sees no change. */
  documents(before: S | undefined, after: S, profile: string, contentType: string): readonly BodyTemplate[];
}
