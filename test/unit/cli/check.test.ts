import assert from "node:assert/strict";
import { runCheck } from "#cli/check";

describe("check, for a person who looks on", () => {
  it("says what it is at, clears that, and colours codes by severity", async () => {
    const [printed, stages]: [string[], (string | undefined)[]] = [[], []];
    const code = await runCheck(
      "provisioning/sites/sample",
      {},
      {
        print: (line) => printed.push(line),
        explain: () => undefined,
        progress: (stage) => stages.push(stage),
        hasColour: true,
      },
    );
    assert.equal(code, 0);
    assert.deepEqual(stages, ["reading", "parsing", "checking", undefined]);
    assert.match(printed.join("\n").replaceAll("\u001b", "ESC"), /^sip\.conf:\d+:\d+ ESC\[36mSIP-I01ESC\[0m account/m);
  });
});
