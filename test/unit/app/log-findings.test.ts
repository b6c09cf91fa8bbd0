import assert from "node:assert/strict";
import { LOGGED_FINDINGS_MAX, logFindings } from "#app/log-findings";
import { quietLog } from "#base/log";
import type { Diagnostic } from "#domain/site/diagnostic";

function logged(codes: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const writer = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const diagnostics = codes.map((code, at): Diagnostic => ({ file: "a", line: at + 1, column: 1, code, message: "x" }));
  logFindings(diagnostics, { ...quietLog, debug: writer("debug"), warn: writer("warn"), error: writer("error") });
  return lines;
}

describe("findings in the log", () => {
  it("come by severity, errors first", () => {
    assert.deepEqual(logged(["SIP-I01", "SIP-W01", "SIP-E01"]), [
      "error a:3:1 SIP-E01 x",
      "warn a:2:1 SIP-W01 x",
      "debug a:1:1 SIP-I01 x",
    ]);
  });

  it("are a thousand at most, and how many more there are", () => {
    const lines = logged([...Array.from({ length: 50_000 }, () => "CONF-W06"), "CONF-E02"]);
    assert.equal(lines.length, LOGGED_FINDINGS_MAX + 1);
    assert.equal(lines[0], "error a:50001:1 CONF-E02 x");
    assert.match(lines.at(-1) ?? "", /^warn 49001 more findings/);
  });
});
