import assert from "node:assert/strict";
import fc from "fast-check";
import type { Holder } from "#domain/appearance/seizure-table";
import { nextEnd, NO_SEIZURES, seize, seizureOf, seizuresAfter, type Seizures } from "#domain/appearance/seizures";

const LIFE_MS = 15_000;

/** What stations do next: each with subscriptions of its own. */
type Choice =
  | { readonly type: "seize"; readonly station: number; readonly index: number | undefined; readonly inCall: readonly number[] }
  | { readonly type: "keep" | "release"; readonly subscription: number }
  | { readonly type: "forsake"; readonly station: number }
  | { readonly type: "wait"; readonly ms: number };

const station = fc.integer({ min: 0, max: 3 });
const choice: fc.Arbitrary<Choice> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("seize" as const),
      station,
      index: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      inCall: fc.subarray([1, 2, 3], { maxLength: 1 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom("keep" as const, "release" as const), subscription: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("forsake" as const), station }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 20_000 }) }) },
);

const holderOf = (number: number): Holder => ({ account: `account ${number % 2}`, device: `device ${number}` });

/** The plain truth beside the table: who was told that he has what, and until when. */
interface Owner {
  readonly station: number;
  readonly subscription: string;
  readonly until: number;
}

describe("what is seized of a line, in all orders of events", () => {
  it("never has two owners, is refused only when somebody has it, and is always freed in the end (A-1 to A-5, A-7)", () => {
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (choices, appearances) => {
        let line: Seizures = NO_SEIZURES;
        let at = 0;
        let made = 0;
        const owners = new Map<number, Owner>();
        const isLive = (index: number): boolean => (owners.get(index)?.until ?? 0) > at;
        for (const next of choices) {
          switch (next.type) {
            case "seize": {
              const subscription = `s${made++}`;
              const ask = {
                holder: holderOf(next.station),
                isRegistered: true,
                subscription,
                index: next.index,
                until: at + LIFE_MS,
                at,
              };
              const outcome = seize(line, ask, { appearances, inCall: new Set(next.inCall) });
              const others = (index: number): boolean => isLive(index) && owners.get(index)?.station !== next.station;
              const all = Array.from({ length: appearances }, (_, place) => place + 1);
              if (outcome.type === "granted") {
                const { index } = outcome;
                assert.ok(all.includes(index) && (next.index ?? index) === index);
                assert.ok(!next.inCall.includes(index), "granted though it is in a call");
                assert.ok(!others(index), "granted though another has it");
                owners.set(index, { station: next.station, subscription, until: ask.until });
                line = outcome.seizures;
                assert.equal(seizureOf(line, subscription)?.index, index);
              } else if (outcome.type === "unknown") assert.ok((next.index ?? 0) > appearances);
              else if (next.index !== undefined)
                assert.ok(others(next.index) || next.inCall.includes(next.index), "refused though free");
              else
                assert.ok(
                  all.every((index) => others(index) || next.inCall.includes(index)),
                  "refused though one is free",
                );
              break;
            }
            case "keep": {
              const subscription = `s${next.subscription}`;
              const until = at + LIFE_MS;
              line = seizuresAfter(line, { type: "keep", subscription, until });
              for (const [index, owner] of owners)
                if (owner.subscription === subscription && seizureOf(line, subscription) !== undefined)
                  owners.set(index, { ...owner, until });
              break;
            }
            case "release": {
              const subscription = `s${next.subscription}`;
              line = seizuresAfter(line, { type: "release", subscription });
              for (const [index, owner] of owners) if (owner.subscription === subscription) owners.delete(index);
              break;
            }
            case "forsake":
              line = seizuresAfter(line, { type: "forsake", holder: holderOf(next.station) });
              for (const [index, owner] of owners) if (owner.station === next.station) owners.delete(index);
              break;
            case "wait":
              at += next.ms;
              if (at % 2 === 0) line = seizuresAfter(line, { type: "timePassed", at });
          }
          const indexes = line.map(({ index }) => index);
          assert.deepEqual(
            indexes,
            [...new Set(indexes)].sort((left, right) => left - right),
            "an index has two owners",
          );
          for (const { index, subscription, until } of line)
            if (until > at) assert.equal(owners.get(index)?.subscription, subscription, "somebody has what nobody gave him");
          for (const [index, { until }] of owners)
            if (until > at)
              assert.ok(
                line.some((one) => one.index === index),
                "an owner lost what he has",
              );
        }
        // Each end frees one at least.
        for (let left = appearances, end = nextEnd(line); left > 0 && end !== undefined; left -= 1, end = nextEnd(line))
          line = seizuresAfter(line, { type: "timePassed", at: end });
        assert.deepEqual(line, []);
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same object when nothing changes", () => {
    const ask = { holder: holderOf(0), isRegistered: false, subscription: "s", index: 1, until: 10, at: 0 };
    const outcome = seize(NO_SEIZURES, ask, { appearances: 1, inCall: new Set() });
    assert.ok(outcome.type === "granted");
    assert.equal(seizuresAfter(outcome.seizures, { type: "timePassed", at: 9 }), outcome.seizures);
    assert.equal(seizuresAfter(outcome.seizures, { type: "release", subscription: "other" }), outcome.seizures);
    assert.equal(seizuresAfter(outcome.seizures, { type: "forsake", holder: holderOf(1) }), outcome.seizures);
  });
});
