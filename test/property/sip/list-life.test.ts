import assert from "node:assert/strict";
import fc from "fast-check";
import type { LampView } from "#domain/lamp/lamp-view";
import { ListPhone, readListNotify } from "#test/support/list-phone";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Notify, Phone, Watch } from "#test/support/phone";

const STATES = ["Idle", "InUse", "Ringing", "Hold", "Unavailable"] as const;
const EXTENSIONS = Array.from({ length: 12 }, (_, at) => String(3000 + at));
const WIRE: Readonly<Record<string, string>> = {
  Idle: "terminated",
  Unavailable: "terminated",
  InUse: "confirmed",
  Hold: "confirmed",
  Ringing: "early",
};

/** Nobody who has something to tell is silent for longer, and a phone that answers within a step is never late. */
const [QUIET_MS, STEP_MS] = [67_000, 1000];
/** A move leaves a few NOTIFYs at most. */
const SETTLE_MAX_MS = 10 * QUIET_MS;

type Move =
  | { readonly type: "change"; readonly at: number; readonly state: (typeof STATES)[number] }
  | { readonly type: "hide"; readonly at: number }
  | { readonly type: "relist"; readonly members: readonly number[] }
  | { readonly type: "refresh" | "restart" | "answer" | "lose" | "refuse" }
  | { readonly type: "pass"; readonly ms: number };

const place = fc.nat({ max: EXTENSIONS.length - 1 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ type: fc.constant("change" as const), at: place, state: fc.constantFrom(...STATES) }) },
  { weight: 10, arbitrary: fc.constant<Move>({ type: "answer" }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("pass" as const), ms: fc.constantFrom(50, 300, 1000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("hide" as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("relist" as const), members: fc.uniqueArray(place, { minLength: 1 }) }) },
  { weight: 2, arbitrary: fc.constant<Move>({ type: "refresh" }) },
  { weight: 1, arbitrary: fc.constantFrom<Move>({ type: "restart" }, { type: "lose" }, { type: "refuse" }) },
);

/** A phone with one list, seen from the wire only: what it took and what it missed. */
class ListLife {
  readonly bench = new NotifierBench({ tickMs: 50 });
  readonly phone: Phone;
  watch!: Watch;
  /** NOTIFYs that have had their answer, or never get one. */
  #heard = 0;
  readonly taken: Notify[] = [];

  constructor(transport: "udp" | "tcp", userAgent: string) {
    for (const extension of EXTENSIONS) this.bench.lamps.set(extension, lamp(extension, "Idle"));
    this.bench.lists.set("keys", EXTENSIONS);
    this.phone = this.bench.phone({ transport, userAgent });
    this.phone.answers = undefined;
  }

  async start(): Promise<void> {
    this.watch = await this.phone.subscribe({
      uri: "sip:keys@pbx.example",
      headers: { Supported: "eventlist", Accept: "application/dialog-info+xml, application/rlmi+xml, multipart/related" },
    });
  }

  async play(next: Move): Promise<void> {
    const extension = "at" in next ? (EXTENSIONS[next.at] ?? "") : "";
    switch (next.type) {
      case "change":
        await this.bench.show(extension, next.state);
        return;
      case "hide":
        this.bench.lamps.delete(extension);
        await this.bench.relist("keys", this.bench.lists.get("keys") ?? []);
        return;
      case "relist":
        await this.bench.relist(
          "keys",
          next.members.map((at) => EXTENSIONS[at] ?? ""),
        );
        return;
      case "refresh":
        await this.watch.send();
        return;
      case "restart":
        this.#heard = this.phone.notifies.length;
        this.bench.restart();
        this.bench.notifier.resume();
        await this.bench.pass(10);
        return;
      case "answer":
        await this.answer(200);
        return;
      case "refuse":
        await this.answer(500);
        return;
      case "lose":
        // It does not arrive, nor do its repeats.
        this.#heard = this.phone.notifies.length;
        await this.bench.pass(70_000);
        return;
      case "pass":
        await this.bench.pass(next.ms);
    }
  }

  async answer(status: number): Promise<void> {
    const { notifies } = this.phone;
    if (notifies.length === this.#heard) return;
    this.#heard = notifies.length;
    const { newest } = this.phone;
    if (status === 200) this.taken.push(newest);
    await this.phone.answer(newest, status);
  }

  /** Nothing happens any more, and the phone takes everything. */
  async settle(): Promise<void> {
    for (let quietMs = 0, allMs = 0; quietMs < QUIET_MS; allMs += STEP_MS) {
      assert.ok(allMs < SETTLE_MAX_MS, "the phone is told without end");
      const before = this.taken.length;
      await this.answer(200);
      await this.bench.pass(STEP_MS);
      quietMs = this.taken.length === before ? quietMs + STEP_MS : 0;
    }
  }
}

function lamp(extension: string, state: LampView["state"]): LampView {
  return { extension, context: "default", state, since: 0, dialogs: [] };
}

describe("the life of a list, whatever happens (L-1 to L-10)", () => {
  it("every key of the phone ends right, no number goes back, no datagram is too long (C-21, L-7)", async function () {
    this.timeout(240_000);
    const transports = fc.constantFrom("udp" as const, "tcp" as const);
    const userAgents = fc.constantFrom("Yealink SIP-T46", "PolycomVVX-VVX_411-UA/5.9");
    await fc.assert(
      fc.asyncProperty(transports, userAgents, fc.array(move, { maxLength: 30 }), async (transport, userAgent, moves) => {
        const life = new ListLife(transport, userAgent);
        await life.start();
        for (const next of moves) await life.play(next);
        await life.settle();
        const { bench, phone } = life;
        if (bench.notifier.subscriptions.size === 1) {
          const keys = new ListPhone();
          for (const notify of life.taken) keys.take(readListNotify(notify.header("Content-Type") ?? "", notify.body), true);
          const wanted = (bench.lists.get("keys") ?? []).map((user) => {
            const state = bench.lamps.get(user)?.state;
            return [`sip:${user}@pbx.example`, state === undefined ? "terminated rejected" : WIRE[state]] as const;
          });
          assert.deepEqual(new Map([...keys.keys].map(([uri, { shows }]) => [uri, shows])), new Map(wanted));
        }
        // Taken or not: what left us never goes back.
        const everything = new ListPhone();
        for (const notify of phone.notifies) {
          if (transport === "udp") assert.ok(notify.text.length <= 1300, `${notify.text.length} bytes`);
          if (notify.body !== "") everything.take(readListNotify(notify.header("Content-Type") ?? "", notify.body), true);
        }
        bench.end();
      }),
      { numRuns: 500 },
    );
  });
});
