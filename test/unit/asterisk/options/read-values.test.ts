import assert from "node:assert/strict";
import { readBoolean, readSeconds, sayInto } from "#asterisk/options/read-values";
import { formatDiagnostic, type Diagnostic } from "#domain/site/diagnostic";

function entry(key: string, value: string): Parameters<typeof readBoolean>[0] {
  const at = { file: "x.conf", line: 3, column: 1 };
  return { key, writtenKey: key, value, at, valueAt: { ...at, column: 9 } };
}

describe("values of sla.conf", () => {
  it("are seconds from 0 to a day, and what is used instead is told", () => {
    const said: Diagnostic[] = [];
    const say = sayInto(said);
    const values = ["0", "20", "086400", "86400", "86401", "99999999999", "20s", "-5", "", "1e3"];
    assert.deepEqual(
      values.map((value) => readSeconds(entry("ringtimeout", value), say)),
      [0, 20, 86400, 86400, 86400, 86400, 20, 0, 0, 1],
    );
    assert.equal(said.length, 6);
    assert.equal(
      said.map(formatDiagnostic)[2],
      'x.conf:3:9 SLA-W12 ringtimeout "20s" is not a number of seconds from 0 to 86400: 20 is used',
    );
  });

  it("are yes or no in Asterisk's words, and anything else is named", () => {
    const said: Diagnostic[] = [];
    const say = sayInto(said);
    for (const word of ["yes", "TRUE", "y", "t", "1", "On"]) assert.equal(readBoolean(entry("barge", word), false, say), true);
    for (const word of ["no", "False", "n", "f", "0", "OFF"]) assert.equal(readBoolean(entry("barge", word), true, say), false);
    assert.deepEqual(said, []);
    assert.equal(readBoolean(entry("barge", "maybe"), true, say), true);
    assert.deepEqual(said.map(formatDiagnostic), ['x.conf:3:9 SLA-W13 barge "maybe" is neither yes nor no: yes is used']);
  });
});
