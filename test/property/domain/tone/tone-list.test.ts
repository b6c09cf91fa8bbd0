import assert from "node:assert/strict";
import fc from "fast-check";
import { formatToneList, parseToneList, type ToneSegment } from "#domain/tone/tone-list";

const RUNS = 1000;

const hertz = fc.integer({ min: 1, max: 4000 });
const frequencies = fc.oneof<fc.Arbitrary<ToneSegment["frequencies"]>[]>(
  fc.constant([]),
  fc.tuple(hertz),
  fc.tuple(hertz, hertz),
);
const segment: fc.Arbitrary<ToneSegment> = fc
  .record({
    frequencies,
    isModulated: fc.boolean(),
    milliseconds: fc.option(fc.integer({ min: 1, max: 600_000 }), { nil: undefined }),
    isOnce: fc.boolean(),
  })
  .map(({ milliseconds, isModulated, ...rest }) => ({
    ...rest,
    isModulated: isModulated && rest.frequencies.length === 2,
    ...(milliseconds === undefined ? {} : { milliseconds }),
  }));

describe("tone lists of any kind", () => {
  it("come back from their text", () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 200 }), (segments) => {
        assert.deepEqual(parseToneList(formatToneList(segments)), { ok: true, value: segments });
      }),
      { numRuns: RUNS },
    );
  });

  it("are read or refused at a place that is there, whatever stands in them", () => {
    const piece = fc.constantFrom("!", "350", "0", "+", "*", "/", ",", "|", " ", "99999", "-", "\0", "é", "/1");
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(text, (list) => {
        const parsed = parseToneList(list);
        if (parsed.ok) assert.deepEqual(parseToneList(formatToneList(parsed.value)), parsed);
        else assert.equal(list.slice(parsed.error.index, parsed.error.index + parsed.error.element.length), parsed.error.element);
      }),
      { numRuns: RUNS },
    );
  });
});
