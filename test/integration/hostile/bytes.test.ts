import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { hostileTexts, woundTexts } from "#test/support/hostile-texts";
import { requestTexts } from "#test/support/message-texts";
import { SeededRandom } from "#test/support/seeded-random";
import { ServerUnderTest } from "#test/support/server";
import { request, statusOf, tcpWire, udpWire, wsWire, type Wire } from "#test/support/wire";

/*
 * A real process under fire: messages that follow the grammar or nearly, whole and wounded, some byte by byte, over UDP, TCP and WebSocket. It
 * lives, answers at once, has not grown, and nothing of ours was thrown. What each answer must look like is told in test/property/sip.
 */
const KEY = "L1-0000FFFF0005_T1";
const MESSAGES = { udp: 12_000, tcp: 5000, ws: 3000 };
/** Written by the generators; each is sent many times, wounded anew. */
const TEXTS = 1000;
/** At once, before others have their turn: more would be lost in the kernel. */
const VOLLEY = 50;
const ANSWER_MAX_MS = 2000;
const RSS_MORE_MAX_BYTES = 250 * 1024 * 1024;
const SEED = 5060;

describe("a server under fire", function () {
  this.timeout(90_000);
  let server: ServerUnderTest;
  let bullets: Bullets;

  before(async () => {
    // From --trust the messages themselves are looked at, and no limit of a source ends the story.
    const args = ["--trust", "127.0.0.1/32", "--domain", "pbx.example"];
    server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate", args });
    bullets = new Bullets();
  });

  after(async () => {
    await server.stop();
  });

  for (const [transport, connect, port] of [
    ["udp", udpWire, () => server.sipPort],
    ["tcp", tcpWire, () => server.sipPort],
    ["ws", wsWire, () => server.httpPort],
  ] as const)
    it(`lives, answers at once and does not grow (${transport}, X-11)`, async () => {
      const before = await rssOf(server);
      let wire = await connect(port());
      for (let sent = 0; sent < MESSAGES[transport]; sent += 1) {
        // Who has sent what cannot be read on from is hung up on.
        if (wire.isClosed) wire = await connect(port());
        wire.send(bullets.next());
        if (sent % VOLLEY === VOLLEY - 1) await answers(server);
      }
      await wire.close();
      await answers(server);
      const more = (await rssOf(server)) - before;
      assert.ok(more < RSS_MORE_MAX_BYTES, `${more} bytes more than before`);
      const thrown = server.output.split("\n").filter((line) => /"level":[56]0|\\n\s+at |^\s+at /.test(line));
      assert.deepEqual(thrown, []);
    });
});

/** Asks the way a monitor does. */
async function answers(server: ServerUnderTest): Promise<void> {
  const wire: Wire = await udpWire(server.sipPort);
  try {
    wire.send(request("OPTIONS", "sip:127.0.0.1", wire.localPort));
    const answer = await wire.next((message) => message.startsWith("SIP/2.0"), ANSWER_MAX_MS);
    assert.equal(statusOf(answer), 200);
  } finally {
    await wire.close();
  }
}

async function rssOf(server: ServerUnderTest): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** The same ones in each run. */
class Bullets {
  readonly #random = new SeededRandom(SEED);
  readonly #hostile = fc.sample(hostileTexts, { numRuns: TEXTS, seed: SEED });
  readonly #right = fc.sample(requestTexts, { numRuns: TEXTS, seed: SEED });
  readonly #wounds = fc.sample(woundTexts, { numRuns: TEXTS, seed: SEED });
  #serial = 0;

  next(): string {
    this.#serial += 1;
    const isHostile = this.#random.below(3) > 0;
    const text = isHostile ? this.#one(this.#hostile)(this.#serial) : this.#one(this.#right);
    // Of ours: what is asked for is there.
    const aimed = text.replaceAll("1001@pbx.example", `${KEY}@pbx.example`).replaceAll("5001@pbx.example", "watcher@pbx.example");
    let wounded = aimed;
    for (let wounds = this.#random.below(3); wounds > 0; wounds -= 1) wounded = this.#one(this.#wounds)(wounded);
    return this.#random.below(4) === 0 ? this.#scatter(wounded) : wounded;
  }

  /** Any byte becomes any other. */
  #scatter(text: string): string {
    const bytes = Buffer.from(text, "latin1");
    for (let hits = 1 + this.#random.below(8); hits > 0 && bytes.length > 0; hits -= 1)
      bytes[this.#random.below(bytes.length)] = this.#random.below(256);
    return bytes.toString("latin1");
  }

  #one<T>(all: readonly T[]): T {
    return all[this.#random.below(all.length)] ?? assert.fail("nothing to shoot with");
  }
}
