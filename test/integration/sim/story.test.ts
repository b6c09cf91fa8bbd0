import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerUnderTest } from "#test/support/server";

/*
 * The second terminal of the read-me: `lamplighter sim` in a process of its own, as somebody at a desk sees it.
 *
 *   somebody          sim                         server
 *     |-- starts ----->|-- phones, files --------->|
 *     |                |-- REGISTER, SUBSCRIBE --->|
 *     |<-- lamps ------|<-- NOTIFY ----------------|
 *     |-- Ctrl-C ----->|-- SUBSCRIBE 0, REGISTER 0 |
 *     |<-- prompt -----|
 */
const L1 = "L1-0000FFFF0005_T1";
const WAIT_MAX_MS = 15_000;
const CTRL_C = "\x03";
const LEAVE_SCREEN = "\x1b[?25h\x1b[?1049l";

/** A running `lamplighter sim`, and everything that it wrote so far. */
class Sim {
  readonly process: ChildProcess;
  out = "";
  err = "";
  readonly exit: Promise<unknown[]>;

  constructor(command: string, args: readonly string[]) {
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, TERM: "xterm" } });
    this.exit = once(this.process, "exit");
    this.process.stdout?.on("data", (chunk: Buffer) => (this.out += chunk.toString()));
    this.process.stderr?.on("data", (chunk: Buffer) => (this.err += chunk.toString()));
  }

  /** Resolves when it wrote this after place `from`. */
  async wrote(text: string, from = 0): Promise<void> {
    const signal = AbortSignal.timeout(WAIT_MAX_MS);
    while (!this.out.slice(from).includes(text)) {
      const stdout = this.process.stdout ?? assert.fail("no output");
      await once(stdout, "data", { signal }).catch(() => {
        assert.fail(`"${text}" was not written; written was: ${this.out}${this.err}`);
      });
    }
  }
}

describe("lamplighter sim", () => {
  let server: ServerUnderTest;
  let sim: Sim | undefined;
  before(async () => {
    server = await ServerUnderTest.start();
  });
  after(() => server.stop());
  afterEach(async () => {
    if (sim?.process.exitCode === null && sim.process.kill("SIGKILL")) await sim.exit;
    sim = undefined;
  });

  const args = (...more: string[]): string[] => ["sim", "--url", server.url, "--data", server.data, ...more];
  const start = (...more: string[]): Sim => (sim = new Sim(process.execPath, ["bin/lamplighter.mjs", ...args(...more)]));

  /** On a terminal of its own, made by script(1). */
  function startOnTerminal(): Sim {
    const command = [process.execPath, "bin/lamplighter.mjs", ...args()].map((word) => `'${word}'`).join(" ");
    return (sim = new Sim("script", ["-qefc", `stty rows 24 cols 80; ${command}`, "/dev/null"]));
  }

  const put = (state: string) => server.api("PUT", `devices/SLA:${L1}`, { state });

  it("prints a line for every change where it cannot draw", async () => {
    const running = start();
    await running.wrote("0000ffff0005 registered\n");
    await running.wrote("0000ffff0006 L2 idle off\n");
    for (const [state, line] of [
      ["RINGING", "L1 ringing green/red flash"],
      ["INUSE", "L1 busy steady red"],
      ["UNAVAILABLE", "L1 idle off"],
    ] as const) {
      const from = running.out.length;
      await put(state);
      await running.wrote(`0000ffff0005 ${line}\n`, from);
    }
    running.process.kill("SIGINT");
    assert.deepEqual(await running.exit, [0, null]);
  });

  it("says goodbye: nothing of its phones is left on the server", async () => {
    const running = start("--phones", "00:00:FF:FF:00:05");
    await running.wrote("0000ffff0005 L2 idle");
    assert.equal((await server.api("GET", "subscriptions")).json.items.length, 2);
    // Twice, as from npx, which passes on what the terminal has told already.
    running.process.kill("SIGINT");
    running.process.kill("SIGINT");
    assert.deepEqual(await running.exit, [0, null]);
    assert.deepEqual((await server.api("GET", "subscriptions")).json.items, []);
    assert.deepEqual((await server.api("GET", "registrations")).json.items, []);
  });

  it("draws its phones on a terminal, and gives it back as it was", async () => {
    await put("NOT_INUSE");
    const running = startOnTerminal();
    await running.wrote("│ 0000FFFF0006        registered │");
    await put("INUSE");
    await running.wrote("\x1b[31;1m●\x1b[0m L1                      busy │");
    await running.wrote("Ctrl-C switches the phones off");
    running.process.stdin?.write(CTRL_C);
    await running.exit;
    assert.ok(running.out.trimEnd().endsWith("switching the phones off …"), running.out.slice(-200));
    assert.ok(running.out.includes(LEAVE_SCREEN));
    assert.deepEqual((await server.api("GET", "registrations")).json.items, []);
  });

  it("goes on where it was when the server was away", async () => {
    await put("NOT_INUSE");
    const running = start("--phones", "0000ffff0005");
    await running.wrote("0000ffff0005 L2 idle");
    await server.end("SIGTERM");
    await server.start();
    const from = running.out.length;
    await put("RINGING");
    await running.wrote("0000ffff0005 L1 ringing", from);
    running.process.kill("SIGINT");
    await running.exit;
    assert.equal(running.err, "", "nothing that a real phone would not like");
  });

  it("ends quietly when nobody reads it any more", async () => {
    const running = start();
    await running.wrote("registered");
    running.process.stdout?.destroy();
    await put("BUSY");
    await put("NOT_INUSE");
    assert.deepEqual(await running.exit, [0, null]);
    assert.equal(running.err, "");
  });

  it("prints every lamp once and ends, when that is all that is wanted", async () => {
    await put("INUSE");
    const running = start("--once");
    assert.deepEqual(await running.exit, [0, null]);
    assert.deepEqual(running.out.trim().split("\n"), [
      "0000ffff0005 L1 busy steady red",
      "0000ffff0005 L2 idle off",
      "0000ffff0006 L1 idle off",
      "0000ffff0006 L2 idle off",
    ]);
  });

  it("says what to do when it cannot", async () => {
    for (const [more, code, advice] of [
      [["--token", "wrong"], 1, /refuses the token \(401\).*--data DIR or --token TOKEN/],
      [["--phones", "0004f2999999"], 1, /no phone 0004f2999999; it has 0000ffff0005, 0000ffff0006/],
      [["--url", "http://127.0.0.1:1"], 1, /Is the server running\?/],
      [["--data", "/nowhere"], 1, /no admin token/],
      [["--phones", "five"], 2, /is no MAC address/],
    ] as const) {
      const running = start(...more);
      assert.deepEqual(await running.exit, [code, null]);
      assert.match(running.err, advice);
    }
  });
});

describe("lamplighter sim with phones of two kinds", () => {
  const site = `
context: LocalSets
lines: { T1: { device: Local/trunk1@sla_trunks/n } }
phones:
  0004F2000001: { label: New, model: VVX_400 }
  0004F2000002: { label: Old, model: SPIP_450 }
`;
  let folder: string;
  let server: ServerUnderTest;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await writeFile(join(folder, "site.yaml"), site);
    server = await ServerUnderTest.start({ site: folder });
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it("burns as on each of them: only the newer one tells a held call from a busy one", async () => {
    for (const mac of ["0004f2000001", "0004f2000002"]) {
      const { json } = await server.api("GET", `phones/${mac}`);
      await server.api("PUT", `devices/SLA:${String(json.keys[0].address)}`, { state: "ONHOLD" });
    }
    const args = ["sim", "--once", "--url", server.url, "--data", server.data];
    const running = new Sim(process.execPath, ["bin/lamplighter.mjs", ...args]);
    assert.deepEqual(await running.exit, [0, null]);
    assert.match(running.out, /^0004f2000001 \S+( \S+)* held slow red flash\n0004f2000002 \S+( \S+)* busy steady red\n$/);
  });
});
