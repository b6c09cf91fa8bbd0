import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { siteDifferences } from "#domain/site/site-differences";
import { writtenSite } from "#domain/site/written-site";
import { readYamlSite } from "#site-yaml/read-yaml-site";
import { writeYamlSite } from "#site-yaml/write-yaml-site";
import { anySite } from "./any-site.ts";

const RUNS = 150;

describe("a site written as site.yaml", function () {
  this.timeout(60_000);

  it("reads as the same site, whatever its names and values hold", () => {
    fc.assert(
      fc.property(anySite, fc.array(fc.string()), (site, comments) => {
        const text = writeYamlSite(site, { header: comments, commentsOf: () => comments });
        const { site: read, diagnostics, unusable } = readYamlSite(text, "site.yaml");
        assert.deepEqual([diagnostics.map(formatDiagnostic), unusable], [[], undefined], text);
        assert.deepEqual(siteDifferences(writtenSite(site), writtenSite(read)), [], text);
        assert.deepEqual(siteDifferences(writtenSite(read), writtenSite(site)), [], text);
        for (const kind of ["trunks", "stations", "phones"] as const)
          assert.deepEqual(
            read[kind].map((object) => ("mac" in object ? object.mac : object.name)),
            site[kind].map((object) => ("mac" in object ? object.mac : object.name)),
          );
      }),
      { numRuns: RUNS },
    );
  });
});
