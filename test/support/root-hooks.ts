import assert from "node:assert/strict";

/** A promise that nobody awaited and that failed is a failure of the run, whatever test was on when it surfaced. */
const rejections: unknown[] = [];
process.on("unhandledRejection", (reason) => {
  rejections.push(reason);
});

/** Handles of the runtime that a test may not leave behind once everything is stopped. */
const LEAKS = new Set(["TCPServerWrap", "UDPWrap", "PipeWrap", "ChildProcess", "TCPSocketWrap"]);

export const mochaHooks = {
  afterEach(): void {
    assert.deepEqual(rejections.splice(0), [], "a promise was rejected and nobody looked");
  },
  afterAll(): void {
    const left = process.getActiveResourcesInfo().filter((name) => LEAKS.has(name) && name !== "PipeWrap");
    assert.deepEqual(left, [], `a test left ${left.join(", ")} open`);
  },
};
