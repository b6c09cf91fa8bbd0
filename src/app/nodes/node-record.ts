/** Hosts of one node: names, then addresses. */
export const HOSTS_MAX = 1000;

/** What a node tells the others of itself; stored as JSON under its name. */
export interface NodeRecord {
  /** Where it answers HTTP, as others reach it. */
  readonly http: string;
  /** Epoch ms. */
  readonly startedAt: number;
  /** Hosts of URIs that are its own (design §9.12): names in small letters, addresses without brackets. */
  readonly hosts: readonly string[];
}
