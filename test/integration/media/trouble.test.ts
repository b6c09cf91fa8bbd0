import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Lifecycle } from "#base/lifecycle";
import { quietLog, type Log } from "#base/log";
import { LateMediaEngine } from "#media/late-media-engine";
import { openMediaEngine, type MediaOptions, type WorkerMediaEngine } from "#media/worker-media-engine";
import { SeededRandom } from "#test/support/seeded-random";
import { RtpParty, eventuallyTrue, loudness } from "./rtp-party.ts";

describe("media in trouble", () => {
  let cleanup: Lifecycle;

  beforeEach(() => {
    cleanup = new Lifecycle();
  });
  afterEach(() => cleanup.stop());

  async function open(options: Partial<MediaOptions> = {}): Promise<WorkerMediaEngine> {
    const engine = await openMediaEngine({ ports: { from: 22000, to: 22999 }, log: quietLog, ...options });
    cleanup.add(() => engine.stop());
    return engine;
  }

  async function party(host?: string): Promise<RtpParty> {
    const found = await RtpParty.open("PCMU", host);
    cleanup.add(found.stop);
    return found;
  }

  it("pairs are even and odd, taken ones are passed over, and no-ports is said when there are none", async () => {
    const taken = createSocket("udp4").bind(23003, "127.0.0.1");
    cleanup.add(
      () =>
        new Promise((resolve) =>
          taken.close(() => {
            resolve();
          }),
        ),
    );
    const engine = await open({ ports: { from: 22999, to: 23008 } });
    const { listener } = await party();
    // 23000, 23004 and 23006: the RTCP of 23002 is somebody else's, and 23008 has none.
    const legs = await Promise.all([1, 2, 3].map(() => engine.open("127.0.0.1", listener)));
    assert.deepEqual(legs.map(({ port }) => port).sort(), [23000, 23004, 23006]);
    await assert.rejects(engine.open("127.0.0.1", listener), { name: "MediaError", code: "no-ports" });
    legs[1]?.close();
    assert.equal((await engine.open("127.0.0.1", listener)).port, legs[1]?.port);
    await assert.rejects(engine.open("192.0.2.1", listener), { name: "MediaError", code: "bad-address" });
    await assert.rejects(engine.open("phone.example", listener), { name: "MediaError", code: "bad-address" });
  });

  it("speaks IPv6, and RTCP with reports, a round trip and BYE", async () => {
    const engine = await open();
    const [one, two] = [await party("::1"), await party("::1")];
    const leg = await engine.open("::1", one.listener);
    const other = await engine.open("::1", two.listener);
    leg.agree({ ...one.agreed(), remote: { host: "::1", port: other.port, rtcpPort: other.port + 1 } });
    other.agree({
      ...two.agreed({ rtcpMux: false }),
      remote: { host: "0:0:0:0:0:0:0:1", port: leg.port, rtcpPort: leg.port + 1 },
    });
    const deadline = performance.now() + 20_000;
    let statistics = await leg.statistics();
    while (statistics.roundTripMs === undefined && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      statistics = await leg.statistics();
    }
    assert.ok(statistics.roundTripMs !== undefined && statistics.roundTripMs < 200, String(statistics.roundTripMs));
    assert.equal(statistics.remote, `[::1]:${other.port}`);
    assert.ok(statistics.received > 50 && statistics.lost === 0 && statistics.jitterMs < 20);
    other.agree(two.agreed());
    other.close();
    await eventuallyTrue(() => two.reports.some(({ type }) => type === "bye"));
    await assert.rejects(other.statistics(), { code: "stopped" });
  });

  it("random octets on both ports for two seconds: the call goes on", async () => {
    const engine = await open();
    const [one, two] = [await party(), await party()];
    const [leg, other] = [await engine.open("127.0.0.1", one.listener), await engine.open("127.0.0.1", two.listener)];
    leg.agree(one.agreed());
    other.agree(two.agreed({ rtcpMux: true }));
    for (const each of [leg, other]) each.join("line1");
    one.talk(leg, 1000);
    const random = new SeededRandom(7);
    const attacker = createSocket("udp4");
    cleanup.add(
      () =>
        new Promise((resolve) =>
          attacker.close(() => {
            resolve();
          }),
        ),
    );
    const end = performance.now() + 2000;
    let sent = 0;
    while (performance.now() < end) {
      for (let burst = 0; burst < 20; burst++, sent++) {
        const junk = Buffer.from(random.bytes(random.below(300)));
        if (burst % 2 === 0 && junk.length > 1) junk.writeUInt8(0x80 | (junk[0]! & 0x3f), 0);
        if (burst % 4 === 0 && junk.length > 1) junk.writeUInt8(200 + (burst % 5), 1);
        attacker.send(junk, (burst % 3 === 0 ? leg : other).port + (burst % 2), "127.0.0.1");
      }
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    assert.ok(sent > 1000);
    assert.ok((await two.hears([1000]))[0]! > 5000);
    const ticks = await engine.ticks();
    assert.ok(ticks.refused > sent / 2, `${ticks.refused} of ${sent}`);
  });

  it("prompts are played one after the other, from their folder only", async () => {
    const folder = await mkdtemp(join(tmpdir(), "prompts-"));
    cleanup.add(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, "in", "digits"), { recursive: true });
    await writeFile(join(folder, "secret.wav"), wav(300));
    await writeFile(join(folder, "in", "hello.wav"), wav(600));
    await writeFile(join(folder, "in", "digits", "1.wav"), wav(900));
    const engine = await open({ promptFolder: join(folder, "in") });
    const one = await party();
    const leg = await engine.open("127.0.0.1", one.listener);
    leg.agree(one.agreed());
    leg.hear({ type: "prompts", names: ["hello", "digits/1"] });
    await eventuallyTrue(() => one.played.length === 1);
    assert.deepEqual(one.played, [true]);
    await eventuallyTrue(() => loudness(one.audio(), 600) > 500 && loudness(one.audio(), 900) > 500);
    for (const name of ["../secret", join(folder, "secret"), "digits/../../secret", "none"]) {
      const before = one.played.length;
      leg.hear({ type: "prompts", names: [name] });
      await eventuallyTrue(() => one.played.length > before);
      assert.equal(one.played.at(-1), false, name);
    }
    assert.ok(loudness(one.audio(), 300) < 100);
  });

  it("a thread that dies is told, and nobody waits for it", async () => {
    const errors: string[] = [];
    const log: Log = { ...quietLog, error: (message) => errors.push(message) };
    const workerFile = new URL("dying-worker.mjs", import.meta.url);
    const engine = await openMediaEngine({ ports: { from: 22000, to: 22999 }, log, workerFile });
    const failures: string[] = [];
    engine.onFailed(({ code }) => failures.push(code));
    const { listener } = await party();
    const leg = await engine.open("127.0.0.1", listener);
    await assert.rejects(leg.statistics(), { name: "MediaError", code: "failed" });
    await assert.rejects(engine.open("127.0.0.1", listener), { code: "failed" });
    leg.close();
    assert.deepEqual([failures, errors.length], [["failed"], 1]);
    await engine.stop();
    const missing = new URL("no-such-worker.mjs", import.meta.url);
    await assert.rejects(openMediaEngine({ ports: { from: 1, to: 2 }, log, workerFile: missing }), { code: "failed" });
  });

  it("all that is wanted in one turn of the event loop is one message to the thread", async () => {
    const workerFile = new URL("counting-worker.mjs", import.meta.url);
    const engine = await openMediaEngine({ ports: { from: 22000, to: 22999 }, log: quietLog, workerFile });
    cleanup.add(() => engine.stop());
    const { listener } = await party();
    const messages = async (legs: number): Promise<number[]> => {
      const opened = await Promise.all(Array.from({ length: legs }, () => engine.open("127.0.0.1", listener)));
      return opened.map(({ port }) => port);
    };
    assert.deepEqual(await messages(3), [1, 1, 1]);
    assert.deepEqual(await messages(2), [2, 2]);
  });

  it("a thread that died is started anew for the next leg; without legs there is none", async () => {
    let starts = 0;
    const dying = new URL("dying-worker.mjs", import.meta.url);
    const start = (): Promise<WorkerMediaEngine> => {
      starts += 1;
      const options = { ports: { from: 22000, to: 22999 }, log: quietLog };
      return openMediaEngine(starts === 1 ? { ...options, workerFile: dying } : options);
    };
    const engine = new LateMediaEngine(start, quietLog);
    await engine.stop();
    assert.equal(starts, 0);
    const { listener } = await party();
    const leg = await engine.open("127.0.0.1", listener);
    await assert.rejects(leg.statistics(), { code: "failed" });
    const next = await engine.open("127.0.0.1", listener);
    assert.equal((await next.statistics()).sent, 0);
    assert.equal(starts, 2);
    await engine.stop();
  });

  it("runs from what was built", async function () {
    if (!existsSync("dist/media/worker-media-engine.js")) return this.skip();
    const script = `void (async () => {
      const { openMediaEngine } = await import("./dist/media/worker-media-engine.js");
      const { quietLog } = await import("./dist/base/log.js");
      const engine = await openMediaEngine({ ports: { from: 24000, to: 24099 }, log: quietLog });
      const leg = await engine.open("127.0.0.1", {});
      console.log(leg.port >= 24000, (await leg.statistics()).sent);
      await engine.stop(); })()`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
    assert.equal(stdout.trim(), "true 0");
  });
});

/** 400 ms of one frequency. */
function wav(frequency: number): Buffer {
  const samples = Buffer.alloc(3200 * 2);
  for (let at = 0; at < 3200; at++) {
    samples.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * frequency * at) / 8000)), at * 2);
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
