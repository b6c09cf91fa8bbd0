import { fail, ok, type Result } from "#base/result";
import type { Answer } from "#sip/transaction/user";
import type { PublicationLimits } from "./limits.ts";
import type { PublicationPackage } from "./package.ts";
import { livePublications, samePublisher, type Publication, type Publisher } from "./publication.ts";

/**
 * What a PUBLISH asks for. Its kind (RFC 3903 §4, P-11) follows: initial = state, no tag; refresh = tag, no state; modify = tag and
 * state; remove = tag and 0 seconds, with a state or without.
 */
export interface PublishAsk {
  /** SIP-If-Match. */
  readonly tag: string | undefined;
  /** undefined: no body. */
  readonly state: unknown;
  /** Granted. */
  readonly seconds: number;
  readonly publisher: Publisher;
  readonly source: string;
  /** When it came, epoch ms. */
  readonly at: number;
  /** Unguessable: the tag that a success gives, and the id of a new chain. */
  readonly fresh: { readonly id: string; readonly tag: string };
}

/** `publication` undefined: it was removed. */
export interface Published {
  readonly publications: readonly Publication[];
  readonly publication: Publication | undefined;
}

/**
 * The live publications of a resource after a PUBLISH, or the refusal, which removes nothing (P-14). Pure. `publications` may hold
 * expired ones.
 */
export function publish(
  publications: readonly Publication[],
  ask: PublishAsk,
  { supersede }: Pick<PublicationPackage, "supersede">,
  limits: PublicationLimits,
): Result<Published, Answer> {
  const live = livePublications(publications, ask.at);
  const known = ask.tag === undefined ? undefined : findTagged(live, ask.tag, ask.publisher);
  if (ask.tag !== undefined && known === undefined) return fail(PRECONDITION_FAILED);
  const id = known?.id ?? ask.fresh.id;
  const others = live.filter((one) => one !== known);
  const rest = ask.state === undefined ? others : supersede(others, { ...ask, id, isFirst: known === undefined });
  if (ask.seconds === 0) return ok({ publications: rest, publication: undefined });
  const publication: Publication = {
    id,
    tag: ask.fresh.tag,
    publisher: ask.publisher,
    source: ask.source,
    expiresAt: ask.at + ask.seconds * 1000,
    ...(ask.state === undefined
      ? { statedAt: known?.statedAt ?? ask.at, state: known?.state }
      : { statedAt: ask.at, state: ask.state }),
  };
  return ok({ publications: [...withRoom(rest, ask.publisher, limits), publication], publication });
}

/** RFC 3903 §11.2.1. */
export const PRECONDITION_FAILED: Answer = { status: 412 };

/** The publication that a tag names: a publisher's own. */
export function findTagged(publications: readonly Publication[], tag: string, publisher: Publisher): Publication | undefined {
  return publications.find((one) => one.tag === tag && samePublisher(one.publisher, publisher));
}

/** Room for one more: the ones that were not heard of for the longest time go first (P-15); they stand in that order. */
function withRoom(
  publications: readonly Publication[],
  publisher: Publisher,
  { perPublisherAndResource, perResource }: PublicationLimits,
): readonly Publication[] {
  const own = publications.filter((one) => samePublisher(one.publisher, publisher));
  const evicted = new Set(own.slice(0, Math.max(0, own.length + 1 - perPublisherAndResource)));
  const kept = evicted.size === 0 ? publications : publications.filter((one) => !evicted.has(one));
  return kept.length < perResource ? kept : kept.slice(kept.length + 1 - perResource);
}
