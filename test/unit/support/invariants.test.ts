import assert from "node:assert/strict";
import { brokenDialogs } from "#test/support/invariants";
import type { HeardNotify } from "#test/support/roaming-phone";

const heard = (port: number, cseq: number, more: Partial<HeardNotify> = {}): HeardNotify => ({
  callId: "a",
  port,
  at: 0,
  cseq,
  version: cseq,
  status: 200,
  ...more,
});

describe("the rules of a dialog among nodes, as tests hold them", () => {
  it("let a dialog go from node to node and back, with numbers that rise", () => {
    assert.deepEqual(brokenDialogs([heard(1, 1), heard(1, 2), heard(1, 2), heard(2, 300), heard(1, 600)]), []);
  });

  it("let one datagram be late, and no more", () => {
    const late = [heard(1, 1), heard(2, 300), heard(1, 2, { status: 500 })];
    assert.deepEqual(brokenDialogs(late), []);
    assert.equal(brokenDialogs([...late, heard(1, 2, { status: 500 })]).length, 2);
    const other = [heard(1, 1, { callId: "b" }), heard(2, 300, { callId: "b" }), heard(1, 2, { callId: "b", status: 500 })];
    assert.equal(brokenDialogs([...late, ...other]).length, 2);
  });

  it("name a number that went back, and a version", () => {
    assert.match(brokenDialogs([heard(1, 5), heard(1, 4, { status: 500 })]).join(), /has CSeq 5 already/);
    assert.match(brokenDialogs([heard(1, 5), heard(2, 6, { version: 5 })]).join(), /has version 5 already/);
  });
});
