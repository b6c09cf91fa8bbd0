import assert from "node:assert/strict";
import fc from "fast-check";
import type { LampView } from "#domain/lamp/lamp-view";
import { settle } from "#test/support/fake-clock";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Notify, Phone, Watch } from "#test/support/phone";
import { statusOf } from "#test/support/wire";

/** What happens next to one subscription. An answer is for the NOTIFY in flight; without one it is lost. */
type Move =
  | { readonly type: "change"; readonly state: LampView["state"] }
  | { readonly type: "refresh" | "unsubscribe" | "restart" | "storeDown" | "storeUp" }
  | { readonly type: "answer"; readonly status: 200 | 481 | 500 | 503 | 403 }
  | { readonly type: "pass"; readonly ms: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("change" as const),
      state: fc.constantFrom<LampView["state"]>("Idle", "InUse", "Busy", "Ringing", "Hold", "InUse&Ringing"),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant("answer" as const),
      status: fc.constantFrom(200, 200, 200, 200, 200, 200, 500, 503, 403, 481),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("pass" as const), ms: fc.constantFrom(50, 100, 500, 1000, 5000, 33_000) }),
  },
  { weight: 3, arbitrary: fc.constant<Move>({ type: "refresh" }) },
  { weight: 1, arbitrary: fc.constant<Move>({ type: "restart" }) },
  { weight: 1, arbitrary: fc.constant<Move>({ type: "storeDown" }) },
  { weight: 2, arbitrary: fc.constant<Move>({ type: "storeUp" }) },
  { weight: 1, arbitrary: fc.constant<Move>({ type: "unsubscribe" }) },
);

const TIMER_F_MS = 32_000;

/** A phone with one dialog, seen from the wire only. */
class Life {
  readonly bench: NotifierBench;
  readonly phone: Phone;
  watch!: Watch;
  /** Branches that have their final answer, or never will get one. */
  readonly #done = new Set<string>();
  readonly #sentAt = new Map<string, number>();
  /** The last document that the phone took. */
  shown: Notify | undefined;
  /** Did the phone say that it does not know this dialog? */
  disowned = false;

  constructor(userAgent: string) {
    this.bench = new NotifierBench({ tickMs: 200, limits: { expiryMaxSeconds: 3600 } });
    this.phone = this.bench.phone({ userAgent });
    this.phone.answers = undefined;
    const { flow } = this.phone;
    const send = flow.send.bind(flow);
    flow.send = (message) => {
      if (!this.#sentAt.has(message)) this.#sentAt.set(message, this.bench.clock.now());
      return send(message);
    };
  }

  async start(): Promise<void> {
    this.watch = await this.phone.subscribe();
  }

  get inFlight(): Notify | undefined {
    const { newest } = this.phone;
    const isLost = this.bench.clock.now() - (this.#sentAt.get(newest.text) ?? 0) >= TIMER_F_MS;
    return isLost || this.#done.has(newest.text) ? undefined : newest;
  }

  async play(next: Move): Promise<void> {
    switch (next.type) {
      case "change":
        await this.bench.show("1001", next.state);
        return;
      case "pass":
        await this.bench.pass(next.ms);
        return;
      case "answer":
        await this.answer(next.status);
        return;
      case "refresh":
        await this.watch.send();
        return;
      case "unsubscribe":
        await this.watch.send({ expires: 0 });
        return;
      case "restart":
        await this.restart();
        return;
      case "storeDown":
        this.bench.store.isDown = true;
        return;
      case "storeUp":
        await this.storeUp();
    }
  }

  async answer(wanted: number): Promise<void> {
    const notify = this.inFlight;
    if (notify === undefined) return;
    // A dialog that is unknown once stays unknown.
    const status = this.disowned ? 481 : wanted;
    this.#done.add(notify.text);
    if (status === 200 && notify.body !== "") this.shown = notify;
    if (status === 481) this.disowned = true;
    await this.phone.answer(notify, status, status === 503 ? ["Retry-After: 2"] : []);
  }

  /** Nothing starts without its store; what could not be written is written a moment later. */
  async storeUp(): Promise<void> {
    if (!this.bench.store.isDown) return;
    this.bench.store.isDown = false;
    await this.bench.pass(11_000);
  }

  /** The answer to what was in flight reaches a process that does not know it any more. */
  async restart(): Promise<void> {
    await this.storeUp();
    const notify = this.inFlight;
    if (notify !== undefined) this.#done.add(notify.text);
    this.bench.restart();
    this.bench.notifier.resume();
    await settle();
  }

  /** The phone is well again, and so is the store; nothing else happens. */
  async settle(): Promise<void> {
    this.bench.store.isDown = false;
    for (let round = 0; round < 6; round += 1) {
      await this.answer(200);
      await this.bench.pass(round < 3 ? 200 : 33_000);
    }
  }

  check(): void {
    const { notifies } = this.phone;
    const versions = notifies.filter((notify) => notify.body !== "").map((notify) => notify.version);
    notifies.forEach((notify, at) => {
      const before = notifies[at - 1];
      if (before === undefined) return;
      assert.ok(notify.cseq > before.cseq, `CSeq ${notify.cseq} after ${before.cseq}`);
      assert.match(before.subscriptionState, /^active;expires=\d+$/, "a NOTIFY after the last one");
    });
    versions.forEach((version, at) => {
      assert.ok(at === 0 || version > (versions[at - 1] ?? 0), `version ${version} after ${String(versions[at - 1])}`);
    });
  }
}

/** Moves in which a NOTIFY may time out and the next one go. */
const TAKES_TIME: ReadonlySet<Move["type"]> = new Set(["pass", "storeUp"]);

/** No two NOTIFYs at once: whenever a new one appears, the one before was answered, or timed out, or its process ended. */
async function play(userAgent: string, moves: readonly Move[]): Promise<Life> {
  const life = new Life(userAgent);
  await life.start();
  for (const next of moves) {
    const before = life.inFlight;
    const told = life.phone.notifies.length;
    await life.play(next);
    const isTold = life.phone.notifies.length - told;
    if (
      before !== undefined &&
      life.inFlight !== before &&
      next.type !== "answer" &&
      next.type !== "restart" &&
      !TAKES_TIME.has(next.type)
    )
      assert.equal(isTold, 0, `${next.type} sent a NOTIFY while one was in flight`);
  }
  return life;
}

const userAgents = fc.constantFrom("Yealink SIP-T46", "PolycomVVX-VVX_411-UA/5.9");

describe("the life of one subscription, whatever happens", () => {
  it("numbers rise, one NOTIFY is in flight, the last document is the present state, the end is the end (S-53, S-70 to S-72)", async function () {
    this.timeout(180_000);
    await fc.assert(
      fc.asyncProperty(userAgents, fc.array(move, { minLength: 1, maxLength: 25 }), async (userAgent, moves) => {
        const life = await play(userAgent, moves);
        await life.settle();
        life.check();
        const { bench, phone } = life;
        if (bench.notifier.subscriptions.size === 0) {
          const told = phone.notifies.length;
          await life.watch.send();
          assert.equal(statusOf(phone.received.at(-1) ?? ""), 481);
          await bench.show("1001", "Unavailable");
          await bench.show("1001", "Hold");
          await bench.pass(1000);
          assert.equal(phone.notifies.length, told, "silence after the end");
        } else {
          // A refused document is not pressed on the phone: the next change brings it.
          await life.watch.send();
          await life.settle();
          const fresh = bench.phone({ userAgent, account: "5002" });
          await fresh.subscribe();
          const strip = (notify: Notify | undefined): string | undefined => notify?.body.replace(/ version="\d+"/, "");
          assert.equal(strip(life.shown), strip(fresh.newest));
          assert.equal(life.disowned, false);
        }
        life.check();
        bench.end();
      }),
      { numRuns: 2000 },
    );
  });
});
