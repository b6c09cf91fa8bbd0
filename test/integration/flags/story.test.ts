import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#test/support/free-port";

/* Whoever starts the server with something that cannot work is told why, and the process is gone with code 2. */
const ENDS_WITHIN_MS = 10_000;

describe("flags that cannot work", () => {
  let data: string;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), "lamplighter-flags-"));
  });
  after(async () => {
    await rm(data, { recursive: true });
  });

  const wrong: [readonly string[], RegExp][] = [
    [
      ["--https", "127.0.0.1:0", "--tls-cert", "/no/cert", "--tls-key", "/no/key"],
      /--tls-cert and --tls-key: .*\/no\/(cert|key)/,
    ],
    [["--advertise", "bad host"], /--advertise .*Give a name or an address/],
    [["--domain", ""], /--domain .*Give a name or an address/],
    [["--node", "a b"], /--node .*Give 1 to 64 letters/],
    [["--music", "/no/music"], /--music: \/no\/music is no folder/],
    [["--rtp-ports", "5-1"], /--rtp-ports .*Give FIRST-LAST/],
  ];
  for (const [flags, reason] of wrong)
    it(`${flags.join(" ")}: exit code 2 with the reason`, async () => {
      const ports = ["--http", `127.0.0.1:${await freePort()}`, "--sip", `udp:127.0.0.1:${await freePort()}`];
      const child = spawn(process.execPath, ["bin/lamplighter.mjs", "serve", "--data", data, ...ports, ...flags], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      const giveUp = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
      let told = "";
      child.stderr.on("data", (chunk: Buffer) => {
        told += chunk.toString();
      });
      const [code] = (await once(child, "exit")) as [number | null];
      clearTimeout(giveUp);
      assert.equal(code, 2, told);
      assert.match(told, reason);
    });
});
