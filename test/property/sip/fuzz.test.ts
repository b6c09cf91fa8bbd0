import assert from "node:assert/strict";
import fc from "fast-check";
import { messageBytes } from "#sip/message/message-bytes";
import { parseMessage } from "#sip/message/parse-message";
import { readBySipJs } from "#test/conformance/rfc/sipjs-oracle";
import { settle } from "#test/support/fake-clock";
import { heapBytes } from "#test/support/heap-bytes";
import { hostileTexts, woundTexts } from "#test/support/hostile-texts";
import { RecordedFlow } from "#test/support/recorded-flow";
import { StackUnderFire, STRANGE_HOST, TRUSTED_HOST } from "#test/support/stack-under-fire";
import { statusOf } from "#test/support/wire";

const RUNS = 10_000;
/** Of the processor, for a message and all its answers; what collects garbage is in it. */
const MESSAGE_MAX_MS = 100;
/** As often in a run a message may take longer, because it was the collector's turn. */
const SLOW_MAX = 5;
/** One answer of so many is read by sip.js too, which is a thousand times slower. */
const ORACLE_EVERY = 20;
/** Longer than all transactions, subscriptions and bindings last. */
const OVER_MS = 4_000_000;
const HEAP_MORE_MAX_BYTES = 30 * 1024 * 1024;

function isReadBySipJs(text: string): boolean {
  try {
    readBySipJs(text);
    return true;
  } catch {
    return false;
  }
}

/** Processor time of one message. */
async function costMs({ stack }: StackUnderFire, text: string, flow: RecordedFlow): Promise<number> {
  const begin = process.cpuUsage();
  if (stack.guard.admits(text, flow)) stack.transactions.receive(text, flow);
  await settle();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

/** Messages by the thousand at the whole stack: what is sent back, how long it takes, what stays. */
class Range {
  fire = new StackUnderFire();
  readonly trusted = new RecordedFlow("udp", TRUSTED_HOST);
  readonly stranger = new RecordedFlow("udp", STRANGE_HOST);
  #serial = 0;
  #answers = 0;
  #slow = 0;

  next(): number {
    this.#serial += 1;
    return this.#serial;
  }

  async shoot(text: string, flow: RecordedFlow): Promise<void> {
    flow.sent.length = 0;
    if ((await costMs(this.fire, text, flow)) > MESSAGE_MAX_MS) await this.#measureAgain(text, flow.remoteHost);
    assert.deepEqual(this.fire.errors, [], "our own mistake");
    for (const sent of flow.sent) this.#judge(sent, text);
    const parsed = parseMessage(text);
    if (!parsed.ok || parsed.value.kind !== "request" || parsed.value.method === "ACK") return;
    const finals = flow.sent.filter((sent) => statusOf(sent) >= 200);
    // A scanner gets none.
    assert.ok(finals.length === 1 || (flow === this.stranger && text.includes("friendly-scanner")), `${finals.length} answers`);
    if (flow === this.stranger) this.#judgeStranger(flow.sent, messageBytes(parsed.value));
  }

  /** Is it the message that costs so much? What costs more the more is kept is cheap on an empty stack, but comes more than a few times. */
  async #measureAgain(text: string, host: string): Promise<void> {
    this.#slow += 1;
    assert.ok(this.#slow <= SLOW_MAX, "too many messages took too long");
    const fresh = new StackUnderFire();
    try {
      assert.ok((await costMs(fresh, text, new RecordedFlow("udp", host))) < MESSAGE_MAX_MS, "it took too long");
      assert.deepEqual(fresh.errors, [], "our own mistake");
    } finally {
      await fresh.stack.stop();
    }
  }

  /** to an address that has shown nothing, one answer, and no NOTIFY. */
  #judgeStranger(sent: readonly string[], heardBytes: number): void {
    assert.ok(sent.every((message) => message.startsWith("SIP/2.0 ")));
    const bytes = sent.reduce((sum, message) => sum + message.length, 0);
    assert.ok(bytes <= Math.max(heardBytes * 3, heardBytes + 250), `${bytes} bytes for ${heardBytes}`);
  }

  #judge(sent: string, text: string): void {
    const parsed = parseMessage(sent);
    assert.ok(parsed.ok, `we cannot read our own:\n${sent}`);
    const { value } = parsed;
    if (value.kind === "response") {
      assert.ok(value.status >= 100 && value.status < 700);
      assert.match(value.reason, /^[ -~]*$/);
    } else assert.equal(value.method, "NOTIFY");
    this.#answers += 1;
    // What a peer wrote wrong, From and To above all, is said back as it was.
    if (this.#answers % ORACLE_EVERY === 0 && isReadBySipJs(text)) readBySipJs(sent);
  }
}

describe("the whole stack under hostile messages", function () {
  this.timeout(240_000);

  it("answers what can be answered, in time, legally, and keeps nothing", async () => {
    const range = new Range();
    await range.shoot("OPTIONS sip:a SIP/2.0\r\n\r\n", range.stranger);
    const before = heapBytes();
    await fc.assert(
      fc.asyncProperty(hostileTexts, fc.array(woundTexts, { maxLength: 3 }), async (write, wounds) => {
        await range.shoot(write(range.next()), range.trusted);
        await range.shoot(write(range.next()), range.stranger);
        const hurt = wounds.reduce((text, wound) => wound(text), write(range.next()));
        await range.shoot(hurt, wounds.length % 2 === 0 ? range.trusted : range.stranger);
        range.fire.clock.advance(20);
      }),
      { numRuns: RUNS },
    );
    await range.fire.clock.advanceAndSettle(OVER_MS);
    const { clients, servers } = range.fire.stack.transactions.counts;
    assert.deepEqual([clients, servers, range.fire.stack.notifier.subscriptions.size], [0, 0, 0]);
    range.fire.bindings.clear();
    range.fire.publications.clear();
    const more = heapBytes() - before;
    assert.ok(more < HEAP_MORE_MAX_BYTES, `${more} bytes more than before`);
    await range.fire.stack.stop();
  });
});
