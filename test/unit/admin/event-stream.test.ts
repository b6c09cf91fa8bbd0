import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { eventually } from "#test/support/eventually";
import { AdminUnderTest } from "./admin-under-test.ts";

const MEGABYTE = "x".repeat(1024 * 1024);
const PULSE_MS = 20_000;
const LAST_WORDS_MS = 5000;
const STREAMS_MAX = 200;

describe("the stream of events", () => {
  let admin: AdminUnderTest;
  beforeEach(async () => {
    admin = new AdminUnderTest();
    await admin.start();
  });
  afterEach(() => admin.stop());

  const open = (): Promise<IncomingMessage> => admin.open("GET", "/api/v1/events");

  /** Reads until the text holds this. */
  async function readUntil(stream: IncomingMessage, wanted: string): Promise<string> {
    let text = "";
    while (!text.includes(wanted)) {
      const chunk = stream.read() as Buffer | null;
      if (chunk === null) await once(stream, "readable");
      else text += chunk.toString();
    }
    return text;
  }

  async function untilNobodyListens(): Promise<void> {
    await eventually(() => {
      assert.equal(admin.listeners.size, 0);
    });
  }

  it("tells changes as they come, one line of JSON each", async () => {
    const stream = await open();
    assert.equal(stream.headers["content-type"], "text/event-stream; charset=utf-8");
    admin.tell({ type: "lamp", data: { extension: "100", label: "two\nlines \u2028 <b>" } });
    admin.tell({ type: "site", data: {} });
    const text = await readUntil(stream, "event: site\ndata: {}\n\n");
    assert.ok(text.startsWith(": still here\n\n"), "something at once, so that the reader knows that it is open");
    assert.match(text, /id: 1\nevent: lamp\ndata: \{"extension":"100","label":"two\\nlines [^<]*<b>"\}\n\n/u);
    stream.destroy();
    await untilNobodyListens();
    assert.equal(admin.clock.pending, 0);
  });

  it("gives a sign of life when nothing changes", async () => {
    const stream = await open();
    await readUntil(stream, ": still here\n\n");
    admin.clock.advance(PULSE_MS);
    await readUntil(stream, ": still here\n\n");
    stream.destroy();
    await untilNobodyListens();
  });

  /** Tells more than anybody reads, until the reader is given up. */
  async function tellTooMuch(): Promise<void> {
    for (let told = 0; admin.listeners.size > 0; told += 1) {
      assert.ok(told < 100, "nobody keeps a hundred megabytes for a reader that sleeps");
      admin.tell({ type: "lamp", data: MEGABYTE });
      await new Promise(setImmediate);
    }
  }

  it("cuts off a reader that does not read, and keeps a few megabytes for it at most", async () => {
    const stream = await open();
    stream.pause();
    await tellTooMuch();
    admin.clock.advance(LAST_WORDS_MS);
    stream.resume();
    await assert.rejects(once(stream, "end"), /aborted/);
    assert.equal(stream.complete, false);
    assert.equal(admin.clock.pending, 0);
  });

  it("tells a reader that was too slow, if it reads after all", async () => {
    const stream = await open();
    await tellTooMuch();
    const text = await readUntil(stream, "event: behind");
    assert.match(text, /event: behind\ndata: \{\}\n\n$/);
    stream.resume();
    await once(stream, "close");
    await untilNobodyListens();
  });

  it("is open two hundred times at most", async () => {
    const streams: IncomingMessage[] = [];
    for (let count = 0; count < STREAMS_MAX; count += 1) streams.push(await open());
    const refused = await admin.ask("GET", "/api/v1/events");
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "10"]);
    streams[0]?.destroy();
    await eventually(() => {
      assert.equal(admin.listeners.size, STREAMS_MAX - 1);
    });
    const again = await open();
    assert.equal(again.statusCode, 200);
    for (const stream of [...streams, again]) stream.destroy();
    await untilNobodyListens();
  });
});
