import assert from "node:assert/strict";
import { quietLog } from "#base/log";
import { TimerWheel } from "#base/timer-wheel";
import { headerOf } from "#sip/message/message";
import { RegistrationClient, type RegistrationStatus } from "#sip/registration/registration-client";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import { FakeClock, settle } from "#test/support/fake-clock";
import { RecordedFlow } from "#test/support/recorded-flow";
import { SeededRandom } from "#test/support/seeded-random";
import { challenge, parsedRequest, responseText } from "#test/unit/sip/session/session-bench";

/** One client on the real transactions; the registrar is the test. */
class Bench {
  readonly clock = new FakeClock();
  readonly flow = new RecordedFlow();
  readonly layer: TransactionLayer;
  readonly client: RegistrationClient;
  readonly told: RegistrationStatus["state"][] = [];

  constructor(connect = (flow: RecordedFlow): Promise<RecordedFlow> => Promise.resolve(flow)) {
    const random = new SeededRandom(1);
    this.layer = new TransactionLayer({ wheel: new TimerWheel(this.clock, 10), random, log: quietLog, supported: [] });
    const wish = {
      registrar: "sip:sip.example.com",
      address: "sip:us@sip.example.com",
      contactUser: "100",
      credentials: { user: "us", password: "s" },
      expirySeconds: 600,
    };
    const target = { transport: "udp", host: "192.0.2.21", port: 5060, tlsName: "sip.example.com" } as const;
    this.client = new RegistrationClient(wish, {
      ...{ clock: this.clock, random, clients: this.layer.clients },
      locate: () => Promise.resolve([target]),
      connect: () => connect(this.flow),
      onStatus: ({ state }) => this.told.push(state),
    });
  }

  get last(): string {
    return this.flow.sent.at(-1) ?? assert.fail("nothing was sent");
  }

  /** Expires of every REGISTER so far, each but once. */
  get asked(): string[] {
    return [...new Set(this.flow.sent)].map((text) => headerOf(parsedRequest(text), "expires") ?? "");
  }

  async answer(status: number, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    this.layer.receive(responseText(this.last, status, { headers }), this.flow);
    await settle();
  }

  async registered(): Promise<void> {
    await settle();
    await this.answer(200, { Expires: "600" });
    assert.equal(this.client.status.state, "registered");
  }
}

/** Is it done? */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let isOver = false;
  void promise.then(() => (isOver = true));
  await settle();
  return isOver;
}

describe("registration client", () => {
  it("has no flow and is not registered any more once the registration has lapsed, though its refresh is unanswered", async () => {
    const bench = new Bench();
    await bench.registered();
    await bench.clock.advanceAndSettle(599_000);
    assert.equal(bench.client.flow, bench.flow);
    await bench.clock.advanceAndSettle(1000);
    assert.equal(bench.client.flow, undefined);
    assert.notEqual(bench.client.status.state, "registered");
  });

  it("lapses in the middle of a refresh too", async () => {
    const bench = new Bench();
    await settle();
    // Less is taken for 20 seconds: its refresh comes after 15 at the earliest, and is given up 32 seconds later.
    await bench.answer(200, { Expires: "1" });
    await bench.clock.advanceAndSettle(19_000);
    assert.equal(bench.asked.length, 2);
    assert.deepEqual([bench.client.flow, bench.client.status.state], [bench.flow, "registered"]);
    await bench.clock.advanceAndSettle(1000);
    assert.deepEqual([bench.client.flow, bench.client.status.state], [undefined, "trying"]);
  });

  it("is taken back at once when it holds", async () => {
    const bench = new Bench();
    await bench.registered();
    const removed = bench.client.remove();
    assert.deepEqual(bench.asked, ["600", "0"]);
    assert.equal(await isDone(removed), false);
    await bench.answer(200);
    assert.equal(await isDone(removed), true);
    assert.equal(bench.client.flow, undefined);
    await bench.clock.advanceAndSettle(3_600_000);
    assert.deepEqual(bench.asked, ["600", "0"]);
  });

  it("is taken back when the answer comes that it was removed before", async () => {
    const bench = new Bench();
    await settle();
    const removed = bench.client.remove();
    await settle();
    assert.deepEqual(bench.asked, ["600"]);
    await bench.answer(200, { Expires: "600" });
    assert.deepEqual(bench.asked, ["600", "0"]);
    assert.equal(await isDone(removed), false);
    await bench.answer(200);
    assert.equal(await isDone(removed), true);
    assert.deepEqual(bench.told, []);
  });

  it("is taken back after a refresh that came to nothing, with the password where that is asked for", async () => {
    const bench = new Bench();
    await bench.registered();
    while (bench.asked.length < 2) await bench.clock.advanceAndSettle(1000);
    const removed = bench.client.remove();
    await bench.answer(503);
    assert.deepEqual(bench.asked, ["600", "600", "0"]);
    await bench.answer(401, { "WWW-Authenticate": challenge() });
    assert.match(bench.last, /^Authorization: Digest username="us"/m);
    await bench.answer(200);
    assert.equal(await isDone(removed), true);
  });

  it("shows nobody its password once it is not wanted", async () => {
    for (const end of ["remove", "stop"] as const) {
      const bench = new Bench();
      await settle();
      const ended = bench.client[end]();
      await bench.answer(401, { "WWW-Authenticate": challenge() });
      assert.equal(bench.asked.length, 1, end);
      assert.equal(await isDone(ended), true, end);
    }
  });

  it("that is stopped leaves everything, and is done when nothing of it is under way", async () => {
    const bench = new Bench();
    await settle();
    const stopped = bench.client.stop();
    assert.equal(await isDone(stopped), false);
    await bench.answer(200, { Expires: "600" });
    assert.equal(await isDone(stopped), true);
    assert.deepEqual([bench.asked, bench.client.flow], [["600"], undefined]);
  });

  it("that is removed while it connects asks for nothing", async () => {
    let connected: (flow: RecordedFlow) => void = () => undefined;
    const bench = new Bench(() => new Promise((resolve) => (connected = resolve)));
    await settle();
    const removed = bench.client.remove();
    assert.equal(await isDone(removed), false);
    connected(bench.flow);
    assert.equal(await isDone(removed), true);
    assert.deepEqual(bench.asked, []);
  });
});
