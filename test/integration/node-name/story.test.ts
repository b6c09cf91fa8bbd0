import assert from "node:assert/strict";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";

/* Two servers of one host and one Redis, and nobody thought of --node. */
describe("the name of a node", () => {
  it("is refused to a second process with the reason, and free at once when the first one was killed", async () => {
    const redis = await startRedis();
    const first = await ServerUnderTest.start({ store: redis.url, args: ["--lease", "1"] });
    try {
      await assert.rejects(
        ServerUnderTest.start({ store: redis.url, args: ["--lease", "1"] }),
        /ended with 2:\n[^]*--node test-node: another process serves under this name/,
      );
      const other = await ServerUnderTest.start({ store: redis.url, args: ["--node", "another"] });
      await other.stop();
      await first.end("SIGKILL");
      await first.start();
    } finally {
      await first.stop();
      await redis.stop();
    }
  });
});
