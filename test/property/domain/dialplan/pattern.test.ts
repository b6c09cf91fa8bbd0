import assert from "node:assert/strict";
import fc from "fast-check";
import { DialplanLookup } from "#domain/dialplan/dialplan-lookup";
import { comparePatterns, matchesExtension, matchesPattern, parsePattern, patternWantsMore } from "#domain/dialplan/pattern";

const ALPHABET = ["0", "1", "2", "9", "a", "n"];

/** All strings over the alphabet up to this length. */
function* strings(length: number): Generator<string> {
  yield "";
  if (length === 0) return;
  for (const rest of strings(length - 1)) for (const character of ALPHABET) yield character + rest;
}

const WORDS = [...new Set(strings(4))];
const SHORT_WORDS = WORDS.filter(({ length }) => length < 4);

const piece = fc.constantFrom(
  "X",
  "x",
  "Z",
  "N",
  "n",
  "0",
  "1",
  "a",
  "-",
  "[12]",
  "[n]",
  "[0-2]",
  "[]",
  "[a-n9]",
  "[2-1]",
  "[-1]",
  "[1-]",
);
const pattern = fc
  .tuple(fc.array(piece, { maxLength: 4 }), fc.constantFrom("", "", ".", "!", ".5", "!X", "[1"))
  .map(([pieces, end]) => `_${pieces.join("")}${end}`);

/** The language of a pattern, as a regular expression of JavaScript. */
function oracle(text: string): RegExp {
  let source = "";
  for (let rest = text.slice(1); rest !== "";) {
    const set = /^\[([^\]]*)\]/.exec(rest);
    const character = rest.charAt(0);
    rest = rest.slice(set?.[0].length ?? 1);
    if (set !== null) source += set[1] === "" ? "" : classOf(set[1] ?? "");
    else if (character === "[") return /(?!)/;
    else if (character === ".") return new RegExp(`^${source}.+$`);
    else if (character === "!") return new RegExp(`^${source}.*$`);
    else if (character !== "-")
      source += ({ X: "[0-9]", Z: "[1-9]", N: "[2-9]" } as Record<string, string>)[character.toUpperCase()] ?? character;
  }
  return new RegExp(`^${source}$`);
}

/** Members of the set among the alphabet: "-" may be one, but nothing that is dialled keeps a dash. */
function classOf(inside: string): string {
  const members = ALPHABET.filter((character) => {
    for (let at = 0; at < inside.length; at += 1) {
      const isRange = inside.charAt(at + 1) === "-" && at + 2 < inside.length;
      if (isRange ? character >= inside.charAt(at) && character <= inside.charAt(at + 2) : character === inside.charAt(at))
        return true;
      if (isRange) at += 2;
    }
    return false;
  });
  return members.length === 0 ? "(?!)" : `[${members.join("")}]`;
}

describe("patterns over a small alphabet", function () {
  this.timeout(20_000);

  it("match exactly what a brute-force oracle says", () => {
    fc.assert(
      fc.property(pattern, (name) => {
        const language = oracle(name);
        for (const word of WORDS) assert.equal(matchesExtension(name, word), language.test(word), `${name} ${word}`);
      }),
      { numRuns: 300 },
    );
  });

  it("ignore dashes wherever they stand in what is dialled", () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom(...WORDS), fc.nat(4), (name, word, at) => {
        assert.equal(matchesExtension(name, `${word.slice(0, at)}-${word.slice(at)}`), matchesExtension(name, word));
      }),
    );
  });

  it("are in a strict total order; equal ones match the same", () => {
    fc.assert(
      fc.property(pattern, pattern, pattern, (a, b, c) => {
        const [ab, bc, ac] = [comparePatterns(a, b), comparePatterns(b, c), comparePatterns(a, c)];
        assert.ok(Math.sign(ab) + Math.sign(comparePatterns(b, a)) === 0);
        assert.equal(comparePatterns(a, a), 0);
        if (ab <= 0 && bc <= 0) assert.ok(ac <= 0, `${a} ${b} ${c}`);
        if (ab === 0) for (const word of WORDS) assert.equal(matchesExtension(a, word), matchesExtension(b, word));
      }),
      { numRuns: 300 },
    );
  });

  it("want more digits exactly when a longer word can match, but for !", () => {
    fc.assert(
      fc.property(
        pattern.filter((name) => !name.includes("!")),
        (name) => {
          const parsed = parsePattern(name);
          // Words of four characters tell all of three positions; "-" in a set is a character that nobody can dial.
          const isDialled = (set: string): boolean => ALPHABET.some((character) => set.includes(character));
          fc.pre(parsed.positions.length <= 3 && parsed.positions.every(isDialled));
          const language = oracle(name);
          const words = WORDS.filter((word) => language.test(word));
          for (const word of WORDS.filter(({ length }) => length < 2)) {
            const longer = words.some((other) => other.length > word.length && other.startsWith(word));
            assert.equal(patternWantsMore(parsed, word), longer, `${name} ${word}`);
          }
        },
      ),
    );
  });

  it("are found by a look-up as by trying each in its order", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pattern, fc.constantFrom(...SHORT_WORDS)), { maxLength: 12 }), (names) => {
        const extensions = [...new Set(names)].map((name) => ({
          name,
          steps: [{ priority: 1, application: "NoOp", args: name, origin: "extensions.conf:1" }],
        }));
        const lookup = new DialplanLookup({
          contexts: [{ name: "c", extensions, includes: [], ignorePatterns: [] }],
          globals: [],
        });
        const ordered = extensions.map(({ name }) => name).sort(comparePatterns);
        for (const word of SHORT_WORDS) {
          const expected = ordered.find((name) => matchesExtension(name, word));
          const found = lookup.step({ context: "c", extension: word, callerNumber: "" }, 1)?.args;
          assert.equal(found === undefined, expected === undefined, word);
          if (found !== undefined && expected !== undefined)
            assert.equal(comparePatterns(found, expected), 0, `${word}: ${found} ${expected}`);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("decide in a look-up whether to wait as trying each in its order does", () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 8 }), (names) => {
        const extensions = names.map((name) => ({ name, steps: [] }));
        const lookup = new DialplanLookup({
          contexts: [{ name: "c", extensions, includes: [], ignorePatterns: [] }],
          globals: [],
        });
        const ordered = [...names].sort(comparePatterns).map((name) => ({ name, parsed: parsePattern(name) }));
        for (const word of SHORT_WORDS) {
          const decides = ({ parsed }: (typeof ordered)[number]): boolean =>
            patternWantsMore(parsed, word) || (parsed.end === "any" && matchesPattern(parsed, word));
          const first = ordered.find(decides);
          const expected = first !== undefined && patternWantsMore(first.parsed, word);
          assert.equal(lookup.canMatchMore("c", word), expected, `${names.join(" ")}: ${word}`);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("never fail, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, dialled) => {
        matchesExtension(`_${name}`, dialled);
        assert.equal(comparePatterns(`_${name}`, `_${name}`), 0);
      }),
    );
  });
});
