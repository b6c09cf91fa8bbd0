import assert from "node:assert/strict";
import { TrunkRegistrations } from "#app/trunk-registrations";
import { quietLog } from "#base/log";
import { TimerWheel } from "#base/timer-wheel";
import type { Account } from "#domain/site/account";
import type { Site } from "#domain/site/site";
import { headerOf } from "#sip/message/message";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { Listener } from "#sip/transport/listener";
import type { LeaseOutcome } from "#store/store";
import { FakeClock, settle } from "#test/support/fake-clock";
import { RecordedFlow } from "#test/support/recorded-flow";
import { SeededRandom } from "#test/support/seeded-random";
import { parsedRequest, responseText } from "#test/unit/sip/session/session-bench";

const origin = { file: "sip.conf", line: 1 } as unknown as Account["origin"];

/** A site with one account that registers; undefined: with none. */
function siteWith(registration: Partial<Account["registration"]> | undefined): Pick<Site, "accounts"> {
  const account = { name: "provider", context: "in", subscribeContext: "in", origin };
  const written = { server: "sip:192.0.2.21", username: "us", secret: "one", extension: "100", expirySeconds: 600, origin };
  return { accounts: registration === undefined ? [] : [{ ...account, registration: { ...written, ...registration } }] };
}

/** The registrations of one node on the real transactions; the registrar and the store's leases are the test. */
class Bench {
  readonly clock = new FakeClock();
  readonly flow = new RecordedFlow();
  readonly released: string[] = [];
  lease: LeaseOutcome = { type: "held", epoch: 1 };
  readonly #layer: TransactionLayer;
  readonly registrations: TrunkRegistrations;
  readonly #answered = new Set<string>();

  constructor() {
    const random = new SeededRandom(1);
    this.#layer = new TransactionLayer({ wheel: new TimerWheel(this.clock, 10), random, log: quietLog, supported: [] });
    this.registrations = new TrunkRegistrations({
      ...{ clock: this.clock, random, log: quietLog, node: "n1", leaseSeconds: 30, clients: this.#layer.clients },
      store: {
        leases: {
          acquire: () => Promise.resolve(this.lease),
          release: (_collection, id) => Promise.resolve(void this.released.push(id)),
        },
      },
      dns: {
        services: () => Promise.resolve([]),
        servers: () => Promise.resolve([]),
        addresses: () => Promise.resolve([]),
      },
      transports: { listeners: [{ transport: "udp" } as Listener], connect: () => Promise.resolve(this.flow) },
      welcome: () => undefined,
    });
    this.registrations.setSite(siteWith({}));
    this.registrations.start();
  }

  /** What was asked for since the last look: Contact and Expires of each REGISTER. */
  get open(): string[] {
    return this.flow.sent
      .filter((text) => !this.#answered.has(text))
      .map(parsedRequest)
      .map((request) => `${headerOf(request, "contact") ?? ""} ${headerOf(request, "expires") ?? ""}`);
  }

  async pass(ms = 0): Promise<void> {
    await this.clock.advanceAndSettle(ms);
    await settle();
  }

  /** Answers the first REGISTER that has no answer. */
  async answer(status = 200): Promise<void> {
    const request = this.flow.sent.find((text) => !this.#answered.has(text));
    assert.ok(request !== undefined, "nothing waits for an answer");
    this.#answered.add(request);
    this.#layer.receive(responseText(request, status), this.flow);
    await this.pass();
  }

  async reload(registration: Parameters<typeof siteWith>[0]): Promise<void> {
    this.registrations.setSite(siteWith(registration));
    await this.pass();
  }
}

const CONTACT = "<sip:100@192.0.2.1:5060>";

describe("registrations with providers over a reload", () => {
  it("another password or expiry registers the same contact anew and takes nothing back", async () => {
    const bench = new Bench();
    await bench.pass();
    await bench.answer();
    await bench.reload({ secret: "two" });
    assert.deepEqual(bench.open, [`${CONTACT} 600`]);
    await bench.answer();
    await bench.reload({ secret: "two", expirySeconds: 300 });
    assert.deepEqual(bench.open, [`${CONTACT} 300`]);
    await bench.answer();
    assert.equal(bench.registrations.status("provider")?.state, "registered");
    assert.deepEqual(bench.released, []);
  });

  it("the new one begins when the old one's REGISTER was answered, so that the old expiry never comes last", async () => {
    const bench = new Bench();
    await bench.pass();
    await bench.reload({ expirySeconds: 300 });
    assert.deepEqual(bench.open, [`${CONTACT} 600`]);
    assert.equal(bench.registrations.status("provider")?.state, "trying");
    await bench.answer();
    assert.deepEqual(bench.open, [`${CONTACT} 300`]);
  });

  it("one that is taken out and put back registers after its own un-REGISTER, and keeps its lease", async () => {
    const bench = new Bench();
    await bench.pass();
    await bench.answer();
    await bench.reload(undefined);
    await bench.reload({});
    assert.deepEqual(bench.open, [`${CONTACT} 0`]);
    await bench.answer();
    assert.deepEqual([bench.open, bench.released], [[`${CONTACT} 600`], []]);
    await bench.answer();
    await bench.reload(undefined);
    await bench.answer();
    assert.deepEqual(bench.released, ["provider"]);
  });

  it("one that is taken out while its REGISTER is unanswered is taken back when the answer comes", async () => {
    const bench = new Bench();
    await bench.pass();
    await bench.reload(undefined);
    assert.deepEqual(bench.open, [`${CONTACT} 600`]);
    await bench.answer();
    assert.deepEqual([bench.open, bench.released], [[`${CONTACT} 0`], []]);
    await bench.answer();
    assert.deepEqual(bench.released, ["provider"]);
  });

  it("another contact does not wait for the old one", async () => {
    const bench = new Bench();
    await bench.pass();
    await bench.answer();
    await bench.reload({ extension: "200" });
    assert.deepEqual(bench.open, [`${CONTACT} 0`, "<sip:200@192.0.2.1:5060> 600"]);
  });

  it("is elsewhere while another node has the lease, and only then", async () => {
    const bench = new Bench();
    assert.equal(bench.registrations.status("provider")?.state, "trying");
    bench.lease = { type: "refused", holder: "n2", epoch: 1 };
    await bench.pass();
    assert.deepEqual([bench.registrations.status("provider")?.state, bench.open], ["elsewhere", []]);
    bench.lease = { type: "held", epoch: 2 };
    await bench.pass(10_000);
    assert.deepEqual([bench.registrations.status("provider")?.state, bench.open], ["trying", [`${CONTACT} 600`]]);
  });
});
