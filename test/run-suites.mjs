// Runs the suites in two lanes, shows their reports, and ends with the one line that counts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { conformancePage, countNotRun, PAGE_FILE, pairsOnPage, unknownRules } from "./support/conformance-page.mjs";

/** A test takes a fraction of this; only one that hangs may reach it, on the busiest machine. */
const UNIT = { name: "unit", files: ["test/unit/**/*.test.ts", "test/tidy.test.ts"], timeoutMs: 30_000 };
const PROPERTY = { name: "property", files: ["test/property/**/*.test.ts"], timeoutMs: 120_000 };
const CONFORMANCE = { name: "conformance", files: ["test/conformance/**/*.test.ts"], timeoutMs: 60_000 };
/** Nodes, store, network and phones under one seed (test/sim): more seeds than here by SIM_SEEDS. */
const SIM = { name: "sim", files: ["test/sim/**/*.test.ts"], timeoutMs: 120_000 };
const CALL_FILES = "test/integration/{lines,sample-sites}/**/*.test.ts";
const CALLS = { name: "calls", files: [CALL_FILES], timeoutMs: 90_000 };
const INTEGRATION = { name: "integration", files: ["test/integration/**/*.test.ts"], but: CALL_FILES, timeoutMs: 90_000 };

/** Suites of a lane run one after the other, lanes beside each other: tests of whole servers wait more than they work. */
const LANES = [[UNIT, PROPERTY, SIM, CONFORMANCE, CALLS], [INTEGRATION]];

/** A suite that hangs has failed; nobody waits for it for ever. */
const SUITE_MAX_MS = 13 * 60_000;
/** What a suite that ended left behind may hold its pipes open so long. */
const PIPES_MAX_MS = 2000;
const COVERAGE_FOLDER = resolve("coverage/tmp");

const folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
const coverage = process.argv.includes("--coverage");
/** Writes CONFORMANCE.md from this run. With --check no test runs, and the page is compared with the names of the tests. */
const conformance = process.argv.includes("--conformance");
const check = process.argv.includes("--check");
/** The tests run, and the page is compared with their names as well. */
const fresh = process.argv.includes("--fresh");
const ruled = [];
let passed = 0;
let failed = 0;
let skipped = 0;

if (coverage) rmSync(COVERAGE_FOLDER, { recursive: true, force: true });
await Promise.all(
  LANES.map(async (suites) => {
    for (const suite of suites) await runAndCount(suite);
  }),
);

rmSync(folder, { recursive: true, force: true });
const complaints = unknownRules(ruled).map((id) => `a test names ${id}, which test/support/rules.txt does not know`);
// Of a run that failed, names may be missing: of a suite that hung, of tests whose hook failed.
if (check || (fresh && failed === 0)) complaints.push(...staleness(readFileSync(PAGE_FILE, "utf8")));
else if (conformance) writeFileSync(PAGE_FILE, conformancePage(ruled));
if (complaints.length > 0) console.log(`\n${complaints.join("\n")}`);
if (check) console.log(`\n${passed} tests named, none run`);
else console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
if (failed > 0 || passed === 0 || complaints.length > 0) process.exitCode = 1;
if (coverage) await reportCoverage();

async function runAndCount(suite) {
  const report = join(folder, `${suite.name}.json`);
  console.log(suite === INTEGRATION ? "(integration runs meanwhile, and is shown at its end)" : `\n== ${suite.name}`);
  const since = Date.now();
  const { code, output } = await run(suite, report);
  const seconds = Math.round((Date.now() - since) / 1000);
  const stats = readStats(report);
  passed += stats.passes;
  skipped += stats.pending;
  ruled.push(...stats.ruled);
  failed += stats.failures + (code !== 0 && stats.failures === 0 ? 1 : 0);
  // At once: lines of two lanes would stand between one another.
  if (suite === INTEGRATION) console.log(`\n== ${suite.name}\n${output}`);
  console.log(`${suite.name}: ${seconds} s`);
  if (code !== 0 && stats.failures === 0) console.log(`the suite "${suite.name}" ended with code ${code}`);
}

/** What the page says otherwise than the names of the tests. */
function staleness(page) {
  const [onPage, now] = [pairsOnPage(page), pairsOnPage(conformancePage(ruled))];
  const gone = onPage.filter((pair) => !now.includes(pair)).map((pair) => `- ${pair}`);
  const added = now.filter((pair) => !onPage.includes(pair)).map((pair) => `+ ${pair}`);
  const notRun = countNotRun(page);
  const empty = notRun > 0 ? [`${notRun} lines there tell of tests that were not run`] : [];
  const all = [...gone, ...added, ...empty];
  return all.length === 0 ? [] : [...all, `${PAGE_FILE} is not fresh: npm run conformance`];
}

/** Node with its own flags, and no wrapper around it: what is killed is what runs. */
function nodeArgs(suite, report) {
  const mocha = ["node_modules/mocha/bin/mocha.js", "--no-config", "--timeout", String(suite.timeoutMs), "--forbid-only"];
  mocha.push("--extension", "ts", "--require", "test/support/root-hooks.ts", "--pass-on-failing-test-suite=false");
  mocha.push("--reporter", "test/support/reporter.cjs", "--reporter-option", `output=${report}`);
  if (suite.but !== undefined) mocha.push("--ignore", suite.but);
  if (check) mocha.push("--dry-run");
  return ["--import=tsx", "--conditions=lamplighter-source", ...mocha, ...suite.files];
}

async function run(suite, report) {
  const env = coverage ? { ...process.env, NODE_V8_COVERAGE: COVERAGE_FOLDER } : process.env;
  const child = spawn(process.execPath, nodeArgs(suite, report), { stdio: ["ignore", "pipe", "pipe"], env });
  let output = "";
  const say = (text) => {
    if (suite === INTEGRATION) output += text;
    else process.stdout.write(text);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", say);
  const tooLong = setTimeout(() => {
    say(`\nthe suite "${suite.name}" did not end within ${SUITE_MAX_MS / 60_000} minutes\n`);
    child.kill("SIGKILL");
  }, SUITE_MAX_MS);
  let late;
  child.once("exit", () => {
    clearTimeout(tooLong);
    late = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, PIPES_MAX_MS);
  });
  const [code] = await once(child, "close");
  clearTimeout(late);
  return { code: code ?? 1, output };
}

async function reportCoverage() {
  const args = ["node_modules/c8/bin/c8.js", "report", "--temp-directory", COVERAGE_FOLDER, "--include=src/**/*.ts"];
  const [code] = await once(spawn(process.execPath, [...args, "--reporter=text-summary"], { stdio: "inherit" }), "close");
  if (code !== 0) process.exitCode = 1;
}

function readStats(report) {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { passes: 0, failures: 0, pending: 0, ruled: [] };
  }
}
