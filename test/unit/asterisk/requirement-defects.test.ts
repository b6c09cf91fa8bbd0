import assert from "node:assert/strict";
import { LAYOUTS, layoutOf } from "#test/support/layouts";
import { EXAMPLES } from "#test/support/requirement-defects";
import { chapterOrSkip, readFiles, type ChapterName, type SiteFiles } from "#test/support/requirement-texts";

const TITLES: Readonly<Record<keyof typeof EXAMPLES, string>> = {
  analog: "the analog key system",
  sipTrunks: "the key system with SIP trunks",
  alternate: "the alternate key system",
  shared: "the shared extension",
  callback: "the callback service",
  portuguese: "the Portuguese text on call completion",
};

for (const [name, example] of Object.entries(EXAMPLES) as [keyof typeof EXAMPLES, (typeof EXAMPLES)["analog"]][])
  describe(`${TITLES[name]}, typed as it is printed`, () => {
    let printed: SiteFiles = {};

    before(function () {
      printed = example.files(chapterOrSkip(this, name satisfies ChapterName));
    });

    async function found(files: SiteFiles): Promise<string[]> {
      const reading = await readFiles(files);
      assert.equal(reading.unusable, undefined);
      return [...reading.found].sort();
    }

    it("is found to have exactly its defects (sla.md §6)", async () => {
      assert.deepEqual(await found(printed), [...example.defects.flatMap((defect) => defect.found), ...example.notes].sort());
    });

    it("loads clean with all fixes, and comes to what the text describes", async () => {
      const mended = example.defects.reduce((files, { fix }) => fix(files), printed);
      assert.deepEqual(await found(mended), [...example.notes].sort());
      const { site } = await readFiles(mended);
      assert.deepEqual(layoutOf(site), LAYOUTS[name]);
      assert.ok(site.accounts.length > 0);
    });

    for (const { number, found: own, fix } of example.defects)
      it(`loses with the fix of ${number} the findings of ${number} and no others`, async () => {
        const others = example.defects.filter((defect) => defect.number !== number).flatMap((defect) => defect.found);
        assert.ok(own.length > 0);
        assert.deepEqual(await found(fix(printed)), [...others, ...example.notes].sort());
      });
  });
