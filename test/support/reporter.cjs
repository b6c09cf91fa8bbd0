// Mocha's "dot" reporter that also writes its counts to the file named by the option `output`, for test/run-suites.mjs.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const output = options.reporterOptions?.output;
    runner.on("pending", (test) => {
      console.log(`  skipped: ${test.fullTitle()}`);
    });
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats;
      if (output !== undefined) writeFileSync(output, JSON.stringify({ passes, failures, pending }));
    });
  }
}

module.exports = CountingReporter;
