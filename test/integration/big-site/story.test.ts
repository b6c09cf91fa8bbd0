import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { writeBigSite } from "#test/bench/big-site";
import { ServerUnderTest } from "#test/support/server";
import { headerIn, request, udpWire, type Wire } from "#test/support/wire";

const STATIONS = 10_000;
/** Of the time that a reading takes; nearly all of it when the reading has no thread of its own. A slow machine is slow at both. */
const SILENT_MAX = 0.5;
/** And never longer than this, however long the reading takes. */
const SILENT_MAX_MS = 5000;
const ANSWER_MAX_MS = 20_000;
/** A datagram may get lost on a busy machine: phones send it again (T1). */
const AGAIN_AFTER_MS = 500;

/** A body whose objects take seconds to be read, of what is none of a site's. */
const MANY_OBJECTS = Array.from({ length: 3_000_000 }, () => ({}));

/* Phones are served while a big site is checked or read again: both take seconds, and have a thread of their own. */
describe("a server whose site is big", function () {
  this.timeout(120_000);
  let site: string;
  let server: ServerUnderTest;
  let wire: Wire;

  before(async () => {
    site = writeBigSite(STATIONS);
    server = await ServerUnderTest.start({ site });
    wire = await udpWire(server.sipPort);
  });

  after(async () => {
    await wire.close();
    await server.stop();
    await rm(site, { recursive: true });
  });

  /** The longest time that an OPTIONS waited for its answer until `work` was done. */
  const longestSilence = async (work: Promise<unknown>): Promise<number> => {
    const state = { isDone: false };
    let longest = 0;
    void work.finally(() => (state.isDone = true));
    do {
      const text = request("OPTIONS", "sip:127.0.0.1", wire.localPort);
      const callId = headerIn(text, "Call-ID") ?? "";
      const begin = performance.now();
      wire.send(text);
      const again = setInterval(() => {
        wire.send(text);
      }, AGAIN_AFTER_MS);
      await wire
        .next((answer) => answer.includes(callId), ANSWER_MAX_MS)
        .finally(() => {
          clearInterval(again);
        });
      longest = Math.max(longest, performance.now() - begin);
    } while (!state.isDone);
    return longest;
  };

  for (const [name, what, body, status] of [
    ["a check", "check", { path: "." }, 200],
    ["a reload", "reload", undefined, 200],
    ["the reading of a large upload", "check", MANY_OBJECTS, 422],
  ] as const)
    it(`answers phones during ${name}`, async () => {
      const begin = performance.now();
      const work = server.api("POST", what, body);
      const longest = await longestSilence(work);
      const took = performance.now() - begin;
      assert.equal((await work).status, status);
      assert.ok(longest < Math.min(SILENT_MAX * took, SILENT_MAX_MS), `${longest} ms of ${took} ms`);
    });
});
