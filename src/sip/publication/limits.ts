/** Expiry and limits of publications (presence.md §3 and §7.2). */
export interface PublicationLimits {
  readonly expiryMinSeconds: number;
  /** Also the longest that a state lives whose end is never published (D-8, §3.4): Kamailio asks for 43,200. */
  readonly expiryMaxSeconds: number;
  readonly bodyMaxBytes: number;
  /** Of what is kept of a body, written as JSON: as many as `perResource` lie in one record. */
  readonly stateMaxCharacters: number;
  /** Of one publisher for one resource; the oldest go (P-15). */
  readonly perPublisherAndResource: number;
  /** Of all publishers for one resource; the oldest go. */
  readonly perResource: number;
  /** Of one account, for all of its resources. Trusted sources are not counted (design §9.16). */
  readonly perAccount: number;
  readonly total: number;
}

export const DEFAULT_PUBLICATION_LIMITS: PublicationLimits = {
  expiryMinSeconds: 60,
  expiryMaxSeconds: 7200,
  bodyMaxBytes: 65_536,
  stateMaxCharacters: 32_768,
  perPublisherAndResource: 20,
  perResource: 100,
  perAccount: 5000,
  total: 100_000,
};
