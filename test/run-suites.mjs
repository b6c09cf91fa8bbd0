// Runs the suites one after the other, shows their reports, and ends with the one line that counts.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformancePage, PAGE_FILE, pairsOnPage, unknownRules } from "./support/conformance-page.mjs";

/** A test takes a fraction of this; only one that hangs may reach it, on the busiest machine. */
const SUITES = [
  { name: "unit", files: ["test/unit/**/*.test.ts", "test/tidy.test.ts"], timeoutMs: 20_000 },
  { name: "property", files: ["test/property/**/*.test.ts"], timeoutMs: 60_000 },
  { name: "conformance", files: ["test/conformance/**/*.test.ts"], timeoutMs: 60_000 },
  { name: "integration", files: ["test/integration/**/*.test.ts"], timeoutMs: 60_000 },
];

/** A suite that hangs has failed; nobody waits for it for ever. */
const SUITE_MAX_MS = 8 * 60_000;

const folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
const coverage = process.argv.includes("--coverage");
/**
 * Writes CONFORMANCE.md from this run. With --check no test runs, and the page is compared with the names of the tests; with --names beside it
 * the page is written with those names, each test as not run.
 */
const conformance = process.argv.includes("--conformance");
const check = process.argv.includes("--check");
const names = process.argv.includes("--names");
const ruled = [];
let passed = 0;
let failed = 0;
let skipped = 0;

for (const suite of SUITES) {
  const report = join(folder, `${suite.name.replaceAll(" ", "-")}.json`);
  console.log(`\n== ${suite.name}`);
  const code = await run(suite, report);
  const stats = readStats(report);
  passed += stats.passes;
  skipped += stats.pending;
  ruled.push(...stats.ruled);
  failed += stats.failures + (code !== 0 && stats.failures === 0 ? 1 : 0);
  if (code !== 0 && stats.failures === 0) console.log(`the suite "${suite.name}" ended with code ${code}`);
}

rmSync(folder, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
if (check && names) writeFileSync(PAGE_FILE, conformancePage(ruled.map(({ title }) => ({ title, state: "not run" }))));
else if (check) compareWithPage();
else if (conformance) writeFileSync(PAGE_FILE, conformancePage(ruled));

function compareWithPage() {
  const page = readFileSync(PAGE_FILE, "utf8");
  const [onPage, now] = [pairsOnPage(page), pairsOnPage(conformancePage(ruled))];
  const gone = onPage.filter((pair) => !now.includes(pair)).map((pair) => `- ${pair}`);
  const added = now.filter((pair) => !onPage.includes(pair)).map((pair) => `+ ${pair}`);
  const unknown = unknownRules(ruled).map((id) => `a test names ${id}, which test/support/rules.txt does not know`);
  const complaints = [...unknown, ...gone, ...added];
  if (complaints.length === 0) return;
  console.log(`${complaints.join("\n")}\n${PAGE_FILE} is not fresh: npm run conformance`);
  process.exitCode = 1;
}

function run(suite, report) {
  const mocha = ["node_modules/mocha/bin/mocha.js", "--no-config", "--timeout", String(suite.timeoutMs), "--forbid-only"];
  mocha.push("--node-option", "import=tsx", "--node-option", "conditions=lamplighter-source", "--extension", "ts");
  mocha.push(
    "--require",
    "test/support/root-hooks.ts",
    "--reporter",
    "test/support/reporter.cjs",
    "--reporter-option",
    `output=${report}`,
    "--pass-on-failing-test-suite=false",
  );
  if (check) mocha.push("--dry-run");
  const args = coverage
    ? ["node_modules/c8/bin/c8.js", "--clean=false", "--include=src/**/*.ts", "--reporter=text-summary", "node", ...mocha]
    : mocha;
  const child = spawn(process.execPath, [...args, ...suite.files], { stdio: ["ignore", "inherit", "inherit"] });
  const tooLong = setTimeout(() => {
    console.log(`the suite "${suite.name}" did not end within ${SUITE_MAX_MS / 60_000} minutes`);
    child.kill("SIGKILL");
  }, SUITE_MAX_MS);
  return new Promise((resolve) =>
    child.on("exit", (code) => {
      clearTimeout(tooLong);
      resolve(code ?? 1);
    }),
  );
}

function readStats(report) {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { passes: 0, failures: 0, pending: 0, ruled: [] };
  }
}
