import assert from "node:assert/strict";
import { columnOf, CommentStripper } from "#asterisk/conf/conf-comments";

function strip(...lines: string[]): { readonly texts: string[]; readonly openedAt: number | undefined } {
  const stripper = new CommentStripper();
  const texts = lines.map((line, index) => stripper.strip(line, index + 1).text);
  return { texts, openedAt: stripper.openedAt };
}

describe("CommentStripper", () => {
  it("takes off what follows a semicolon, and only the backslash of an escaped one", () => {
    assert.deepEqual(strip("a = b ; c", "; all", "a = b\\;c ; d", "\\;a", "a\\\\;b").texts, [
      "a = b ",
      "",
      "a = b;c ",
      ";a",
      "a\\;b",
    ]);
  });

  it("takes off block comments within a line, over lines, and nested", () => {
    assert.deepEqual(strip("a ;-- x --; b ;-- y --; c").texts, ["a  b  c"]);
    assert.deepEqual(strip("a ;-- x", "y ; z", "--; b").texts, ["a ", "", " b"]);
    assert.deepEqual(strip("a ;-- 1 ;-- 2 --; still --; b").texts, ["a  b"]);
    assert.deepEqual(strip("--; b").texts, ["--"]);
  });

  it("opens a block only when no third dash follows, and closes it with marks of its own", () => {
    assert.deepEqual(strip("a ;--- b", "c"), { texts: ["a ", "c"], openedAt: undefined });
    assert.deepEqual(strip("a ;--; b", "c --; d"), { texts: ["a ", " d"], openedAt: undefined });
  });

  it("tells where a block began that is never closed", () => {
    assert.equal(strip("a", ";-- b", ";-- c", "--;").openedAt, 2);
    assert.equal(strip("a", ";-- b", ";-- c", "--; --;").openedAt, undefined);
  });

  it("nests 128 deep and no deeper", () => {
    const opened = ";-- ".repeat(130);
    assert.deepEqual(strip(`${opened}${"--; ".repeat(127)}in --; out`).texts, [" out"]);
  });

  it("knows the column of what stands behind a comment or an escape", () => {
    const line = "a\\;b ;-- x --;c";
    const stripped = new CommentStripper().strip(line, 1);
    assert.equal(stripped.text, "a;b c");
    for (const character of ["a", ";", "b", "c"])
      assert.equal(line.charAt(columnOf(stripped, stripped.text.indexOf(character)) - 1), character);
  });
});
