import assert from "node:assert/strict";
import { EMPTY_SITE, type Site } from "#domain/site/site";
import { diffSites } from "#domain/site/site-diff";

const NONE = { added: [], removed: [], changed: [] };

function site(hints: Site["hints"]): Site {
  return { ...EMPTY_SITE, hints };
}

function hint(extension: string, device: string, line: number): Site["hints"][number] {
  return { extension, context: "office", devices: [device], origin: `extensions.conf:${line}` };
}

describe("the difference of two readings", () => {
  it("names what is new, gone and different, kind by kind", () => {
    const before = site([hint("1", "SIP/a", 1), hint("2", "SIP/b", 2), hint("3", "SIP/c", 3)]);
    const after = site([hint("2", "SIP/other", 1), hint("3", "SIP/c", 2), hint("4", "SIP/d", 3)]);
    assert.deepEqual(diffSites(before, after), {
      trunks: NONE,
      stations: NONE,
      accounts: NONE,
      phones: NONE,
      lists: NONE,
      hints: { added: ["4@office"], removed: ["1@office"], changed: ["2@office"] },
    });
  });

  it("takes an object in another line of its file for the same", () => {
    const before = site([hint("1", "SIP/a", 1)]);
    assert.deepEqual(diffSites(before, site([hint("1", "SIP/a", 99)])).hints, NONE);
  });
});
