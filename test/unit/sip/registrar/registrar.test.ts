import assert from "node:assert/strict";
import { quietLog } from "#base/log";
import { OperationalError } from "#base/operational-error";
import type { Sender } from "#sip/auth/authenticator";
import type { Binding } from "#sip/registrar/binding";
import { Registrar, type BindingStore } from "#sip/registrar/registrar";
import { DEFAULT_REGISTRAR_LIMITS } from "#sip/registrar/registrar-rules";
import { printResponse } from "#sip/message/print-message";
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

  async register(headers: readonly string[], text: RequestText = {}): Promise<AskingTransaction> {
    const transaction = new AskingTransaction(requestOf({ headers, ...text }), flowFrom("192.0.2.5"));
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
  it("binds a contact and lists it with its seconds and Date", async () => {
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

  it("stores what tells about the device", async () => {
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

  it("prefers the expires of a contact to the header; a malformed one counts as none", async () => {
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

  it("answers a query with all live bindings and their remaining seconds", async () => {
    const office = new Office();
    await office.register([CONTACT, "Expires: 60"]);
    await office.register(["Contact: <sip:5001@192.0.2.9>", "Expires: 600"], { cseq: 2 });
    office.clock.advance(30_500);
    const both = await office.register([]);
    assert.deepEqual(both.headers("Contact"), ["<sip:5001@192.0.2.5:5060>;expires=30", "<sip:5001@192.0.2.9>;expires=570"]);
    office.clock.advance(30_000);
    assert.equal((await office.register([])).headers("Contact").length, 1, "one has expired");
  });

  it("removes by expires 0 and by *", async () => {
    const office = new Office();
    await office.register([CONTACT]);
    assert.deepEqual((await office.register([`${CONTACT};expires=0`], { cseq: 2 })).headers("Contact"), []);
    await office.register([CONTACT], { cseq: 3 });
    assert.equal((await office.register(["Contact: *", "Expires: 0"], { cseq: 4 })).answer?.status, 200);
    assert.deepEqual(office.bindings(), []);
  });

  it("refuses * with anything beside it and changes nothing", async () => {
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

  it("refuses what is no contact of its sender", async () => {
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

  it("asks who it is before it says anything", async () => {
    const office = new Office();
    office.sender = undefined;
    for (const user of ["5001", "nobody"]) assert.equal((await office.register([CONTACT], { user })).answer?.status, 401);
  });

  it("lets nobody register for another account, and does not say whether it exists", async () => {
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

  it("keeps Path and gives it back, from trusted proxies only", async () => {
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

  it("says nothing before the store has it", async () => {
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

  it("decides again when somebody was faster", async () => {
    const office = new Office();
    await office.register([CONTACT], { callId: "other", cseq: 7 });
    const [known] = office.bindings();
    office.store.rival = () => office.store.kept.set("5001", [{ ...known!, callId: "call-1", cseq: 9 }]);
    assert.equal((await office.register([CONTACT], { cseq: 8 })).answer?.status, 500);
    assert.equal(office.bindings()[0]?.cseq, 9);
  });

  it("fits ten contacts into one datagram", async () => {
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
