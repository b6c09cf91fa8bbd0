import { equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { LINES_PAGE_PATH, linesPage } from "#test/support/lines-page";

describe("The page of the table of lines", () => {
  it("is fresh (node --import tsx --conditions lamplighter-source test/support/write-lines-page.ts)", () => {
    equal(readFileSync(LINES_PAGE_PATH, "utf8"), linesPage());
  });
});
