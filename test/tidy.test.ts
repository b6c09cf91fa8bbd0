import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Style that the linter cannot say, as one fast test. */
const LINES_MAX = 400;
const FORBIDDEN_NAMES = /(^|[-/])(utils?|helpers?|common|misc|manager|index)\.ts$/;

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

const sources = filesBelow("src").filter((path) => path.endsWith(".ts"));

describe("the style of the sources", () => {
  it("names files by the noun inside", () => {
    assert.deepEqual(
      sources.filter((path) => FORBIDDEN_NAMES.test(path)),
      [],
    );
    assert.deepEqual(
      sources.filter((path) => !/^[a-z0-9-]+\.ts$/.test(path.slice(path.lastIndexOf("/") + 1))),
      [],
    );
  });

  it("keeps files small", () => {
    assert.deepEqual(
      sources.filter((path) => readFileSync(path, "utf8").split("\n").length > LINES_MAX),
      [],
    );
  });

  it("exports by name and leaves no to-do behind", () => {
    assert.deepEqual(
      sources.filter((path) => /^export default|\b(TODO|FIXME|XXX)\b/m.test(readFileSync(path, "utf8"))),
      [],
    );
  });

  it("has a docstring on every exported function and class", () => {
    const naked = sources.flatMap((path) => {
      const lines = readFileSync(path, "utf8").split("\n");
      return lines.flatMap((line, at) =>
        /^export (async )?(function|class) /.test(line) && !/\*\/$/.test(lines[at - 1] ?? "")
          ? [`${path}:${at + 1} ${line}`]
          : [],
      );
    });
    assert.ok(naked.length < 60, `too many exports without a sentence:\n${naked.join("\n")}`);
  });
});
