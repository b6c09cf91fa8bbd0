/** Who publishes: an account, or a trusted source by its address. */
export interface Publisher {
  readonly type: "account" | "trusted";
  readonly name: string;
}

/** One chain of entity-tags: what one publisher says of one resource until it says something else (RFC 3903 §4.1). Plain JSON. */
export interface Publication {
  /** Stays for the life of the chain; tells nothing of the tag. */
  readonly id: string;
  /** The entity-tag of the last 200; only this one is good (P-12). */
  readonly tag: string;
  readonly publisher: Publisher;
  /** Flow that it last came over, "udp:192.0.2.5:5060". */
  readonly source: string;
  /** Epoch ms. */
  readonly expiresAt: number;
  /** When its body came, epoch ms. */
  readonly statedAt: number;
  /** What the body means; only its package looks inside. */
  readonly state: unknown;
}

/** Those that have not expired at `now`. */
export function livePublications(publications: readonly Publication[], now: number): readonly Publication[] {
  return publications.filter((one) => one.expiresAt > now);
}

/** Is it the same publisher? */
export function samePublisher(left: Publisher, right: Publisher): boolean {
  return left.type === right.type && left.name === right.name;
}
