import type { Telling } from "./package.ts";

/** What a list shows (RFC 4662): its members in order, and their states. Equal object = nothing changed. */
export interface ListState {
  readonly layout: ListLayout;
  /** By the place of the member: a state of the package, or REJECTED; to a watcher it may be Untold. */
  readonly states: readonly unknown[];
  /** Of a watcher that was told a part: the place where the next part begins. */
  readonly next?: number;
}

/** The members; another object = another list, whose watchers are told all of it anew (L-10). */
export interface ListLayout {
  readonly members: readonly ListMember[];
}

export interface ListMember {
  /** User part of its URI, escaped for one; names the member in the list. */
  readonly user: string;
  readonly name?: string | undefined;
}

/** State of a member that this watcher may not see, or that nobody knows: both look the same (L-9). */
export const REJECTED = Symbol("rejected");

/** Of a watcher: this member was not told since the list began anew. */
export class Untold {
  /** What it showed before that. */
  readonly before: unknown;

  constructor(before: unknown) {
    this.before = before;
  }
}

/** Who is told a list. Entity and target are binary strings. */
export interface ListWatcher {
  readonly profile: string;
  /** Of the members' documents. */
  readonly contentType: string;
  /** The list's URI as the watcher wrote it. */
  readonly entity: string;
  /** The watcher's own URI. */
  readonly target: string;
  /** Bytes that a body may have. */
  readonly room: number;
}

/** Tells lists of one event package's resources. */
export interface ListTeller {
  /** What differs from what is shown; undefined: nothing that can be seen. */
  change(shown: ListState, now: ListState, watcher: ListWatcher): Telling<ListState> | undefined;
  /** The list from its beginning. */
  full(shown: ListState | undefined, now: ListState, watcher: ListWatcher): Telling<ListState>;
}

/** Versions of the members' documents in one list subscription (L-6): each counts for itself, and never goes back. */
export class MemberVersions {
  readonly #next = new Map<string, number>();
  readonly #floor: number;

  /** `floor`: members never told start here; after a restart the mark of the list, which no member can have passed. */
  constructor(floor: number) {
    this.#floor = floor;
  }

  /** The version of the next document of a member. */
  take(user: string): number {
    const version = this.#next.get(user) ?? this.#floor;
    this.#next.set(user, version + 1);
    return version;
  }
}
