import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import { inParallel } from "#test/support/in-parallel";
import { EXAMPLES } from "#test/support/requirement-defects";
import { chapterOrSkip, type SiteFiles } from "#test/support/requirement-texts";
import { check } from "./run-check.ts";

/** file:line:column CODE message */
const FINDING = /^[\w.-]+:\d+:\d+ [A-Z]+-[EWI]\d{2} \S.*$/;

const LAYOUTS = ["analog", "sip-trunks", "alternate", "shared-extension", "callback", "ccss-mark-richard", "ccss-portuguese"];
/** Commands of one test beside each other. */
const AT_ONCE = 3;

describe("lamplighter check, on the printed examples", function () {
  this.timeout(120_000);
  let folder = "";

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-printed-"));
    // Builds what is older than its sources, so that no test below waits for it.
    await check("--help");
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function site(files: SiteFiles): string {
    const path = mkdtempSync(join(folder, "site-"));
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(path, name), typeof text === "string" ? text : text.join("\n"));
    return path;
  }

  it("prints a line a finding for each of them, and ends with 1 where an object is left out", async function () {
    const examples = Object.entries(EXAMPLES) as [keyof typeof EXAMPLES, (typeof EXAMPLES)["analog"]][];
    const sites = examples.map(([name, example]) => ({ name, example, path: site(example.files(chapterOrSkip(this, name))) }));
    await inParallel(sites, AT_ONCE, async ({ name, example, path }) => {
      const { code, out } = await check(path);
      const expected = [...example.defects.flatMap(({ found }) => found), ...example.notes];
      for (const line of out) assert.match(line, FINDING);
      assert.deepEqual(out.map((line) => line.split(" ")[1]).sort(), expected.map((found) => found.split(" ")[0]).sort(), name);
      assert.equal(code, expected.some((found) => /^[A-Z]+-E/.test(found)) ? 1 : 0, name);
    });
  });

  it("ends with 2 for a printed line without its context (D9)", async () => {
    const { code, out } = await check(site({ "extensions.conf": "exten => 5001,1,SLATrunk(5001)\n" }));
    assert.deepEqual(
      [code, out],
      [2, ["extensions.conf:1:1 CONF-E01 key before any section: put a [section] line above (the whole file is rejected)"]],
    );
  });

  it("says of our own layouts what an admin should know, and ends with 0", async () => {
    await inParallel(LAYOUTS, AT_ONCE, async (name) => {
      const { code, out } = await check(join(packageRoot, "test/fixtures/sites", name));
      assert.equal(code, 0, name);
      for (const line of out) assert.match(line, / [A-Z]+-I\d{2} /, name);
    });
  });

  it("reads the printed file of a phone, beside a site and alone", async () => {
    const phone = "<polycomConfig>\n<reg reg.1.address=”200″ reg.1.auth.password=”welcome”/>\n</polycomConfig>\n";
    const path = site({ "phone.cfg": phone });
    cpSync(join(packageRoot, "test/fixtures/sites/callback"), path, { recursive: true });
    const expected = [
      "phone.cfg:2:20 SLA-W20",
      "phone.cfg:2:24 SLA-W20",
      "phone.cfg:2:46 SLA-W20",
      "phone.cfg:2:47 CONF-W41",
      "phone.cfg:2:54 SLA-W20",
    ];
    for (const target of [path, join(path, "phone.cfg")]) {
      const { code, out } = await check(target);
      assert.deepEqual([code, out.map((line) => line.split(" ").slice(0, 2).join(" "))], [0, expected]);
    }
    writeFileSync(join(path, "broken.xml"), phone.replace("</polycomConfig>", ""));
    const alone = await check(join(path, "broken.xml"), "--json");
    assert.equal(alone.code, 1);
    const { diagnostics } = JSON.parse(alone.out.join("")) as { diagnostics: { code: string }[] };
    assert.ok(diagnostics.some(({ code }) => code === "CONF-E41"));
    assert.equal(readFileSync(join(path, "phone.cfg"), "utf8"), phone);
  });
});
