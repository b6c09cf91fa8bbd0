import assert from "node:assert/strict";
import { LayerBench, responseTo, type Asked, type TimedFlow } from "./layer-bench.ts";

/** T-14: 0.5, 1, 2 and from then on 4 s apart. */
const SENDINGS_MS = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

describe("client transaction, not INVITE", () => {
  let bench: LayerBench;
  let flow: TimedFlow;

  beforeEach(() => {
    bench = new LayerBench();
    flow = bench.flow();
  });

  function answer(asked: Asked, status: number, from = flow): void {
    bench.layer.receive(responseTo(asked.message, status), from);
  }

  it("repeats over UDP after 0.5 s, doubling to 4 s, 11 sendings in all, and gives up after 32 s (S-2, T-14, S-1)", () => {
    const { user, message } = bench.ask(flow);
    bench.clock.advance(31_990);
    assert.deepEqual(flow.times, SENDINGS_MS);
    assert.deepEqual(user.heard, []);
    bench.clock.advance(10);
    assert.deepEqual(user.heard, ["timeout"]);
    bench.clock.advance(100_000);
    assert.deepEqual(user.heard, ["timeout"]);
    assert.equal(flow.sent.length, 11);
    assert.deepEqual(new Set(flow.sent), new Set([message]), "every sending is the same bytes");
    assert.equal(bench.layer.counts.repeats, 10);
    bench.assertIdle();
  });

  it("does not drift with the tick of the wheel (T-14)", () => {
    const tickMs = 30;
    bench = new LayerBench({}, tickMs);
    flow = bench.flow();
    bench.ask(flow);
    bench.clock.advance(32_000);
    const offsets = flow.times.map((time, at) => time - SENDINGS_MS[at]!);
    assert.equal(offsets.length, 11);
    for (const offset of offsets) assert.ok(offset >= 0 && offset < tickMs, `${offset} ms late`);
  });

  it("stops at the final answer, and the answer goes up once (S-2)", () => {
    const asked = bench.ask(flow);
    bench.clock.advance(600);
    answer(asked, 200);
    bench.assertIdle();
    answer(asked, 200);
    bench.clock.advance(40_000);
    assert.deepEqual(asked.user.heard, [200]);
    assert.deepEqual(flow.times, [0, 500]);
    assert.equal(bench.layer.counts.strayResponses, 1, "the repeat of an answer is nobody's");
  });

  it("ends with whatever final answer comes", () => {
    for (const status of [202, 301, 401, 481, 503, 699]) {
      const asked = bench.ask(flow);
      answer(asked, status);
      assert.deepEqual(asked.user.heard, [status]);
    }
    bench.assertIdle();
  });

  it("waits out its pause after a provisional answer, then repeats every 4 s (RFC 3261 §17.1.2.2, S-2)", () => {
    const asked = bench.ask(flow);
    bench.clock.advance(600);
    answer(asked, 100);
    bench.clock.advance(31_400);
    assert.deepEqual(flow.times, [0, 500, 1500, 5500, 9500, 13_500, 17_500, 21_500, 25_500, 29_500]);
    assert.deepEqual(asked.user.heard, [100, "timeout"]);
    bench.assertIdle();
  });

  it("does not pause longer than 4 s, whenever the provisional answer comes (S-2)", () => {
    for (const afterMs of [0, 100, 490, 700, 1600, 4000, 7600, 11_400]) {
      const one = new LayerBench();
      const line = one.flow();
      const asked = one.ask(line);
      one.clock.advance(afterMs);
      one.layer.receive(responseTo(asked.message, 183), line);
      one.clock.advance(32_000);
      const pauses = line.times.slice(1).map((time, at) => time - line.times[at]!);
      assert.ok(Math.max(...pauses) <= 4000, `${afterMs}: ${pauses.join()}`);
      assert.ok(pauses.slice(-5).every((pause) => pause === 4000));
    }
  });

  it("passes every provisional answer up, then the final one", () => {
    const asked = bench.ask(flow);
    for (const status of [100, 180, 183, 200]) answer(asked, status);
    assert.deepEqual(asked.user.heard, [100, 180, 183, 200]);
    bench.assertIdle();
  });

  it("sends once on a stream and still gives up after 32 s (S-2)", () => {
    const stream = bench.flow("tcp");
    const { user } = bench.ask(stream);
    bench.clock.advance(31_990);
    assert.deepEqual([stream.times, user.heard], [[0], []]);
    bench.clock.advance(10);
    assert.deepEqual([stream.times, user.heard], [[0], ["timeout"]]);
    bench.assertIdle();
  });

  it("does not start to repeat on a stream because of a provisional answer", () => {
    const stream = bench.flow("tcp");
    const asked = bench.ask(stream);
    answer(asked, 100, stream);
    bench.clock.advance(32_000);
    assert.deepEqual(stream.times, [0]);
    assert.deepEqual(asked.user.heard, [100, "timeout"]);
  });

  it("takes the answer of a slow phone just before 32 s (S-17)", () => {
    const asked = bench.ask(flow);
    bench.clock.advance(31_990);
    answer(asked, 200);
    bench.clock.advance(1000);
    assert.deepEqual(asked.user.heard, [200]);
    bench.assertIdle();
  });

  it("fails what is open on a flow that closed, and on that flow only", () => {
    const [gone, other] = [bench.flow("tcp"), bench.flow("tcp", 5061)];
    const [first, second, third] = [bench.ask(gone), bench.ask(gone), bench.ask(other)];
    gone.closed = true;
    bench.layer.flowClosed(gone);
    assert.deepEqual([first.user.heard, second.user.heard, third.user.heard], [["transport error"], ["transport error"], []]);
    bench.clock.advance(32_000);
    assert.deepEqual([first.user.heard, third.user.heard], [["transport error"], ["timeout"]]);
    bench.assertIdle();
  });

  it("tells a refusing flow a moment later, never inside start", () => {
    flow.closed = true;
    const { user } = bench.ask(flow);
    assert.deepEqual(user.heard, []);
    bench.clock.advance(10);
    assert.deepEqual(user.heard, ["transport error"]);
    bench.assertIdle();
  });

  it("fails once when a repeat finds the flow gone", () => {
    const { user } = bench.ask(flow);
    bench.clock.advance(100);
    flow.closed = true;
    bench.clock.advance(60_000);
    assert.deepEqual(user.heard, ["transport error"]);
    bench.assertIdle();
  });

  it("takes an answer that comes before the news of a refusing flow, and leaves no timer", () => {
    const asked = bench.ask(flow);
    flow.closed = true;
    bench.clock.advance(500);
    answer(asked, 200);
    bench.assertIdle();
    assert.deepEqual(asked.user.heard, [200]);
  });

  it("lets the user send the next request from inside the end of the last", () => {
    const asked = bench.ask(flow);
    let open = -1;
    asked.user.onResponse = () => {
      open = bench.layer.counts.clients;
      bench.ask(flow);
    };
    answer(asked, 200);
    assert.equal(open, 0, "the answered one is gone already");
    assert.equal(bench.layer.counts.clients, 1);
  });

  it("keeps a user's mistake from the transactions of others, and says so", () => {
    const [broken, other] = [bench.ask(flow), bench.ask(flow)];
    broken.user.onTimeout = () => {
      throw new Error("a mistake");
    };
    bench.clock.advance(32_000);
    assert.deepEqual(other.user.heard, ["timeout"]);
    assert.equal(bench.errors.length, 1);
    assert.match(String(bench.errors[0]?.fields?.["error"]), /a mistake/);
    bench.assertIdle();
  });

  it("counts late, strange and foreign answers as strays and goes on waiting", () => {
    const asked = bench.ask(flow);
    const answered = responseTo(asked.message, 200);
    const strays = [
      answered.replace(asked.branch, "z9hG4bK0000000000000000"),
      answered.replace(asked.branch, `${asked.branch}x`),
      answered.replace(asked.branch, asked.branch.slice(0, -1)),
      answered.replace(`;branch=${asked.branch}`, ""),
      answered.replace(asked.branch, asked.branch.slice("z9hG4bK".length)),
      "SIP/2.0 200 OK\r\n\r\n",
    ];
    for (const stray of strays) bench.layer.receive(stray, flow);
    assert.equal(bench.layer.counts.strayResponses, strays.length);
    assert.deepEqual(asked.user.heard, []);
    for (const broken of [answered.replace("200", "2000"), answered.replace("200", "099"), "SIP/2.0 \r\n\r\n"])
      bench.layer.receive(broken, flow);
    assert.equal(bench.layer.counts.parseFailures, 3);
    assert.deepEqual(asked.user.heard, []);
    answer(asked, 200);
    assert.deepEqual(asked.user.heard, [200]);
    assert.equal(flow.sent.length, 1, "nobody answers an answer");
  });

  it("makes branches with the cookie and 64 random bits, no two alike (RFC 3261 §8.1.1.7)", () => {
    const branches = Array.from({ length: 100 }, () => bench.layer.clients.newBranch());
    assert.equal(new Set(branches).size, 100);
    for (const branch of branches) assert.match(branch, /^z9hG4bK[0-9a-f]{16}\.\d+$/);
  });

  it("shows what is open, one line each", () => {
    const { branch } = bench.ask(flow);
    assert.deepEqual(bench.layer.describe(), [`NOTIFY ${branch} trying ${flow.key}`]);
  });

  it("ends without a word when the layer closes", () => {
    const { user } = bench.ask(flow);
    bench.layer.close();
    bench.assertIdle();
    bench.clock.advance(40_000);
    assert.deepEqual(user.heard, []);
    assert.equal(flow.sent.length, 1);
  });

  it("keeps no more than its own bytes of what was packed with others, once it is sent again", () => {
    const block = Buffer.alloc(65_536);
    const sent: Buffer[] = [];
    const packer = {
      pack: (message: string): Buffer => block.subarray(0, block.write(message, "latin1")),
      sendPacked: (bytes: Buffer): boolean => sent.push(bytes) > 0,
    };
    const { message } = bench.ask(Object.assign(flow, { packer }));
    bench.clock.advance(4000);
    assert.equal(sent.length, 4);
    assert.equal(sent[0]?.buffer, block.buffer);
    for (const repeat of sent.slice(1)) {
      assert.notEqual(repeat.buffer, block.buffer);
      assert.equal(repeat, sent[1], "copied once");
      assert.equal(repeat.toString("latin1"), message);
    }
    bench.clock.advance(40_000);
  });
});
