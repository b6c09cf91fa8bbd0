import assert from "node:assert/strict";
import { formatDiagnostic, type Diagnostic } from "#domain/site/diagnostic";
import { RepeatedFindings } from "#domain/site/repeated-findings";

function at(line: number, message = "Macro is not supported", file = "a.conf"): Diagnostic {
  return { file, line, column: 7, code: "SLA-W21", message };
}

/** What is listed of these lines, one finding of the same cause a line. */
function listed(...lines: readonly number[]): string[] {
  const repeated = new RepeatedFindings();
  for (const line of lines) repeated.add("macro", at(line));
  return repeated.diagnostics.map(formatDiagnostic);
}

describe("RepeatedFindings", () => {
  it("lists up to three of one cause as they are", () => {
    assert.deepEqual(listed(), []);
    assert.deepEqual(listed(5, 3, 9), [
      "a.conf:5:7 SLA-W21 Macro is not supported",
      "a.conf:3:7 SLA-W21 Macro is not supported",
      "a.conf:9:7 SLA-W21 Macro is not supported",
    ]);
  });

  it("makes one of more than three, with the lines of the next eight and the number of the others", () => {
    assert.deepEqual(listed(2, 3, 9, 11), ["a.conf:2:7 SLA-W21 Macro is not supported; also in lines 3, 9, 11"]);
    const many = Array.from({ length: 400 }, (_, index) => index + 1);
    assert.deepEqual(listed(...many), [
      "a.conf:1:7 SLA-W21 Macro is not supported; also in lines 2, 3, 4, 5, 6, 7, 8, 9 and 391 more",
    ]);
  });

  it("tells causes and files apart, and takes the same twice on a line for one", () => {
    const repeated = new RepeatedFindings();
    for (const line of [1, 1, 2, 2, 3, 3]) repeated.add("macro", at(line));
    for (const line of [1, 2, 3]) {
      repeated.add("gosub", at(line));
      repeated.add("macro", at(line, undefined, "b.conf"));
    }
    assert.equal(repeated.size, 3);
    assert.equal(repeated.diagnostics.length, 9);
    assert.equal(repeated.messageOf("gosub", at(1)), "Macro is not supported");
    assert.equal(repeated.messageOf("queue", at(1)), undefined);
  });
});
