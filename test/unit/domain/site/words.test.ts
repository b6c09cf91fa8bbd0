import assert from "node:assert/strict";
import { formatDiagnostic, inOrder, positionOf, severityOf } from "#domain/site/diagnostic";
import { didYouMean, nearest, Suggestions } from "#domain/site/nearest";
import { show } from "#domain/site/shown";

describe("show", () => {
  it("shows nothing invisible and nothing long", () => {
    assert.equal(show("a\nb\u0000c\u202ed\u2028e\u{e0001}f\ud800g"), "a␣b␣c␣d␣e␣f␣g");
    assert.equal(show('ü€😀<&"'), 'ü€😀<&"');
    assert.equal(show("x".repeat(60)), "x".repeat(60));
    assert.equal(show("x".repeat(61)), `${"x".repeat(60)}…`);
    assert.equal(show(`${"x".repeat(59)}😀`), `${"x".repeat(59)}␣…`);
  });
});

describe("nearest", () => {
  it("finds a slip of the finger in any case, and no more", () => {
    assert.equal(nearest("trunc", ["station", "Trunk"]), "Trunk");
    assert.equal(nearest("T3", ["T1", "T2"]), "T1");
    assert.equal(nearest("reception", ["kitchen", "hall"]), undefined);
    assert.equal(nearest("", []), undefined);
    assert.equal(didYouMean("lin1", ["line1"]), ' (did you mean "line1"?)');
    assert.equal(didYouMean("lin1", ["x"]), "");
  });

  it("stops suggesting when a whole file is wrong", () => {
    const suggestions = new Suggestions(["line1"]);
    const answers = Array.from({ length: 101 }, () => suggestions.for("line2"));
    assert.deepEqual([answers[99] === "", answers[100]], [false, ""]);
  });
});

describe("diagnostics", () => {
  const at = (file: string, line: number, column: number): Parameters<typeof formatDiagnostic>[0] => {
    return { file, line, column, code: "SLA-E05", message: "m" };
  };

  it("print as file:line:column CODE message and know their severity (design §9.19)", () => {
    assert.equal(formatDiagnostic(at("a/b.conf", 2, 3)), "a/b.conf:2:3 SLA-E05 m");
    assert.deepEqual(
      ["SLA-E05", "YAML-W02", "SIP-I01"].map((code) => severityOf({ code })),
      ["E", "W", "I"],
    );
    assert.deepEqual(positionOf("c:\\x.conf:12"), { file: "c:\\x.conf", line: 12, column: 1 });
  });

  it("stand in the order of the files, as numbers", () => {
    const sorted = inOrder([at("b", 1, 1), at("a", 10, 1), at("a", 9, 10), at("a", 9, 9)]);
    assert.deepEqual(
      sorted.map(({ file, line, column }) => `${file}${line}:${column}`),
      ["a9:9", "a9:10", "a10:1", "b1:1"],
    );
  });
});
