import assert from "node:assert/strict";
import { systemRandom } from "#base/system-random";
import { DigestClient } from "#sip/auth/digest-client";
import { eventually } from "#test/support/eventually";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { stopAfterEach } from "#test/support/stop-after-each";
import { answerTo, challengesIn, headerIn, request, statusOf, tcpWire, udpWire, type Wire } from "#test/support/wire";

/*
 *   phone            node one            node other
 *     | REGISTER, SUBSCRIBE  |                 |
 *     |--------------------->|                 |
 *     X the connection is lost, the node lives |
 *     | REGISTER             |                 |
 *     |--------------------------------------->|
 *     |                      | "yours" ───────▶|
 *     |<------------------ NOTIFY in the old dialog, with higher numbers (S-57, S-84, S-93)
 */
const SITE = "test/fixtures/sites/alternate";
const KEY = "L1-0000FFFF0005_T1";
const URI = `sip:${KEY}@127.0.0.1`;
/** One phone: the same Contact wherever it registers, as behind an address of its own. */
const CONTACT = "sip:watcher@192.0.2.77:5060";

/** One of several flows of a phone (RFC 5626). */
interface Outbound {
  readonly instance: string;
  readonly regId: number;
}

interface Heard {
  readonly callId: string;
  readonly cseq: number;
  readonly version: number;
  readonly text: string;
}

describe("a phone that registers at another node than the one that has its dialogs", function () {
  this.timeout(60_000);
  const started = stopAfterEach();
  let one: ServerUnderTest;
  let other: ServerUnderTest;

  beforeEach(async () => {
    const redis = started(await startRedis());
    const options = (name: string) => ({ site: SITE, store: redis.url, args: ["--node", name, "--lease", "2"] });
    one = started(await ServerUnderTest.start(options("one")));
    other = started(await ServerUnderTest.start(options("other")));
  });

  const open = async (transport: "tcp" | "udp", node: ServerUnderTest, outbound?: Outbound): Promise<Asker> => {
    const wire = started(await (transport === "tcp" ? tcpWire : udpWire)(node.sipPort));
    return new Asker(wire, transport, outbound);
  };
  const show = (state: string): Promise<unknown> => other.api("PUT", `devices/SLA:${KEY}`, { state });
  const owners = async (): Promise<string[]> => {
    const items = await Promise.all([one, other].map(async (node) => (await node.api("GET", "subscriptions")).json.items));
    return items.flat().map((item: { node: string }) => item.node);
  };
  const startedAt = async (transport: "tcp" | "udp"): Promise<{ phone: Asker; first: Heard }> => {
    const phone = await open(transport, one);
    await phone.register();
    await phone.ask("SUBSCRIBE", URI, { Event: "dialog", Expires: "600" });
    const first = await phone.notify();
    assert.match(first.text, />terminated</);
    return { phone, first };
  };

  for (const transport of ["tcp", "udp"] as const)
    it(`is told there, in the old dialog and with higher numbers, and the first node is silent (${transport})`, async () => {
      const { phone, first } = await startedAt(transport);
      if (transport === "tcp") await phone.wire.close();
      const moved = await open(transport, other);
      await moved.register();
      const again = await moved.notify();
      assert.ok(again.callId === first.callId && again.cseq > first.cseq && again.version > first.version);
      await show("RINGING");
      const ringing = await moved.notify();
      assert.match(ringing.text, />early</);
      assert.ok(ringing.callId === first.callId && ringing.cseq > again.cseq && ringing.version > again.version);
      assert.deepEqual(await owners(), ["other"]);
      assert.ok(!one.output.includes("NOTIFY not accepted"), one.output);
      if (transport === "udp") await assert.rejects(phone.wire.next(undefined, 200), /no such message/);
      // A refresh of the registration moves nothing, and who goes back takes its dialogs along.
      await moved.register();
      await show("INUSE");
      assert.match((await moved.notify()).text, />confirmed</);
      const back = await open(transport, one);
      await back.register();
      assert.ok((await back.notify()).cseq > ringing.cseq);
      assert.deepEqual(await owners(), ["one"]);
    });

  it("is told there as soon as it has registered, when the first node is dead and its dialogs were taken over long ago", async () => {
    const { first } = await startedAt("tcp");
    await one.end("SIGKILL");
    await eventually(async () => {
      const { items } = (await other.api("GET", "subscriptions")).json;
      assert.equal(items.length, 1);
    });
    await show("RINGING");
    const phone = await open("tcp", other);
    await phone.register();
    const told = await phone.notify();
    assert.match(told.text, />early</);
    assert.ok(told.callId === first.callId && told.cseq > first.cseq && told.version > first.version);
  });

  it("is told where it was as long as that flow is registered too, and over the second one when the first is lost (R-12)", async () => {
    const flow = (number: number) => ({ instance: "<urn:uuid:00000000-0000-1000-8000-0004f2aabbcc>", regId: number });
    const [first, second] = [await open("tcp", one, flow(1)), await open("tcp", other, flow(2))];
    await first.register();
    await first.ask("SUBSCRIBE", URI, { Event: "dialog", Expires: "600" });
    const before = await first.notify();
    await second.register();
    await show("RINGING");
    assert.match((await first.notify()).text, />early</);
    assert.deepEqual(await owners(), ["one"]);
    await first.wire.close();
    const told = await second.notify();
    assert.ok(told.callId === before.callId && told.cseq > before.cseq);
    assert.deepEqual(await owners(), ["other"]);
  });

  it("is told there when it came before the takeover", async () => {
    const { first } = await startedAt("tcp");
    await one.end("SIGKILL");
    const phone = await open("tcp", other);
    await phone.register();
    await show("RINGING");
    const told = await phone.notify(10_000);
    assert.match(told.text, />early</);
    assert.ok(told.callId === first.callId && told.cseq > first.cseq && told.version > first.version);
    await one.start();
    assert.deepEqual(await owners(), ["other"]);
  });

  it("is told there when the first node was away meanwhile and is back in time", async () => {
    const { first } = await startedAt("tcp");
    await one.end("SIGTERM");
    const phone = await open("tcp", other);
    await phone.register();
    await one.start();
    const told = await phone.notify(10_000);
    assert.ok(told.callId === first.callId && told.cseq > first.cseq && told.version > first.version);
    assert.deepEqual(await owners(), ["other"]);
  });
});

/** A phone on one wire; it answers every NOTIFY that it is asked for. */
class Asker {
  readonly wire: Wire;
  readonly #transport: "tcp" | "udp";
  readonly #contact: string;
  readonly #digest = new DigestClient({ user: "watcher", password: "watch-secret" }, systemRandom);
  /** What came while something else was waited for. */
  readonly #notifies: string[] = [];
  #registrations = 0;

  constructor(wire: Wire, transport: "tcp" | "udp", outbound: Outbound | undefined) {
    this.wire = wire;
    this.#transport = transport;
    const flow = outbound === undefined ? "" : `;+sip.instance="${outbound.instance}";reg-id=${outbound.regId}`;
    this.#contact = `<${CONTACT}${transport === "tcp" ? ";transport=tcp" : ""}>${flow}`;
  }

  async register(): Promise<void> {
    this.#registrations += 1;
    await this.ask("REGISTER", "sip:127.0.0.1", {
      To: "<sip:watcher@127.0.0.1>",
      "Call-ID": `reg-${this.wire.localPort}`,
      CSeq: `${2 * this.#registrations} REGISTER`,
      Expires: "600",
    });
  }

  /** Asks twice: first without, then with the answer to the challenge. */
  async ask(method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const send = async (authorization: string): Promise<string> => {
      const text = request(method, uri, this.wire.localPort, {
        Supported: "outbound",
        ...headers,
        Contact: this.#contact,
        Authorization: authorization,
      });
      this.wire.send(text.replace("SIP/2.0/UDP", `SIP/2.0/${this.#transport.toUpperCase()}`));
      return this.wire.next((message) => {
        if (message.startsWith("NOTIFY")) this.#notifies.push(message);
        return message.startsWith("SIP/2.0");
      });
    };
    assert.ok(this.#digest.accept(challengesIn(await send("")), false));
    const answer = await send(this.#digest.answer(method, uri) ?? "");
    assert.equal(statusOf(answer), 200, answer);
  }

  async notify(timeoutMs = 5000): Promise<Heard> {
    const text = this.#notifies.shift() ?? (await this.wire.next((message) => message.startsWith("NOTIFY"), timeoutMs));
    this.wire.send(answerTo(text));
    return {
      callId: headerIn(text, "Call-ID") ?? "",
      cseq: Number.parseInt(headerIn(text, "CSeq") ?? "", 10),
      version: Number(/ version="(\d+)"/.exec(text)?.[1]),
      text,
    };
  }
}
