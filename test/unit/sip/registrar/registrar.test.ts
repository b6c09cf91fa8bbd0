import assert from "node:assert/strict";
import { quietLog } from "#base/log";
import { OperationalError } from "#base/operational-error";
import type { Sender } from "#sip/auth/authenticator";
import type { Binding } from "#sip/registrar/binding";
import { Registrar, type BindingStore } from "#sip/registrar/registrar";
import { DEFAULT_REGISTRAR_LIMITS } from "#sip/registrar/registrar-rules";
import { printResponse } from "#sip/message/print-message";
import type { Flow } from "#sip/transport/flow";
import { FakeClock, settle } from "#test/support/fake-clock";
import { SeededRandom } from "#test/support/seeded-random";
import { AskingTransaction, flowFrom, recordOf, requestOf, type RequestText } from "#test/unit/sip/auth/asking";

/** Bindings in memory; `mood` is what the medium does next. */
class MemoryBindings implements BindingStore {
  readonly kept = new Map<string, readonly Binding[]>();
  mood: "well" | "down" | "broken" = "well";
  /** Set: commits wait for it. */
  gate: Promise<void> | undefined;
  /** Runs between reading and committing: somebody who is faster. */
  rival: (() => void) | undefined;

  async read(aor: string): Promise<readonly Binding[]> {
    await this.#medium();
    return this.kept.get(aor) ?? [];
  }

  async change(aor: string, reduce: (bindings: readonly Binding[]) => readonly Binding[]): Promise<void> {
    for (;;) {
      const read = this.kept.get(aor);
      const next = reduce(read ?? []);
      this.rival?.();
      this.rival = undefined;
      await this.#medium();
      if (this.kept.get(aor) !== read) continue;
      this.kept.set(aor, next);
      return;
    }
  }

  async #medium(): Promise<void> {
    await this.gate;
    if (this.mood === "down") throw new OperationalError("store-unreachable", "gone");
    if (this.mood === "broken") throw new Error("a mistake of ours");
  }
}

class Office {
  readonly clock = new FakeClock();
  readonly store = new MemoryBindings();
  sender: Sender | undefined = { type: "account", name: "5001" };
  readonly registrar = new Registrar({
    node: "node-1",
    authenticate: (transaction) => {
      if (this.sender === undefined) transaction.respond({ status: 401 });
      return this.sender;
    },
    isOurHost: (host) => host === "pbx.example",
    isAccount: (name) => ["5001", "5002", "Jörg"].includes(name),
    flows: { record: recordOf },
    store: this.store,
    limits: DEFAULT_REGISTRAR_LIMITS,
    clock: this.clock,
    random: new SeededRandom(),
    log: quietLog,
  });

  async register(headers: readonly string[], text: RequestText = {}, flow = flowFrom("192.0.2.5")): Promise<AskingTransaction> {
    const transaction = new AskingTransaction(requestOf({ headers, ...text }), flow);
    await this.registrar.handle(transaction);
    assert.ok(transaction.isAnswered);
    return transaction;
  }

  bindings(aor = "5001"): readonly Binding[] {
    return this.store.kept.get(aor) ?? [];
  }
}

const CONTACT = "Contact: <sip:5001@192.0.2.5:5060>";

describe("registrar", () => {
  it("binds a contact and lists it with its seconds and Date (R-1)", async () => {
    const office = new Office();
    const { answer } = await office.register([CONTACT, "Expires: 120"]);
    assert.deepEqual(answer, {
      status: 200,
      headers: [
        ["Contact", "<sip:5001@192.0.2.5:5060>;expires=120"],
        ["Date", "Tue, 14 Nov 2023 22:13:20 GMT"],
      ],
    });
    assert.equal(office.bindings()[0]?.expiresAt, office.clock.now() + 120_000);
  });

  it("stores what tells about the device (R-9)", async () => {
    const office = new Office();
    await office.register([
      'Contact: <sip:5001@192.0.2.5>;+sip.instance="<urn:uuid:AB>";reg-id=1;q=0.5',
      "User-Agent: VVX",
      "Allow: INVITE, ACK",
    ]);
    const { instance, regId, q, userAgent, methods, flow, callId, cseq } = office.bindings()[0]!;
    assert.deepEqual([instance, regId, q, userAgent, methods], ["<urn:uuid:ab>", "1", "0.5", "VVX", "INVITE, ACK"]);
    assert.deepEqual([flow.host, flow.port, flow.listener, callId, cseq], ["192.0.2.5", 5060, "udp:0.0.0.0:5060", "call-1", 1]);
  });

  it("prefers the expires of a contact to the header; a malformed one counts as none (R-6)", async () => {
    for (const [parameter, header, seconds] of [
      [";expires=90", "Expires: 120", 90],
      ["", "Expires: 120", 120],
      [";expires=soon", "Expires: 120", 120],
      ["", "Expires: never", 3600],
      ["", "X: y", 3600],
      [";expires=99999999999999", "X: y", 3600],
    ] as const) {
      const transaction = await new Office().register([CONTACT + parameter, header]);
      assert.deepEqual(transaction.headers("Contact"), [`<sip:5001@192.0.2.5:5060>;expires=${seconds}`], parameter + header);
    }
  });

  it("answers a query with all live bindings and their remaining seconds (R-5)", async () => {
    const office = new Office();
    await office.register([CONTACT, "Expires: 60"]);
    await office.register(["Contact: <sip:5001@192.0.2.9>", "Expires: 600"], { cseq: 2 });
    office.clock.advance(30_500);
    const both = await office.register([]);
    assert.deepEqual(both.headers("Contact"), ["<sip:5001@192.0.2.5:5060>;expires=30", "<sip:5001@192.0.2.9>;expires=570"]);
    office.clock.advance(30_000);
    assert.equal((await office.register([])).headers("Contact").length, 1, "one has expired");
  });

  it("removes by expires 0 and by * (R-4, R-6)", async () => {
    const office = new Office();
    await office.register([CONTACT]);
    assert.deepEqual((await office.register([`${CONTACT};expires=0`], { cseq: 2 })).headers("Contact"), []);
    await office.register([CONTACT], { cseq: 3 });
    assert.equal((await office.register(["Contact: *", "Expires: 0"], { cseq: 4 })).answer?.status, 200);
    assert.deepEqual(office.bindings(), []);
  });

  it("refuses * with anything beside it and changes nothing (R-4)", async () => {
    const office = new Office();
    await office.register([CONTACT]);
    for (const headers of [
      ["Contact: *"],
      ["Contact: *", "Expires: 60"],
      [`${CONTACT}, *`, "Expires: 0"],
      ["Contact: *", CONTACT, "Expires: 0"],
    ]) {
      assert.equal((await office.register(headers, { cseq: 2 })).answer?.status, 400, headers.join());
    }
    assert.equal(office.bindings().length, 1);
  });

  it("refuses what is no contact of its sender (X-4)", async () => {
    for (const [value, status] of [
      ["<sip:>", 400],
      ["<tel:+4930>", 400],
      ["<sip:5001@192.0.2.5", 400],
      ["<sip:5001@10.0.0.1>", 403],
      ["<sip:5001@10.0.0.1:5060;transport=udp>", 403],
      ["<sip:5001@10.0.0.1:5062>", 200],
    ] as const) {
      assert.equal((await new Office().register([`Contact: ${value}`])).answer?.status, status, value);
    }
    const many = Array.from({ length: 51 }, (_, at) => `<sip:${at}@192.0.2.5>`).join(", ");
    assert.equal((await new Office().register([`Contact: ${many}`])).answer?.status, 400);
  });

  it("asks who it is before it says anything (R-1)", async () => {
    const office = new Office();
    office.sender = undefined;
    for (const user of ["5001", "nobody"]) assert.equal((await office.register([CONTACT], { user })).answer?.status, 401);
  });

  it("lets nobody register for another account, and does not say whether it exists (R-1, X-2, X-4)", async () => {
    for (const user of ["5002", "nobody"]) {
      const office = new Office();
      assert.equal((await office.register([CONTACT], { user })).answer?.status, 403, user);
      assert.equal(office.store.kept.size, 0);
    }
  });

  it("takes a trusted source for any account, and tells it which there are", async () => {
    const office = new Office();
    office.sender = { type: "trusted" };
    assert.equal((await office.register([CONTACT], { user: "5002" })).answer?.status, 200);
    assert.equal((await office.register([CONTACT], { user: "nobody" })).answer?.status, 404);
  });

  it("knows only its own domain, and escaped and UTF-8 names", async () => {
    const office = new Office();
    assert.equal((await office.register([CONTACT], { host: "elsewhere.example" })).answer?.status, 404);
    assert.equal((await office.register([CONTACT], { user: "%35001" })).answer?.status, 200);
    office.sender = { type: "account", name: "Jörg" };
    assert.equal((await office.register([CONTACT], { user: "J%C3%B6rg" })).answer?.status, 200);
    assert.equal(office.bindings("Jörg").length, 1);
  });

  it("keeps Path and gives it back, from trusted proxies only (R-10)", async () => {
    const office = new Office();
    const path = ["Path: <sip:p1@10.1.1.1;lr>,<sip:10.1.1.2;lr>", "Path: <sip:10.1.1.3;lr>"];
    assert.equal((await office.register([CONTACT, ...path])).answer?.status, 403);
    office.sender = { type: "trusted" };
    const transaction = await office.register([CONTACT, ...path]);
    assert.deepEqual(office.bindings()[0]?.path, ["<sip:p1@10.1.1.1;lr>", "<sip:10.1.1.2;lr>", "<sip:10.1.1.3;lr>"]);
    assert.deepEqual(transaction.headers("Path"), ["<sip:p1@10.1.1.1;lr>,<sip:10.1.1.2;lr>", "<sip:10.1.1.3;lr>"]);
    const eleven = `Path: ${Array.from({ length: 11 }, (_, at) => `<sip:10.1.2.${at}>`).join(",")}`;
    for (const bad of [eleven, "Path: <sip:10.1.1.1", "Path: <tel:1>"])
      assert.equal((await office.register([CONTACT, bad])).answer?.status, 400);
  });

  it("says nothing before the store has it (R-17)", async () => {
    const office = new Office();
    let open: () => void = () => undefined;
    office.store.gate = new Promise((resolve) => (open = resolve));
    const transaction = new AskingTransaction(requestOf({ headers: [CONTACT] }));
    const handled = office.registrar.handle(transaction);
    await settle();
    assert.ok(!transaction.isAnswered);
    open();
    await handled;
    assert.equal(transaction.answer?.status, 200);
  });

  it("answers 503 with Retry-After when the store is down, query or not", async () => {
    const office = new Office();
    office.store.mood = "down";
    for (const headers of [[CONTACT], []]) {
      const transaction = await office.register(headers);
      assert.equal(transaction.answer?.status, 503);
      const seconds = Number(transaction.headers("Retry-After")[0]);
      assert.ok(seconds >= 5 && seconds <= 15);
    }
  });

  it("does not take a mistake of ours for a store that is down", async () => {
    const office = new Office();
    office.store.mood = "broken";
    await assert.rejects(office.registrar.handle(new AskingTransaction(requestOf({ headers: [CONTACT] }))), /mistake/);
  });

  it("decides again when somebody was faster (R-2)", async () => {
    const office = new Office();
    await office.register([CONTACT], { callId: "other", cseq: 7 });
    const [known] = office.bindings();
    office.store.rival = () => office.store.kept.set("5001", [{ ...known!, callId: "call-1", cseq: 9 }]);
    assert.equal((await office.register([CONTACT], { cseq: 8 })).answer?.status, 500);
    assert.equal(office.bindings()[0]?.cseq, 9);
  });

  it("fits ten contacts into one datagram (R-14)", async () => {
    const office = new Office();
    const contacts = Array.from(
      { length: 10 },
      (_, at) => `<sip:5001-device-${at}@192.168.100.10${at}:5060;transport=udp>;+sip.instance="<urn:uuid:0000000${at}>"`,
    );
    const transaction = await office.register([`Contact: ${contacts.join(", ")}`]);
    assert.equal(transaction.headers("Contact").length, 10);
    const text = printResponse(transaction.request, transaction.answer!, { host: "192.0.2.5", port: 5060 });
    assert.ok(text.length <= 1300, `${text.length} bytes`);
  });
});

describe("outbound (RFC 5626 §6, R-12)", () => {
  const flowContact = (regId: string | number, uuid = "u1"): string =>
    `Contact: <sip:5001@192.0.2.5;ob>;+sip.instance="<urn:uuid:${uuid}>";reg-id=${regId}`;
  const SUPPORTED = "Supported: path, outbound";
  const VIA = "Via: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKb";

  it("is said back together with the time between keep-alives", async () => {
    const office = new Office();
    const transaction = await office.register([flowContact(1), SUPPORTED]);
    assert.deepEqual(transaction.headers("Require"), ["outbound"]);
    assert.deepEqual(transaction.headers("Flow-Timer"), ["120"]);
  });

  it("keeps a binding for each flow of a device", async () => {
    const office = new Office();
    await office.register([flowContact(1), SUPPORTED]);
    await office.register([flowContact(2), SUPPORTED], { callId: "call-2" });
    await office.register([flowContact(2), SUPPORTED], { callId: "call-3" });
    assert.deepEqual(
      office.bindings().map(({ regId }) => regId),
      ["1", "2"],
    );
  });

  it("is not used where the device does not ask for it", async () => {
    const office = new Office();
    for (const headers of [
      [flowContact(1)],
      [flowContact(0), SUPPORTED],
      [flowContact("x"), SUPPORTED],
      [flowContact("2147483648000"), SUPPORTED],
      ["Contact: <sip:5001@192.0.2.5>;reg-id=1", SUPPORTED],
      ["Contact: *", "Expires: 0", SUPPORTED],
    ]) {
      const transaction = await office.register(headers, { callId: headers.join() });
      assert.equal(transaction.answer?.status, 200);
      assert.deepEqual(transaction.headers("Require"), [], headers.join());
    }
  });

  it("takes one flow a request", async () => {
    const office = new Office();
    const transaction = await office.register([flowContact(1), flowContact(2), SUPPORTED]);
    assert.equal(transaction.answer?.status, 400);
    assert.deepEqual(office.bindings(), []);
  });

  it("needs a first hop that keeps the flow: 439 (RFC 5626 §6)", async () => {
    const office = new Office();
    office.sender = { type: "trusted" };
    const status = async (...headers: string[]): Promise<number | undefined> =>
      (await office.register([flowContact(1), SUPPORTED, ...headers], { callId: headers.join() })).answer?.status;
    assert.equal(await status(VIA), 439);
    assert.equal(await status(VIA, "Path: <sip:far;lr;ob>,<sip:edge;lr>"), 439);
    assert.equal(await status(VIA, "Path: <sip:far;lr>,<sip:edge;lr;ob>"), 200);
  });

  it("ends with its connection; other devices are expected back (RFC 7118 §5)", async () => {
    const flow = (transport: Flow["transport"], port: number): Flow => ({
      ...flowFrom("192.0.2.5", port),
      transport,
      key: `${transport}:x 192.0.2.5:${port} 1`,
    });
    const office = new Office();
    const flows = [flow("tcp", 1), flow("tcp", 2), flow("ws", 3), flow("udp", 4)];
    await office.register([flowContact(1, "a"), SUPPORTED], { callId: "a" }, flows[0]);
    await office.register(["Contact: <sip:5001@192.0.2.6>"], { callId: "b" }, flows[1]);
    await office.register(["Contact: <sip:x@y.invalid;transport=ws>"], { callId: "c" }, flows[2]);
    await office.register([flowContact(1, "d"), SUPPORTED], { callId: "d" }, flows[3]);
    assert.equal(office.bindings().length, 4);
    assert.ok(
      office.bindings().every(({ node }) => node === "node-1"),
      "the node that heard it",
    );
    for (const one of flows) office.registrar.flowClosed(one);
    await settle();
    assert.deepEqual(
      office.bindings().map(({ callId }) => callId),
      ["b", "d"],
    );
  });

  it("does not end with a connection that it has left", async () => {
    const office = new Office();
    const [old, next] = [1, 2].map((port): Flow => ({ ...flowFrom("192.0.2.5", port), transport: "tls" }));
    await office.register([flowContact(1), SUPPORTED], { cseq: 1 }, old);
    await office.register([flowContact(1), SUPPORTED], { cseq: 2 }, next);
    office.registrar.flowClosed(old!);
    await settle();
    assert.deepEqual(
      office.bindings().map(({ flow }) => flow.port),
      [2],
    );
  });

  it("ends at once when the connection was lost while the store was writing", async () => {
    const office = new Office();
    await office.register([flowContact(1), SUPPORTED], {}, { ...flowFrom("192.0.2.5"), transport: "tcp", closed: true });
    await settle();
    assert.deepEqual(office.bindings(), []);
  });
});
