import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "#test/support/free-port";
import { ServerUnderTest } from "#test/support/server";

/*
 * SIPp, a SIP implementation that is not ours, registers and subscribes with digest and gets its NOTIFYs:
 *
 *   SIPp                                   server
 *     |--- REGISTER, 401, REGISTER, 200 ----->|
 *     |--- SUBSCRIBE, 401, SUBSCRIBE, 200 --->|
 *     |<-- NOTIFY active, 200 ----------------|
 *     |--- SUBSCRIBE, 200 (refresh) --------->|
 *     |<-- NOTIFY active, whole, 200 ---------|
 *     |--- SUBSCRIBE Expires 0, 200 --------->|
 *     |<-- NOTIFY terminated, 200 ------------|
 */
const SCENARIO = resolve("test/integration/sipp/register-and-subscribe.xml");
const PUBLISHING = resolve("test/integration/sipp/publish.xml");

describe("SIPp registers and subscribes", () => {
  let server: ServerUnderTest;

  before(async () => {
    server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" });
  });

  after(async () => {
    await server.stop();
  });

  for (const [transport, flag] of [
    ["UDP", "u1"],
    ["TCP", "t1"],
  ] as const) {
    it(`over ${transport}, refreshes and ends (S-20, S-21, S-50, S-53)`, async () => {
      const { code, errors } = await sipp([`127.0.0.1:${server.sipPort}`, "-t", flag, "-sf", SCENARIO, "-m", "5", "-r", "5"]);
      assert.equal(code, 0, errors);
      const { json } = await server.api("GET", "registrations");
      assert.equal(json.items[0].account, "watcher");
      assert.deepEqual((await server.api("GET", "subscriptions")).json.items, []);
    });
  }
});

describe("SIPp publishes", () => {
  it("over UDP and TCP, with a tag in hand (T-37 to T-39, T-41)", async () => {
    const server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" });
    try {
      for (const flag of ["u1", "t1"]) {
        const { code, errors } = await sipp([`127.0.0.1:${server.sipPort}`, "-t", flag, "-sf", PUBLISHING, "-m", "5", "-r", "5"]);
        assert.equal(code, 0, errors);
      }
      assert.deepEqual((await server.api("GET", "devices/Publish:100@LocalSets")).json.slots, []);
    } finally {
      await server.stop();
    }
  });
});

async function sipp(args: readonly string[]): Promise<{ readonly code: number | null; readonly errors: string }> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-sipp-"));
  const child = spawn(
    "sipp",
    [...args, "-p", String(await freePort()), "-i", "127.0.0.1", "-timeout", "20s", "-timeout_error", "-trace_err", "-nostdin"],
    {
      cwd: folder,
      stdio: "ignore",
    },
  );
  const code = await new Promise<number | null>((done, fail) => {
    child.once("error", fail);
    child.once("exit", done);
  });
  const names = await readdir(folder);
  const errors = (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("\n").slice(0, 4000);
  await rm(folder, { recursive: true, force: true });
  return { code, errors };
}
