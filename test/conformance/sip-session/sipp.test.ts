import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { eventually } from "#test/support/eventually";
import { needsProgram } from "#test/support/foreign-program";
import { freePort } from "#test/support/free-port";
import { killWithUs } from "#test/support/kill-with-us";
import { ANSWER, HearingUser } from "#test/unit/sip/session/session-bench";
import { CallingNode } from "./calling-node.ts";

const CHANGES = resolve("test/conformance/sip-session/changes.xml");
const RELIABLE = resolve("test/conformance/sip-session/reliable.xml");
const CHALLENGING = resolve("test/conformance/sip-session/challenging.xml");
const CALLS = 20;

/*
 * SIPp, a SIP implementation that is not ours, calls and is called on real sockets. A scenario in which one message is missing or unexpected
 * fails, with what SIPp saw.
 */
describe("sessions with SIPp", () => {
  let node: CallingNode;
  let ports: { readonly udp: number; readonly tcp: number };

  before(function () {
    needsProgram(this, "sipp", "sip-tester");
  });

  beforeEach(async () => {
    node = new CallingNode();
    ports = await node.open();
  });

  afterEach(async () => {
    await node.stop();
    assert.deepEqual(node.errors, []);
  });

  const transports = [
    ["udp", "u1"],
    ["tcp", "t1"],
  ] as const;

  for (const [transport, flag] of transports) {
    it(`is called by SIPp's own caller over ${transport} (RFC 3261 §13.3)`, async () => {
      node.answer = (session) => {
        session.progress(180);
        session.accept(ANSWER);
      };
      await run(["-sn", "uac", "-t", flag, "-m", String(CALLS), "-r", "20", "-d", "50"], ports[transport]);
      assert.equal(node.taken.length, CALLS);
      for (const { user } of node.taken) assert.deepEqual(user.heard, ["acknowledged", "ended bye them"]);
      assert.equal(node.sessions.count, 0);
    });

    it(`is asked for an offer, and told changes, over ${transport} (RFC 3725, RFC 3311, RFC 4028)`, async () => {
      node.answer = (session) => {
        session.progress(180);
        session.accept(ANSWER);
      };
      await run(["-sf", CHANGES, "-t", flag, "-m", String(CALLS), "-r", "20"], ports[transport]);
      for (const { user } of node.taken)
        assert.deepEqual(user.heard, ["acknowledged sdp", "offer 6000", "INFO", "ended bye them"]);
      assert.equal(node.taken.length, CALLS);
    });

    it(`rings reliably and is taken back over ${transport} (RFC 3262, RFC 3326)`, async () => {
      node.answer = (session) => {
        session.progress(183, { sdp: ANSWER });
      };
      await run(["-sf", RELIABLE, "-t", flag, "-m", "5", "-r", "5"], ports[transport]);
      for (const { user } of node.taken) assert.deepEqual(user.heard, ["ended cancelled them"]);
      assert.equal(node.taken.length, 5);
    });
  }

  it("calls SIPp's own answerer and hangs up", async () => {
    const port = await freePort();
    const sipp = start(["-sn", "uas", "-t", "u1", "-m", String(CALLS)], port);
    const users = await callAll(node, port);
    for (const user of users) assert.match(user.heard.join(), /^progress 180,answered \d+,ended bye us$/);
    const { code, errors } = await sipp;
    assert.equal(code, 0, errors);
  });

  it("answers SIPp's challenge, in the ACK and the BYE too", async () => {
    const port = await freePort();
    const sipp = start(["-sf", CHALLENGING, "-t", "u1", "-m", String(CALLS)], port);
    const users = await callAll(node, port, { user: "trunk", password: "secret" });
    for (const user of users) assert.match(user.heard.join(), /answered \d+,ended bye us$/);
    const { code, errors } = await sipp;
    assert.equal(code, 0, errors);
  });

  async function callAll(
    caller: CallingNode,
    port: number,
    credentials?: { readonly user: string; readonly password: string },
  ): Promise<HearingUser[]> {
    const users = Array.from({ length: CALLS }, () => new HearingUser());
    const sessions = users.map((user) => caller.call(port, ANSWER, user, credentials));
    await eventually(() => {
      assert.deepEqual(sessions.filter(({ phase }) => phase !== "confirmed").length, 0);
    });
    for (const session of sessions) session.end();
    return users;
  }
});

async function run(args: readonly string[], port: number): Promise<void> {
  const { code, errors } = await start([`127.0.0.1:${port}`, ...args], await freePort());
  assert.equal(code, 0, errors);
}

async function start(args: readonly string[], port: number): Promise<{ readonly code: number | null; readonly errors: string }> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-sipp-"));
  const always = ["-p", String(port), "-i", "127.0.0.1", "-timeout", "25s", "-timeout_error", "-trace_err", "-nostdin"];
  const child = spawn("sipp", [...args, ...always], { cwd: folder, stdio: "ignore" });
  const dismissGuard = killWithUs(child);
  const [code] = (await once(child, "exit")) as [number | null];
  await dismissGuard();
  const names = await readdir(folder);
  const errors = (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("\n").slice(0, 4000);
  await rm(folder, { recursive: true, force: true });
  return { code, errors };
}
