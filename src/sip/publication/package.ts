import type { Result } from "#base/result";
import type { Answer } from "#sip/transaction/user";
import type { Publication, Publisher } from "./publication.ts";

/** An event package that takes PUBLISH. The compositor never looks inside a state. */
export interface PublicationPackage {
  /** In lower case. */
  readonly name: string;
  /** Types of bodies, in lower case. */
  readonly contentTypes: readonly string[];
  readonly defaultExpirySeconds: number;
  /** What a body means; the answer of a refusal is 400 for what cannot be read, 403 for what this publisher may not say. */
  read(body: string, about: PublishedAbout): Result<PublishedBody, Answer>;
  /** The other live publications of the resource, once somebody said something newer: what that takes the place of is gone from them. */
  supersede(others: readonly Publication[], newer: Statement): readonly Publication[];
}

/** Whom a body is about, and who says it. */
export interface PublishedAbout {
  /** User part of the Request-URI, decoded, as text; "" = none. */
  readonly user: string;
  readonly publisher: Publisher;
}

/** A body that was understood. */
export interface PublishedBody {
  /** Kept with the publication: plain JSON. */
  readonly state: unknown;
  /** Said of something else than the resource; handed to the store's `keep`. */
  readonly said?: unknown;
}

/** A state on its way: `isFirst` of a chain of its own, which is not kept when `seconds` is 0. */
export interface Statement {
  readonly id: string;
  readonly publisher: Publisher;
  readonly source: string;
  readonly isFirst: boolean;
  readonly seconds: number;
  readonly at: number;
  readonly state: unknown;
}
