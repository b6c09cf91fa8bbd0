// Mocha's "dot" reporter that also writes its counts, and the outcome of each test whose title names a rule, to the file named by the option
// `output`, for test/run-suites.mjs.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

const RULE = /\b[A-Z]-\d/;

class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const output = options.reporterOptions?.output;
    const ruled = [];
    const note = (state) => (test) => {
      const title = test.titlePath().join(" › ").replace(/\s+/g, " ");
      if (RULE.test(title)) ruled.push({ title, state });
    };
    runner.on("pass", note("passed"));
    runner.on("fail", note("failed"));
    runner.on("pending", note("skipped"));
    runner.on("pending", (test) => {
      console.log(`  skipped: ${test.fullTitle()}`);
    });
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats;
      if (output !== undefined) writeFileSync(output, JSON.stringify({ passes, failures, pending, ruled }));
    });
  }
}

module.exports = CountingReporter;
