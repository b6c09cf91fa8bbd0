import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REASON_PHRASES } from "#sip/message/reason-phrases";

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

describe("reason phrases", () => {
  it("are one line of printable text for statuses of three digits", () => {
    for (const [status, phrase] of Object.entries(REASON_PHRASES)) {
      assert.match(status, /^[1-6]\d\d$/);
      assert.match(phrase, /^[A-Z][A-Za-z/ -]+$/);
    }
  });

  it("are there for every status that the SIP folders answer", () => {
    const statuses = sourcesBelow("src/sip").flatMap((source) =>
      [...source.matchAll(/\bstatus: ([1-6]\d\d)\b/g)].map((match) => match[1] ?? ""),
    );
    assert.ok(statuses.length > 10);
    assert.deepEqual(
      [...new Set(statuses)].filter((status) => REASON_PHRASES[Number(status)] === undefined),
      [],
    );
  });
});
