import assert from "node:assert/strict";
import { Metrics } from "#observe/metrics";

describe("the metrics of a server", () => {
  let counts: Record<string, number>;
  let metrics: Metrics;
  beforeEach(() => {
    counts = { repeats: 3, subscriptions: 5 };
    const read = (name: string) => (): number => counts[name] ?? 0;
    metrics = new Metrics({
      subscriptions: read("subscriptions"),
      publications: read("publications"),
      storeIsWritable: () => counts["writable"] === 1,
      registrations: read("registrations"),
      clientTransactions: read("clientTransactions"),
      serverTransactions: read("serverTransactions"),
      repeats: read("repeats"),
      parseFailures: read("parseFailures"),
      wrongPasswords: read("wrongPasswords"),
      banned: read("banned"),
      drops: () => ({ banned: 4, rate: 2 }),
      media: () =>
        Promise.resolve(
          counts["legs"] === undefined ? undefined : { done: 50, late: 2, missed: 1, busyMs: 1500, legs: counts["legs"] },
        ),
      transports: () => [{ transport: "ws", connections: 2, counts: { received: 7, sent: 5, refused: 1 } }],
    });
  });
  afterEach(() => {
    metrics.stop();
  });

  const text = async (): Promise<string> => (await metrics.text()).text;

  it("read live figures at the moment somebody asks", async () => {
    assert.match(await text(), /^lamplighter_subscriptions 5$/m);
    counts = { repeats: 3, subscriptions: 6 };
    assert.match(await text(), /^lamplighter_subscriptions 6$/m);
  });

  it("call counters what only grows, and do not add it up at every reading", async () => {
    await text();
    assert.match(await text(), /^# TYPE lamplighter_request_repeats_total counter\nlamplighter_request_repeats_total 3$/m);
    for (const [, name = "", kind] of (await text()).matchAll(/^# TYPE (lamplighter_(?!nodejs|process)\w+) (\w+)$/gm))
      assert.equal(kind === "counter", name.endsWith("_total"), name);
  });

  it("tell why messages were dropped", async () => {
    await text();
    assert.match(await text(), /^lamplighter_sip_dropped_total\{reason="banned"\} 4$/m);
    assert.match(await text(), /^lamplighter_sip_bans 0$/m);
  });

  it("tell SIP's transports apart", async () => {
    await text();
    const now = await text();
    assert.match(now, /^lamplighter_sip_connections\{transport="ws"\} 2$/m);
    assert.match(now, /^lamplighter_sip_messages_received_total\{transport="ws"\} 7$/m);
    assert.match(now, /^lamplighter_sip_messages_sent_total\{transport="ws"\} 5$/m);
    assert.match(now, /^lamplighter_sip_connections_refused_total\{transport="ws"\} 1$/m);
  });

  it("tell how punctual the mixing of audio is, and nothing of it before the first call", async () => {
    assert.doesNotMatch(await text(), /^lamplighter_media_ticks_total\{/m);
    counts["legs"] = 6;
    await text();
    const now = await text();
    assert.match(now, /^lamplighter_media_ticks_total\{outcome="in_time"\} 48$/m);
    assert.match(now, /^lamplighter_media_ticks_total\{outcome="late"\} 2$/m);
    assert.match(now, /^lamplighter_media_ticks_total\{outcome="missed"\} 1$/m);
    assert.match(now, /^lamplighter_media_busy_seconds_total 1.5$/m);
    assert.match(now, /^lamplighter_media_legs 6$/m);
  });

  it("count NOTIFYs and their ends", async () => {
    metrics.notifySent("dialog");
    metrics.notifySent("dialog");
    metrics.notifyAnswered("ok");
    metrics.notifyDelay(3);
    const now = await text();
    assert.match(now, /^lamplighter_notify_sent_total\{package="dialog"\} 2$/m);
    assert.match(now, /^lamplighter_notify_answered_total\{outcome="ok"\} 1$/m);
    assert.match(now, /^lamplighter_notify_delay_seconds_bucket\{le="0.005"\} 1$/m);
    assert.match(now, /^lamplighter_notify_delay_seconds_bucket\{le="0.002"\} 0$/m);
  });

  it("are in the format that Prometheus reads", async () => {
    assert.match((await metrics.text()).contentType, /^text\/plain; version=0\.0\.4/);
  });
});
