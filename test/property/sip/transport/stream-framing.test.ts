import assert from "node:assert/strict";
import fc from "fast-check";
import { StreamFraming, type FramingError } from "#sip/transport/stream-framing";

const line = fc.constantFrom("X: y", "l2: 7", "Subject: \r\n folded", "Via: SIP/2.0/TCP a", "X:", "X: \u00ff\u0000");
const body = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "\r\n\r\n", "l: 3\r\n", "\u00ff"), maxLength: 8 });
const message = fc.record({ lines: fc.array(line, { maxLength: 3 }), body, short: fc.boolean() }).map((parts) => {
  const length = `${parts.short ? "l" : "Content-Length"}: ${parts.body.length}`;
  return ["OPTIONS sip:a SIP/2.0", ...parts.lines, length, "", parts.body].join("\r\n");
});
const between = fc.constantFrom("", "", "\r\n", "\r\n\r\n", "\r\n\r\n\r\n");
const wellFormed = fc
  .array(
    fc.tuple(between, message).map((pair) => pair.join("")),
    { maxLength: 5 },
  )
  .map((all) => all.join(""));
const garbage = fc.string({
  unit: fc.constantFrom("\r\n", "\r", "\n", "a", ":", "l: 1\r\n", "Content-Length: 2\r\n\r\n"),
  maxLength: 12,
});
const anything = fc.tuple(wellFormed, garbage, wellFormed).map((parts) => parts.join(""));

interface Outcome {
  readonly messages: string[];
  pings: number;
  error: FramingError | undefined;
}

function frame(chunks: readonly string[]): Outcome & { readonly isPending: boolean } {
  const framing = new StreamFraming();
  const outcome: Outcome = { messages: [], pings: 0, error: undefined };
  for (const chunk of chunks) {
    const { messages, pings, error } = framing.push(chunk);
    outcome.messages.push(...messages);
    outcome.pings += pings;
    if (error !== undefined) {
      assert.equal(outcome.error, undefined, "two errors");
      outcome.error = error;
    }
  }
  return { ...outcome, isPending: framing.isPending };
}

function cut(text: string, places: readonly number[]): string[] {
  const sorted = places.map((place) => place % (text.length + 1)).sort((one, other) => one - other);
  return [...sorted, text.length].map((place, at) => text.slice(sorted[at - 1] ?? 0, place));
}

describe("stream framing, cut anywhere", () => {
  it("gives the same messages, keep-alives and error for any cutting of the same bytes", () => {
    fc.assert(
      fc.property(anything, fc.array(fc.nat({ max: 2000 }), { maxLength: 20 }), (text, places) => {
        assert.deepEqual(frame(cut(text, places)), frame([text]));
        assert.deepEqual(frame(Array.from(text)), frame([text]), "byte by byte");
      }),
      { numRuns: 3000 },
    );
  });

  it("gives back every message as it was sent", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(between, { minLength: 6, maxLength: 6 }), (messages, gaps) => {
        const text = messages.map((one, at) => (gaps[at] ?? "") + one).join("");
        const { isPending, error, ...framed } = frame([text]);
        assert.deepEqual(framed.messages, messages);
        assert.deepEqual([isPending, error], [false, undefined]);
      }),
      { numRuns: 2000 },
    );
  });
});
