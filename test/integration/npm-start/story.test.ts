import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#test/support/free-port";

/* An admin or a service manager starts the server with `npm start` and ends it with SIGTERM to that process. */
describe("npm start", () => {
  it("serves, and ends with code 0 at SIGTERM within 5 s, leaving nobody on the ports", async () => {
    const data = await mkdtemp(join(tmpdir(), "lamplighter-start-"));
    const [httpPort, sipPort] = [await freePort(), await freePort()];
    const flags = ["--data", data, "--http", `127.0.0.1:${httpPort}`, "--sip", `udp:127.0.0.1:${sipPort}`];
    const child = spawn("npm", ["start", "--", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      let output = "";
      for await (const chunk of child.stdout) {
        output += String(chunk);
        if (output.includes("Lamplighter is ready.")) break;
      }
      assert.match(output, /Lamplighter is ready\./);
      assert.equal((await fetch(`http://127.0.0.1:${httpPort}/readyz`, { headers: { Connection: "close" } })).status, 200);
      const exited = once(child, "exit");
      const signalledAt = performance.now();
      child.kill("SIGTERM");
      assert.deepEqual(await exited, [0, null]);
      assert.ok(performance.now() - signalledAt < 5000);
      await assert.rejects(fetch(`http://127.0.0.1:${httpPort}/healthz`));
    } finally {
      child.kill("SIGKILL");
      await rm(data, { recursive: true, force: true });
    }
  });
});
