import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import { CODE_TEXTS, explain } from "#domain/site/codes/explain";
import { severityOf } from "#domain/site/diagnostic";
import { diagnosticsPage, PAGE_PATH } from "#test/support/diagnostics-page";

const TABLES = "domain/site/codes";
/** A code as the sources say it: whole, or its end behind the family of the file. */
const WHOLE = /\b(?:SLA|CONF|SIP|EXT|CC|YAML|PHONE)-[EWI]\d{2}\b/g;
const OF_A_FILE = /\$\{familyOf\([^)]*\)\}(-[EWI]\d{2})\b/g;
const FAMILIES_OF_FILES = ["CONF", "YAML"];

function usedCodes(): Set<string> {
  const root = join(packageRoot, "src");
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const texts = paths.filter((path) => !path.startsWith(TABLES)).map((path) => readFileSync(join(root, path), "utf8"));
  return new Set(
    texts.flatMap((text) => [
      ...[...text.matchAll(WHOLE)].map(([code]) => code),
      ...[...text.matchAll(OF_A_FILE)].flatMap(([, end = ""]) => FAMILIES_OF_FILES.map((family) => family + end)),
    ]),
  );
}

describe("what the codes of findings mean", () => {
  it("is written for every code of the sources, and for no other", () => {
    assert.deepEqual([...CODE_TEXTS.keys()].sort(), [...usedCodes()].sort());
  });

  it("is said once: no two codes share a text", () => {
    for (const part of ["why", "fix"] as const) {
      const texts = [...CODE_TEXTS].map(([code, text]) => [text[part], code] as const);
      const first = new Map([...texts].reverse());
      assert.deepEqual(
        texts.filter(([text, code]) => first.get(text) !== code),
        [],
      );
    }
  });

  it("is a sentence or three, on one line, for an admin", () => {
    for (const [code, { why, fix }] of CODE_TEXTS)
      for (const text of [why, fix]) {
        assert.match(text, /\S\.$/, code);
        assert.ok(text.length <= 400 && !/\p{Cc}/u.test(text), `${code}: ${text.length} characters`);
      }
  });

  it("goes with the finding, its severity beside it", () => {
    const finding = { file: "sla.conf", line: 3, column: 1, code: "SLA-E01", message: "section [x] has no type" };
    const { why, fix, severity } = explain(finding);
    assert.deepEqual({ why, fix }, CODE_TEXTS.get("SLA-E01"));
    assert.equal(severity, "E");
    assert.ok([...CODE_TEXTS.keys()].every((code) => "EWI".includes(severityOf({ code }))));
  });

  it("is what the page for admins says (npm run diagnostics)", () => {
    assert.equal(readFileSync(PAGE_PATH, "utf8"), diagnosticsPage(CODE_TEXTS));
  });
});
