// Runs the suites in two lanes, shows their reports, and ends with the one line that counts.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformancePage, PAGE_FILE, pairsOnPage, unknownRules } from "./support/conformance-page.mjs";

/** A test takes a fraction of this; only one that hangs may reach it, on the busiest machine. */
const UNIT = { name: "unit", files: ["test/unit/**/*.test.ts", "test/tidy.test.ts"], timeoutMs: 30_000 };
const PROPERTY = { name: "property", files: ["test/property/**/*.test.ts"], timeoutMs: 120_000 };
const CONFORMANCE = { name: "conformance", files: ["test/conformance/**/*.test.ts"], timeoutMs: 60_000 };
const INTEGRATION = { name: "integration", files: ["test/integration/**/*.test.ts"], timeoutMs: 90_000 };

/** Suites of a lane run one after the other, lanes beside each other: integration waits for processes more than it works. */
const LANES = [[UNIT, PROPERTY, CONFORMANCE], [INTEGRATION]];

/** A suite that hangs has failed; nobody waits for it for ever. */
const SUITE_MAX_MS = 13 * 60_000;

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

await Promise.all(
  LANES.map(async (suites) => {
    for (const suite of suites) await runAndCount(suite);
  }),
);

rmSync(folder, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
if (failed > 0 || passed === 0) process.exitCode = 1;
if (check && names) writeFileSync(PAGE_FILE, conformancePage(ruled.map(({ title }) => ({ title, state: "not run" }))));
else if (check) compareWithPage();
else if (conformance) writeFileSync(PAGE_FILE, conformancePage(ruled));

async function runAndCount(suite) {
  const report = join(folder, `${suite.name}.json`);
  console.log(suite === INTEGRATION ? "(integration runs meanwhile, and is shown at its end)" : `\n== ${suite.name}`);
  const { code, output } = await run(suite, report);
  const stats = readStats(report);
  passed += stats.passes;
  skipped += stats.pending;
  ruled.push(...stats.ruled);
  failed += stats.failures + (code !== 0 && stats.failures === 0 ? 1 : 0);
  // At once: lines of two lanes would stand between one another.
  if (suite === INTEGRATION) console.log(`\n== ${suite.name}\n${output}`);
  else if (output !== "") console.log(output);
  if (code !== 0 && stats.failures === 0) console.log(`the suite "${suite.name}" ended with code ${code}`);
}

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
  const child = spawn(process.execPath, [...args, ...suite.files], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      if (suite === INTEGRATION) output += chunk.toString();
      else process.stdout.write(chunk);
    });
  const tooLong = setTimeout(() => {
    output += `\nthe suite "${suite.name}" did not end within ${SUITE_MAX_MS / 60_000} minutes`;
    child.kill("SIGKILL");
  }, SUITE_MAX_MS);
  return new Promise((resolve) =>
    child.on("exit", (code) => {
      clearTimeout(tooLong);
      const ended = () => resolve({ code: code ?? 1, output });
      child.once("close", ended);
      // A process that a killed test left behind may hold the pipe open.
      setTimeout(ended, 2000);
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
