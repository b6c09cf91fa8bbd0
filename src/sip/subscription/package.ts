import type { Result } from "#base/result";
import type { SipRequest } from "#sip/message/message";
import type { ListTeller } from "./list.ts";
import type { WatcherManner } from "./ports.ts";

/**
 * A body ready for many watchers: rendered once per (resource, package, profile), spliced per NOTIFY (C-6).
 * `pieces` are binary strings (UTF-8 bytes); between piece i and i+1 stands `holes[i]`, so pieces.length = holes.length + 1.
 */
export interface BodyTemplate {
  /** undefined: a NOTIFY without body, all is said in `headers`. */
  readonly contentType: string | undefined;
  /** Headers beside the usual ones, each ended by CRLF; the package has escaped them. */
  readonly headers?: string;
  /** More of them, which name the host of the resource as the watcher wrote it. */
  readonly ownHeaders?: (host: string) => string;
  readonly pieces: readonly string[];
  readonly holes: readonly BodyHole[];
  /** Its entity-tag, once somebody asked for it (conditional.ts). */
  tag?: string;
}

/**
 * version: decimal, rises by one per NOTIFY. entity: the resource as this watcher subscribed to it, XML-escaped. watcher: the subscriber's
 * URI, XML-escaped. entityText: the resource as it is written, for documents that are no XML. member: the version of that member's document
 * in a list (L-6).
 */
export type BodyHole = "version" | "entity" | "watcher" | "entityText" | { readonly member: string };

/**
 * An event package (RFC 6665 §7): a filled-in record in the registry of event-packages/. `S` is the state that its resources have;
 * the notifier never looks inside.
 */
export interface EventPackage<S> {
  /** Token of the Event header: "dialog", "presence". */
  readonly name: string;
  /** Media types it can send, the default one first; none: its NOTIFYs have no body, and Accept is not looked at. */
  readonly contentTypes: readonly string[];
  /** Media types of bodies by which a SUBSCRIBE may ask for a change of its resource; absent = none. */
  readonly commandTypes?: readonly string[];
  readonly defaultExpirySeconds: number;
  /** Name of the rendering profile for a subscriber: the one that the site gives it, else by its User-Agent. */
  profileFor(userAgent: string, manner: WatcherManner): string;
  /** What a profile says of the manners of a watcher. */
  habitsOf(profile: string): WatcherHabits;
  /** What to tell a watcher that shows `shown`, now that the state is `now`; undefined: it would see no difference (D-9). */
  change(shown: S, now: S, profile: string, contentType: string): Telling<S> | undefined;
  /** A whole document, for SUBSCRIBE, refresh and restart. `shown` undefined: nobody knows what the watcher shows. */
  full(shown: S | undefined, now: S, profile: string, contentType: string): Telling<S>;
  /** A whole document in as few bytes as it can be said (C-20), for members of a list that must fit into a datagram. */
  short?(now: S, profile: string, contentType: string): BodyTemplate;
  /** How lists of its resources are told (RFC 4662); absent: it has none. */
  readonly list?: ListTeller;
  /** Who subscribes holds a part of the resource for as long as that lasts, and is told of his part; absent: he only watches. */
  readonly holding?: Holding;
}

/** Subscriptions that hold something (a seized line): the directory grants it, and is told when it is free again. */
export interface Holding {
  /** Longest life without a refresh, which ends to the second; any shorter one will do. */
  readonly secondsMax: number;
  /** What a SUBSCRIBE asks to hold, for the directory; or why nobody can tell (400). */
  wish(request: SipRequest): Result<unknown, string>;
}

/** What differs between watchers beside their documents (presence.md §6.3). */
export interface WatcherHabits {
  /** An Expires below the minimum is raised, not refused (S-41). */
  readonly raisesExpiry: boolean;
  /** NOTIFYs in a row that may fail before one more ends the subscription (presence.md §1.8). */
  readonly failureGrace: number;
  /** Is 5xx without Retry-After a passing trouble? */
  readonly retriesServerErrors: boolean;
  /** What the last NOTIFY carries. */
  readonly finalBody: "none" | "full";
}

/** One step on the way from what a watcher shows to what is. Where one document cannot say it all (D-6), `shows` is not yet the state that is. */
export interface Telling<S> {
  readonly document: BodyTemplate;
  /** What the watcher shows once it has acknowledged the document. */
  readonly shows: S;
  /** One of several that only together are what is to be said: the next goes as soon as this one is acknowledged. */
  readonly isPart?: true;
}
