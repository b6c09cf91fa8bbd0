import assert from "node:assert/strict";
import { stopAll } from "#test/support/stop-after-each";

describe("what tests started", () => {
  it("is stopped the last first, and all of it although one fails", async () => {
    const done: string[] = [];
    const failing = (): Promise<void> => {
      done.push("failing");
      return Promise.reject(new Error("it hangs"));
    };
    const all = [{ close: () => done.push("closed") }, failing, { stop: () => done.push("stopped") }];
    await assert.rejects(stopAll(all), /it hangs/);
    assert.deepEqual(done, ["stopped", "failing", "closed"]);
  });
});
