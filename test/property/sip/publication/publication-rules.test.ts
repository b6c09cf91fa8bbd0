import assert from "node:assert/strict";
import fc from "fast-check";
import { publish, type PublishAsk } from "#sip/publication/publication-rules";
import { livePublications, samePublisher, type Publication } from "#sip/publication/publication";
import { DEFAULT_PUBLICATION_LIMITS } from "#sip/publication/limits";

const LIMITS = { ...DEFAULT_PUBLICATION_LIMITS, perPublisherAndResource: 3, perResource: 5 };
const RUNS = 3000;
const PUBLISHERS = [
  { type: "account", name: "5001" },
  { type: "trusted", name: "5001" },
  { type: "account", name: "5002" },
] as const;

/** `tagOf`: how many successes ago the tag was given that is shown; undefined = none is. */
const request = fc.record({
  publisher: fc.constantFrom(...PUBLISHERS),
  tagOf: fc.option(fc.nat({ max: 6 }), { nil: undefined }),
  state: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
  seconds: fc.constantFrom(0, 60, 60, 600),
  gapMs: fc.constantFrom(0, 1, 30_000, 59_999, 60_000, 600_000),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

interface Seen {
  readonly before: readonly Publication[];
  readonly ask: PublishAsk;
  readonly outcome: ReturnType<typeof publish>;
  /** Every tag given so far. */
  readonly given: readonly string[];
}

/** A newer state takes the place of an equal one of the same publisher. */
const rules = {
  supersede: (others: readonly Publication[], newer: { readonly state: unknown; readonly publisher: Publication["publisher"] }) =>
    others.filter((other) => other.state !== newer.state || !samePublisher(other.publisher, newer.publisher)),
};

function play(story: readonly Request[], check: (seen: Seen) => void): void {
  let publications: readonly Publication[] = [];
  let at = 1_700_000_000_000;
  const given: string[] = [];
  for (const [turn, { publisher, tagOf, state, seconds, gapMs }] of story.entries()) {
    at += gapMs;
    const tag = tagOf === undefined ? undefined : (given.at(-1 - tagOf) ?? "never-given");
    // Neither tag nor body never comes so far.
    const said = tag === undefined ? (state ?? "a") : state;
    const fresh = { id: `id${turn}`, tag: `tag${turn}` };
    const ask: PublishAsk = { tag, state: said, seconds, publisher, source: "udp:192.0.2.5:5060", at, fresh };
    const outcome = publish(publications, ask, rules, LIMITS);
    check({ before: publications, ask, outcome, given });
    if (!outcome.ok) continue;
    publications = outcome.value.publications;
    given.push(fresh.tag);
  }
}

function holds(check: (seen: Seen) => void): void {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 30 }), (story) => {
      play(story, check);
    }),
    { numRuns: RUNS },
  );
}

describe("publication rules, in any order of PUBLISHes", function () {
  this.timeout(30_000);

  it("take the newest tag of a live publication of the same publisher, and no other (P-12, P-14)", () => {
    holds(({ before, ask, outcome }) => {
      if (ask.tag === undefined) return;
      const isGood = before.some(
        (one) => one.tag === ask.tag && one.expiresAt > ask.at && samePublisher(one.publisher, ask.publisher),
      );
      assert.equal(outcome.ok, isGood);
      if (!outcome.ok) assert.deepEqual(outcome.error, { status: 412 });
    });
  });

  it("end a tag with every success, and never give one twice", () => {
    holds(({ ask, outcome, given }) => {
      assert.ok(!given.includes(ask.fresh.tag));
      if (outcome.ok && ask.tag !== undefined) assert.ok(outcome.value.publications.every(({ tag }) => tag !== ask.tag));
    });
  });

  it("keep the state through a refresh, take a new one, and drop it when it is taken back (P-11, P-18)", () => {
    holds(({ before, ask, outcome }) => {
      if (!outcome.ok) return;
      const { publications, publication } = outcome.value;
      assert.equal(publication === undefined, ask.seconds === 0);
      const known = before.find((one) => one.tag === ask.tag);
      if (publication === undefined) {
        assert.ok(publications.every(({ id }) => id !== ask.fresh.id && id !== known?.id));
        return;
      }
      assert.equal(publication.state, ask.state ?? known?.state);
      assert.equal(publication.id, known?.id ?? ask.fresh.id);
      assert.equal(publication.expiresAt, ask.at + ask.seconds * 1000);
      assert.equal(publications.at(-1), publication);
    });
  });

  it("hold nothing expired, nothing overtaken, and never more than the limits; the newest is never the one that goes (P-15, P-16)", () => {
    holds(({ ask, outcome }) => {
      if (!outcome.ok) return;
      const { publications } = outcome.value;
      assert.deepEqual(livePublications(publications, ask.at), publications);
      assert.ok(publications.length <= LIMITS.perResource);
      for (const publisher of PUBLISHERS) {
        const own = publications.filter((one) => samePublisher(one.publisher, publisher));
        assert.ok(own.length <= LIMITS.perPublisherAndResource);
      }
      if (ask.state === undefined) return;
      const same = publications.filter((one) => one.state === ask.state && samePublisher(one.publisher, ask.publisher));
      assert.equal(same.length, ask.seconds === 0 ? 0 : 1);
    });
  });

  it("leave the others alone, but for what was overtaken or had no room", () => {
    holds(({ before, ask, outcome }) => {
      if (!outcome.ok) return;
      const after = new Set(outcome.value.publications);
      const foreign = livePublications(before, ask.at).filter((one) => !samePublisher(one.publisher, ask.publisher));
      if (foreign.length + LIMITS.perPublisherAndResource > LIMITS.perResource) return;
      assert.ok(foreign.every((one) => after.has(one)));
    });
  });
});
