import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "#base/system-random";
import { DigestClient } from "#sip/auth/digest-client";
import { Bell } from "#test/support/bell";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { stopAfterEach } from "#test/support/stop-after-each";
import { answerTo, challengesIn, headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";

type Headers = Readonly<Record<string, string>>;

const SITE = `
lines:
  T1: {}
  T2: { appearances: 2 }
accounts:
  alice: { secret: alice-secret }
  bob: { secret: bob-secret }
  carol: { secret: carol-secret }
phones:
  0000ffff0001: { accounts: [alice] }
  0000ffff0002: { accounts: [bob] }
  0000ffff0003: { accounts: [carol], lines: [] }
`;

const DAY_MS = 86_400_000;
/** Of two phones that go off hook at once. */
const ROUNDS = 10;
const ANY = "<sip:127.0.0.1>;appearance-index=0";
const FIRST = "<sip:127.0.0.1>;appearance-index=1";
const IDLE = "<sip:127.0.0.1>;appearance-index=*;appearance-state=idle";
const SEIZED = `<sip:127.0.0.1>;appearance-index=1;appearance-state=seized, ${IDLE}`;

/** A phone on a UDP socket of its own, with a key of the lines: answers each NOTIFY at once and keeps it for whoever asks for it. */
class Station {
  readonly wire: Wire;
  readonly user: string;
  /** What NOTIFYs are answered. */
  status = "200 OK";
  readonly #server: ServerUnderTest;
  readonly #digest: DigestClient;
  readonly #answers: string[] = [];
  readonly #notifies: string[] = [];
  readonly #known = new Set<string>();
  readonly #bell = new Bell();
  #cseq = 100;

  private constructor(wire: Wire, user: string, server: ServerUnderTest) {
    this.wire = wire;
    this.user = user;
    this.#server = server;
    this.#digest = new DigestClient({ user, password: `${user}-secret` }, systemRandom);
    // Until the wire is closed.
    this.#listen().catch(() => undefined);
  }

  static async open(server: ServerUnderTest, user: string): Promise<Station> {
    return new Station(await udpWire(server.sipPort), user, server);
  }

  /** Address of its key of a line. */
  async key(line: string): Promise<string> {
    const { json } = await this.#server.api("GET", "stations");
    const stations = json.items as { name: string; device: string; keys: { trunk: string }[] }[];
    const own = stations.find(({ device, keys }) => device.endsWith(`/${this.user}`) && keys.some(({ trunk }) => trunk === line));
    return `sip:${own?.name ?? assert.fail(`${this.user} has no key of ${line}`)}_${line}@127.0.0.1`;
  }

  register(expires: string): Promise<string> {
    const own = `<sip:${this.user}@127.0.0.1>`;
    const Contact = `<sip:${this.user}@127.0.0.1:${this.wire.localPort}>`;
    return this.ask("REGISTER", "sip:127.0.0.1", { From: `${own};tag=r`, To: own, Contact, Expires: expires });
  }

  subscribe(uri: string, event: string, headers: Headers = {}): Promise<string> {
    return this.ask("SUBSCRIBE", uri, { Event: event, Expires: event === "line-seize" ? "15" : "600", ...headers });
  }

  seize(uri: string, info = ANY, headers: Headers = {}): Promise<string> {
    return this.subscribe(uri, "line-seize", { "Call-Info": info, ...headers });
  }

  /** One more SUBSCRIBE in the dialog of an answer. */
  again(answer: string, uri: string, event: string, expires: number): Promise<string> {
    this.#cseq += 1;
    const [From = "", To = "", CallId = ""] = ["From", "To", "Call-ID"].map((name) => headerIn(answer, name) ?? "");
    const dialog = { From, To, "Call-ID": CallId, CSeq: `${this.#cseq} SUBSCRIBE` };
    return this.subscribe(uri, event, { ...dialog, "Call-Info": FIRST, Expires: String(expires) });
  }

  /** The answer to a request, after its challenge where there is one. */
  async ask(method: string, uri: string, headers: Headers): Promise<string> {
    const answer = await this.#send(method, uri, headers);
    if (statusOf(answer) !== 401) return answer;
    assert.ok(this.#digest.accept(challengesIn(answer), false), answer);
    return this.#send(method, uri, headers);
  }

  /** The next NOTIFY of an event. */
  notified(event: string, timeoutMs = 3000): Promise<string> {
    return this.#take(this.#notifies, (text) => headerIn(text, "Event") === event, timeoutMs);
  }

  /** Waits until its call-info says this. */
  async shows(info: string, timeoutMs = 3000): Promise<void> {
    const heard: string[] = [];
    const giveUpAt = Date.now() + timeoutMs;
    while (heard.at(-1) !== info) {
      const leftMs = giveUpAt - Date.now();
      if (leftMs <= 0) assert.fail(`not told ${info}, but ${heard.join(" | ")}`);
      heard.push(headerIn(await this.notified("call-info", leftMs), "Call-Info") ?? "");
    }
  }

  async #send(method: string, uri: string, headers: Headers): Promise<string> {
    const Authorization = this.#digest.answer(method, uri) ?? "";
    const text = request(method, uri, this.wire.localPort, { ...headers, Authorization });
    this.wire.send(text);
    const branch = /branch=[^;\r]+/.exec(text)?.[0] ?? "";
    return this.#take(this.#answers, (answer) => answer.includes(branch), 3000);
  }

  async #listen(): Promise<void> {
    for (;;) {
      const text = await this.wire.next(() => true, DAY_MS);
      if (text.startsWith("SIP/2.0")) this.#answers.push(text);
      else this.#hear(text);
      this.#bell.ring();
    }
  }

  #hear(notify: string): void {
    this.wire.send(answerTo(notify, this.status));
    const name = `${headerIn(notify, "Call-ID") ?? ""} ${headerIn(notify, "CSeq") ?? ""}`;
    if (!this.#known.has(name)) this.#notifies.push(notify);
    this.#known.add(name);
  }

  async #take(from: string[], wanted: (text: string) => boolean, timeoutMs: number): Promise<string> {
    const found = await this.#bell.until(() => {
      const at = from.findIndex(wanted);
      return at === -1 ? undefined : from.splice(at, 1)[0];
    }, timeoutMs);
    return found ?? assert.fail(`${this.user}: no such message within ${timeoutMs} ms`);
  }
}

describe("story: lines that several phones share (presence.md §2.7)", () => {
  let folder: string;
  let server: ServerUnderTest;
  const started = stopAfterEach();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-lines-"));
    await writeFile(join(folder, "site.yaml"), SITE);
    server = await ServerUnderTest.start({ site: folder });
  });

  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function station(user: string, at = server): Promise<Station> {
    const one = await Station.open(at, user);
    started(one.wire);
    return one;
  }

  /** A station that watches the line and knows that it is idle. */
  async function watching(user: string, line: string, at = server): Promise<{ readonly phone: Station; readonly uri: string }> {
    const phone = await station(user, at);
    const uri = await phone.key(line);
    assert.equal(statusOf(await phone.subscribe(uri, "call-info")), 200);
    await phone.shows(IDLE);
    return { phone, uri };
  }

  it("off hook is granted once; all phones and lamps show it; on hook frees it (A-2, A-5, A-6)", async () => {
    const [alice, bob] = [await watching("alice", "T1"), await watching("bob", "T1")];
    assert.equal(statusOf(await bob.phone.subscribe(bob.uri, "dialog")), 200);
    assert.match(await bob.phone.notified("dialog"), /<state>terminated</);
    const granted = await alice.phone.seize(alice.uri, FIRST);
    assert.equal(statusOf(granted), 200, granted);
    assert.equal(headerIn(granted, "Expires"), "15");
    const notify = await alice.phone.notified("line-seize");
    assert.equal(headerIn(notify, "Call-Info"), FIRST);
    assert.match(headerIn(notify, "Subscription-State") ?? "", /^active;expires=1[45]$/);
    assert.equal(headerIn(notify, "Content-Length"), "0");
    await Promise.all([alice.phone.shows(SEIZED), bob.phone.shows(SEIZED)]);
    assert.match(await bob.phone.notified("dialog"), /direction="initiator"[^]*<state>confirmed</);

    for (const info of [FIRST, ANY]) {
      const refused = await bob.phone.seize(bob.uri, info);
      assert.deepEqual([statusOf(refused), headerIn(refused, "Retry-After")], [480, "1"], refused);
    }
    for (const info of ["", "garbage", "<sip:h>;appearance-index=x"])
      assert.equal(statusOf(await bob.phone.seize(bob.uri, info)), 400, info);
    assert.equal(statusOf(await bob.phone.seize(bob.uri, "<sip:h>;appearance-index=2")), 404);

    const ended = await alice.phone.again(granted, alice.uri, "line-seize", 0);
    assert.deepEqual([statusOf(ended), headerIn(ended, "Expires")], [200, "0"]);
    assert.match(headerIn(await alice.phone.notified("line-seize"), "Subscription-State") ?? "", /^terminated;reason=timeout$/);
    await Promise.all([alice.phone.shows(IDLE), bob.phone.shows(IDLE)]);
    assert.match(await bob.phone.notified("dialog"), /<state>terminated</);
    const next = await bob.phone.seize(bob.uri, FIRST);
    assert.equal(statusOf(next), 200);
    await bob.phone.again(next, bob.uri, "line-seize", 0);
  });

  it("of a line with two appearances everybody gets the lowest free one; a busy one is refused (A-2, A-3)", async () => {
    const [alice, bob] = [await watching("alice", "T2"), await watching("bob", "T2")];
    await server.api("PUT", `devices/SLA:${bob.uri.slice(4, bob.uri.indexOf("@"))}`, { state: "INUSE" });
    const ACTIVE = "<sip:127.0.0.1>;appearance-index=1;appearance-state=active";
    await alice.phone.shows(`${ACTIVE}, ${IDLE}`);
    assert.equal(statusOf(await alice.phone.seize(alice.uri, FIRST)), 480);
    assert.equal(statusOf(await alice.phone.seize(alice.uri, "<sip:h>;appearance-index=*")), 200);
    assert.match(await alice.phone.notified("line-seize"), /^Call-Info: <sip:127\.0\.0\.1>;appearance-index=2\r$/m);
    await bob.phone.shows(`${ACTIVE}, <sip:127.0.0.1>;appearance-index=2;appearance-state=seized, ${IDLE}`);
    assert.equal(statusOf(await bob.phone.seize(bob.uri, "<sip:h>")), 480);
    await server.api("DELETE", `devices/SLA:${bob.uri.slice(4, bob.uri.indexOf("@"))}`);
    // A device that starts again holds nothing (A-7).
    assert.equal(statusOf(await alice.phone.subscribe(alice.uri, "call-info")), 200);
    assert.match(
      headerIn(await alice.phone.notified("line-seize"), "Subscription-State") ?? "",
      /^terminated;reason=noresource$/,
    );
    await bob.phone.shows(IDLE);
  });

  it("a re-SUBSCRIBE keeps the index and its time; without one it is free after 15 s, to the second (A-4, A-5)", async () => {
    const [alice, bob] = [await watching("alice", "T1"), await watching("bob", "T1")];
    const granted = await alice.phone.seize(alice.uri, ANY, { Expires: "3600" });
    assert.equal(headerIn(granted, "Expires"), "15");
    await bob.phone.shows(SEIZED);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    assert.equal(headerIn(await alice.phone.again(granted, alice.uri, "line-seize", 15), "Expires"), "15");
    const since = Date.now();
    for (let at = 0; at < 2; at += 1) assert.equal(headerIn(await alice.phone.notified("line-seize"), "Call-Info"), FIRST);
    await bob.phone.shows(IDLE, 20_000);
    const seconds = (Date.now() - since) / 1000;
    assert.ok(seconds > 14 && seconds < 16.5, `freed after ${seconds} s`);
    assert.match(headerIn(await alice.phone.notified("line-seize"), "Subscription-State") ?? "", /^terminated;reason=timeout$/);
    assert.equal(statusOf(await alice.phone.again(granted, alice.uri, "line-seize", 15)), 481);
  });

  it("a phone that un-registers, or answers that it knows no such dialog, holds nothing (A-5)", async () => {
    const [alice, bob] = [await watching("alice", "T1"), await watching("bob", "T1")];
    assert.equal(statusOf(await alice.phone.register("600")), 200);
    assert.equal(statusOf(await alice.phone.seize(alice.uri)), 200);
    await bob.phone.shows(SEIZED);
    assert.equal(statusOf(await alice.phone.register("0")), 200);
    await bob.phone.shows(IDLE);

    const forgetful = await station("alice");
    forgetful.status = "481 No Such Dialog";
    assert.equal(statusOf(await forgetful.seize(alice.uri)), 200);
    await bob.phone.shows(SEIZED);
    await bob.phone.shows(IDLE);
  });

  it("who has no key of a line may not take it; an account that several phones share is a line of its own", async () => {
    const [alice, carol] = [await station("alice"), await station("carol")];
    const uri = await alice.key("T1");
    assert.equal(statusOf(await carol.seize(uri)), 404);
    assert.equal(statusOf(await alice.seize(uri, ANY, { Expires: "0" })), 200);
    assert.match(await alice.notified("line-seize"), /^Subscription-State: terminated;reason=timeout\r\nContent-Length: 0\r$/m);
    const other = await station("alice");
    assert.equal(statusOf(await other.seize("sip:alice@127.0.0.1")), 200);
    assert.equal(headerIn(await other.notified("line-seize"), "Call-Info"), FIRST);
    assert.equal(statusOf(await alice.seize("sip:alice@127.0.0.1")), 480);
    assert.equal(statusOf(await carol.seize("sip:alice@127.0.0.1")), 404);
    assert.equal(statusOf(await carol.subscribe("sip:alice@127.0.0.1", "call-info")), 404);
  });

  it("a start frees no line of a phone that is registered; it is free when nobody speaks for it (A-5)", async () => {
    const alice = await station("alice");
    assert.equal(statusOf(await alice.register("600")), 200);
    const uri = await alice.key("T1");
    // Longer than a start of the server takes.
    assert.equal(headerIn(await alice.seize(uri, ANY, { Expires: "10" }), "Expires"), "10");
    await server.end("SIGKILL");
    await server.start();
    const bob = await station("bob");
    assert.equal(statusOf(await bob.subscribe(await bob.key("T1"), "call-info")), 200);
    await bob.shows(SEIZED);
    await bob.shows(IDLE, 20_000);
  });

  it("two phones at two nodes go off hook at once, again and again: each time one has it, and both show one (T-48, A-1)", async function () {
    this.timeout(120_000);
    const redis = started(await startRedis());
    const nodes: ServerUnderTest[] = [];
    for (const name of ["one", "other"]) {
      const options = { site: folder, store: redis.url, args: ["--node", name, "--lease", "2"] };
      nodes.push(started(await ServerUnderTest.start(options)));
    }
    const [one = assert.fail(), other = assert.fail()] = nodes;
    const phones = [await watching("alice", "T1", one), await watching("bob", "T1", other)];
    let holder = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = round % 2 === 0 ? phones : [...phones].reverse();
      const asked = order.map(async (entry) => ({ ...entry, answer: await entry.phone.seize(entry.uri, FIRST) }));
      const answers = await Promise.all(asked);
      const statuses = answers.map(({ answer }) => statusOf(answer)).sort();
      assert.deepEqual(statuses, [200, 480], `round ${round}`);
      const winner = answers.find(({ answer }) => statusOf(answer) === 200) ?? assert.fail();
      const loser = answers.find(({ answer }) => statusOf(answer) === 480) ?? assert.fail();
      assert.equal(headerIn(loser.answer, "Retry-After"), "1");
      holder = phones.findIndex(({ phone }) => phone === winner.phone);
      assert.equal(headerIn(await winner.phone.notified("line-seize"), "Call-Info"), FIRST);
      await Promise.all(phones.map(({ phone }) => phone.shows(SEIZED)));
      if (round === ROUNDS - 1) {
        assert.equal(headerIn(await winner.phone.again(winner.answer, winner.uri, "line-seize", 4), "Expires"), "4");
        break;
      }
      assert.equal(statusOf(await winner.phone.again(winner.answer, winner.uri, "line-seize", 0)), 200);
      assert.match(headerIn(await winner.phone.notified("line-seize"), "Subscription-State") ?? "", /^terminated/);
      await Promise.all(phones.map(({ phone }) => phone.shows(IDLE)));
    }
    // The node of who has it dies: the other one frees the line when its time is over.
    await nodes[holder]?.end("SIGKILL");
    await phones[1 - holder]?.phone.shows(IDLE, 20_000);
  });
});
