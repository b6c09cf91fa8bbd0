import assert from "node:assert/strict";
import { causeOfStatus, CAUSES, statusOfCause } from "#app/calls/causes";
import { dialStatusOf } from "#app/calls/dial-result";

describe("how a Dial failed (sla.md §5.7, B-7)", () => {
  it("busy counts before congestion, congestion before no answer, all before nobody there", () => {
    const failed = (...statuses: readonly number[]): string =>
      dialStatusOf(statuses.map((status) => ({ status, cause: causeOfStatus(status) }))).status;
    assert.equal(failed(503, 486, 480), "BUSY");
    assert.equal(failed(480, 503), "CONGESTION");
    assert.equal(failed(404, 480), "NOANSWER");
    assert.equal(failed(603), "BUSY");
    assert.equal(failed(404), "CHANUNAVAIL");
    assert.equal(failed(0), "CHANUNAVAIL");
    assert.equal(failed(), "CHANUNAVAIL");
  });

  it("causes and statuses say the same to callers that are not answered", () => {
    for (const [cause, status] of [
      [CAUSES.busy, 486],
      [CAUSES.unallocated, 404],
      [CAUSES.congestion, 503],
      [CAUSES.noAnswer, 480],
      [CAUSES.rejected, 403],
    ] as const)
      assert.equal(statusOfCause(cause), status);
    for (const status of [404, 486, 503, 403]) assert.equal(statusOfCause(causeOfStatus(status)), status);
    assert.equal(causeOfStatus(699), CAUSES.rejected);
    assert.equal(statusOfCause(99), 480);
  });
});
