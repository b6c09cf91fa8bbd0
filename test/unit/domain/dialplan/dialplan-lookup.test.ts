import assert from "node:assert/strict";
import { CONTEXTS_MAX } from "#domain/dialplan/context-search";
import { DialplanLookup } from "#domain/dialplan/dialplan-lookup";
import { quickly } from "../site/cpu-time.ts";
import { dialplanOf, extensionsOf } from "./dialplan-of.ts";

function lookupOf(text: string): DialplanLookup {
  return new DialplanLookup(dialplanOf(text));
}

/** Arguments of the step found, which name it. */
function find(
  lookup: DialplanLookup,
  extension: string,
  { context = "c", priority = 1, callerNumber = "" } = {},
): string | undefined {
  return lookup.step({ context, extension, callerNumber }, priority)?.args;
}

describe("DialplanLookup (sla.md §5.4)", function () {
  this.timeout(20_000);

  it("tries exact extensions first, then patterns by precedence", () => {
    const lookup = lookupOf(`
      [c]
      exten => _X!,1,NoOp(!)
      exten => _X.,1,NoOp(.)
      exten => _XX,1,NoOp(XX)
      exten => _N2,1,NoOp(N2)
      exten => _[2-4]2,1,NoOp(set)
      exten => _32,1,NoOp(literal)
      exten => 42,1,NoOp(exact)`);
    const found = ["42", "32", "22", "52", "11", "111", "1", "4-2"].map((extension) => find(lookup, extension));
    assert.deepEqual(found, ["exact", "literal", "set", "N2", "XX", ".", "!", "exact"]);
    assert.equal(find(lookup, "s"), undefined);
  });

  it("takes the first entry that has the priority, and only then looks into includes", () => {
    const lookup = lookupOf(`
      [c]
      exten => 1,2,NoOp(second)
      include => d
      include => e
      [d]
      exten => 1,1,NoOp(d)
      exten => 2,1,NoOp(d exact)
      [e]
      exten => 1,1,NoOp(e)
      include => c
      [f]
      exten => _X,1,NoOp(pattern)
      include => d`);
    assert.equal(find(lookup, "1"), "d");
    assert.equal(find(lookup, "1", { priority: 2 }), "second");
    assert.equal(find(lookup, "1", { context: "e", priority: 2 }), "second");
    // A pattern at home beats an exact extension that is included.
    assert.equal(find(lookup, "2", { context: "f" }), "pattern");
    assert.equal(find(lookup, "1", { context: "C" }), undefined);
  });

  it("tries entries for the caller's number before the others", () => {
    const lookup = lookupOf(`
      [c]
      exten => 1,1,NoOp(all)
      exten => 1/_25X,1,NoOp(pattern)
      exten => 1/256,1,NoOp(number)
      exten => 1/,1,NoOp(anonymous)
      exten => _2/256,1,NoOp(two)`);
    const callers = ["256", "257", "", "9"].map((callerNumber) => find(lookup, "1", { callerNumber }));
    assert.deepEqual(callers, ["number", "pattern", "anonymous", "all"]);
    assert.deepEqual([find(lookup, "2", { callerNumber: "256" }), find(lookup, "2")], ["two", undefined]);
  });

  it("takes patterns that differ in spelling as one, and finds labels and mere presence", () => {
    const lookup = lookupOf("[c]\nexten => _XX,1,NoOp(a)\nexten => _x-X,2(here),NoOp(b)");
    assert.equal(find(lookup, "12", { priority: 2 }), "b");
    const place = { context: "c", extension: "12", callerNumber: "" };
    assert.equal(lookup.priorityOf(place, "here"), 2);
    assert.equal(lookup.priorityOf(place, "there"), undefined);
    assert.ok(lookup.has(place) && !lookup.has({ ...place, extension: "123" }));
  });

  it("knows whether more digits are worth waiting for", () => {
    const lookup = lookupOf(
      "[c]\nexten => 12,1,NoOp()\nexten => _3XX,1,NoOp()\nexten => _4X!,1,NoOp()\ninclude => d\n[d]\nexten => 999,1,NoOp()",
    );
    const more = (digits: string): boolean => lookup.canMatchMore("c", digits);
    assert.deepEqual(["", "1", "12", "3", "31", "312", "4", "41", "9", "5"].map(more), [
      true,
      true,
      false,
      true,
      true,
      false,
      true,
      false,
      true,
      false, // prettier-ignore
    ]);
  });

  it("fills in globals in their order; names like __proto__ are names like others", () => {
    const { globals } = lookupOf("A=1\nB=${A}2\nC=${D}\nD=4\n__proto__=x");
    assert.deepEqual(
      [...globals],
      [
        ["A", "1"],
        ["B", "12"],
        ["C", ""],
        ["D", "4"],
        ["__proto__", "x"], // prettier-ignore
      ],
    );
    assert.equal(
      find(lookupOf("[constructor]\nexten => __proto__,1,NoOp(x)"), "__proto__", { context: "constructor" }),
      undefined,
    );
  });

  it("searches 128 contexts at most, whatever includes what", () => {
    const chain = Array.from(
      { length: CONTEXTS_MAX + 1 },
      (_, at) => `[c${at}]\nexten => e${at},1,NoOp(x)\ninclude => c${at + 1}`,
    );
    const lookup = lookupOf(chain.join("\n"));
    assert.equal(find(lookup, `e${CONTEXTS_MAX - 1}`, { context: "c0" }), "x");
    assert.equal(find(lookup, `e${CONTEXTS_MAX}`, { context: "c0" }), undefined);
  });

  it("is quick with 100,000 extensions and 20,000 patterns in one context", () => {
    const numbers = Array.from({ length: 100_000 }, (_, at) => String(100_000 + at));
    const names = numbers.concat(numbers.slice(0, 20_000).map((number) => `_9${number}[0-9].`));
    const context = { name: "c", extensions: extensionsOf(names), includes: [], ignorePatterns: [] };
    const lookup = new DialplanLookup({ contexts: [context], globals: [] });
    quickly(() => {
      for (const number of numbers.slice(0, 5000)) {
        assert.equal(find(lookup, number), number);
        assert.equal(find(lookup, `9${number}12`), `_9${number}[0-9].`);
        assert.ok(lookup.canMatchMore("c", number.slice(0, 3)));
      }
    }, 3000);
  });

  it("is quick with an extension that has 20,000 callers of its own, and with one of 100,000 labels", () => {
    const callers = extensionsOf(Array.from({ length: 20_000 }, () => "1")).map((extension, at) => ({
      ...extension,
      callerId: String(at),
    }));
    const [first] = extensionsOf(["2"]);
    const step = first?.steps[0];
    assert.ok(step !== undefined);
    const steps = Array.from({ length: 100_000 }, (_, at) => ({ ...step, priority: at + 1, label: `l${at}` }));
    const context = { name: "c", extensions: [...callers, { name: "2", steps }], includes: [], ignorePatterns: [] };
    const lookup = new DialplanLookup({ contexts: [context], globals: [] });
    quickly(() => {
      for (let at = 0; at < 20_000; at += 1) {
        assert.equal(find(lookup, "1"), undefined);
        assert.equal(lookup.priorityOf({ context: "c", extension: "2", callerNumber: "" }, `l${99_999 - at}`), 100_000 - at);
      }
    });
    assert.equal(find(lookup, "1", { callerNumber: "19999" }), "1");
  });

  it("bears patterns made to be slow", () => {
    const names = Array.from({ length: 2000 }, (_, at) => `_${"[0-9]X".repeat(30)}[1-${at % 10}]${at}!`);
    const context = { name: "c", extensions: extensionsOf(names), includes: [], ignorePatterns: [] };
    const lookup = new DialplanLookup({ contexts: [context], globals: [] });
    quickly(() => {
      for (let times = 0; times < 200; times += 1) find(lookup, "1".repeat(255));
    }, 2000);
  });
});
