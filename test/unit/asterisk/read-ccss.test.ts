import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { readCcss, type CcssReading } from "#asterisk/read-ccss";
import { linesOf } from "./conf-of.ts";

function read(...lines: string[]): CcssReading {
  return readCcss(parseConf(lines.join("\n"), "ccss.conf").conf);
}

describe("readCcss (ccss.md §2.1)", () => {
  it("reads every option of [general], states in any case", () => {
    const states = ["available", "caller_offered", "caller_requested", "active", "callee_ready", "caller_busy", "recalling"];
    const reading = read(
      "[general]",
      "enabled = no",
      "cc_max_requests = 20",
      ...[...states, "complete", "failed"].map((state) => `cc_${state}_devstate = onhold`),
    );
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(
      [
        reading.cc.enabled,
        reading.cc.maxRequests,
        Object.keys(reading.cc.deviceStates),
        new Set(Object.values(reading.cc.deviceStates)),
      ],
      [
        false,
        20,
        [
          "available",
          "callerOffered",
          "callerRequested",
          "active",
          "calleeReady",
          "callerBusy",
          "recalling",
          "complete",
          "failed",
        ],
        new Set(["ONHOLD"]),
      ],
    );
  });

  it("says nothing where nothing is written", () => {
    for (const lines of [[], ["[general]"], ["[general]", "cc_max_requests ="]])
      assert.deepEqual(read(...lines), { cc: { deviceStates: {} }, diagnostics: [] });
  });

  it("takes the sample file's spelling, and the code's before it (CC-I02)", () => {
    const sample = read("[general]", "cc_offered_devstate = INUSE");
    assert.equal(sample.cc.deviceStates.callerOffered, "INUSE");
    assert.deepEqual(linesOf(sample), [
      "ccss.conf:2:1 CC-I02 cc_offered_devstate is read as cc_caller_offered_devstate: write that name, Asterisk knows no other",
    ]);
    const both = read("[general]", "cc_caller_offered_devstate = BUSY", "cc_offered_devstate = INUSE");
    assert.equal(both.cc.deviceStates.callerOffered, "BUSY");
  });

  it("names bad values, keeps the defaults, and never wraps (CC-W05 to W07)", () => {
    const reading = read(
      "[general]",
      "enabled = perhaps",
      "cc_max_requests = -1",
      "cc_active_devstate = UNKNOWN",
      "cc_failed_devstate = NOTINUSE",
      "cc_complete_devstate = RINGING",
    );
    assert.deepEqual(reading.cc, { deviceStates: { complete: "RINGING" } });
    const known = "write NOT_INUSE, INUSE, BUSY, INVALID, UNAVAILABLE, RINGING, RINGINUSE or ONHOLD";
    assert.deepEqual(linesOf(reading), [
      'ccss.conf:2:11 CC-W05 enabled "perhaps" is neither yes nor no: yes is used',
      'ccss.conf:3:19 CC-W06 cc_max_requests "-1" is no whole number from 0 to 2147483: the default is used, 0 is none at all',
      `ccss.conf:4:22 CC-W07 cc_active_devstate: UNKNOWN is no state that a lamp can show: the default is used, ${known}`,
      `ccss.conf:5:22 CC-W07 cc_failed_devstate: "NOTINUSE" is no device state (did you mean "NOT_INUSE"?): the default is used, ${known}`,
    ]);
    for (const [text, number] of [
      ["2147483", 2147483],
      ["2147484", undefined],
      ["20s", undefined],
      ["0", 0],
    ] as const)
      assert.equal(read("[general]", `cc_max_requests = ${text}`).cc.maxRequests, number);
  });

  it("names what does not belong here, and where it does (CC-W04, CC-W08)", () => {
    assert.deepEqual(linesOf(read("[general]", "cc_agent_policy = generic", "cc_max_request = 1", "[phone1]")), [
      "ccss.conf:2:1 CC-W04 cc_agent_policy belongs to a device: write it in its section of sip.conf",
      'ccss.conf:3:1 CC-W08 cc_max_request is not known in ccss.conf (did you mean "cc_max_requests"?): it is ignored, remove it',
      "ccss.conf:4:1 CC-W08 [phone1] is not known in ccss.conf: only [general] is read",
    ]);
  });
});
