import type { Result } from "#base/result";
import type { Answer, ServerTransaction } from "#sip/transaction/user";
import type { Publication, Publisher } from "./publication.ts";

/** Answers who sent a request, or answers the request itself (401, 403) and gives undefined. */
export type Authenticate = (
  transaction: ServerTransaction,
) => { readonly type: "account"; readonly name: string } | { readonly type: "trusted" } | undefined;

/** Knows what can be published. */
export interface PublicationDirectory {
  /** Is this host one of ours (design §9.12)? */
  isOurHost(host: string): boolean;
  /** Key of the resource that this publisher may speak of under that user part (text), or why not. */
  find(packageName: string, user: string, publisher: Publisher): Result<string, Answer>;
}

/**
 * Keeps publications. `change` runs the reducer on what is stored, again when somebody was faster; the very same list back changes
 * nothing; resolves when durable. All reject with OperationalError when the store cannot be used.
 */
export interface PublicationStore {
  read(resource: string): Promise<readonly Publication[]>;
  change(resource: string, reduce: (publications: readonly Publication[]) => readonly Publication[]): Promise<void>;
  /** Makes durable what a body says of something else than its resource; false: there is no room for it. */
  keep(resource: string, publication: Publication, said: unknown): Promise<boolean>;
  /** Live publications, all and of one publisher, as far as this node knows. */
  count(): number;
  countOf(publisher: Publisher): number;
}

/** Figures, for metrics; cheap. */
export interface PublicationObserver {
  published(packageName: string, outcome: PublicationOutcome): void;
}

export type PublicationOutcome = "created" | "refreshed" | "modified" | "removed" | "stale" | "refused";
