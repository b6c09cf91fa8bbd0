import assert from "node:assert/strict";
import fc from "fast-check";
import type { IncomingSession, Session } from "#sip/session/session";
import { parseMessage } from "#sip/message/parse-message";
import { settle } from "#test/support/fake-clock";
import {
  ANSWER,
  type HearingUser,
  OFFER,
  OTHER,
  PeerDialog,
  responseText,
  SessionBench,
} from "#test/unit/sip/session/session-bench";

/** What happens next: our user does something, the peer says or answers something, time passes. */
type Move =
  | { readonly type: "progress" | "accept" | "end" | "offer" | "identify" | "info" | "cancel" | "ack" | "flowClosed" }
  | { readonly type: "say"; readonly method: string; readonly body: string | undefined }
  | {
      readonly type: "answer";
      readonly status: number;
      readonly which: number;
      readonly tag: string;
      readonly body: string;
      readonly rseq: number;
    }
  | { readonly type: "prack"; readonly by: number }
  | { readonly type: "pass"; readonly ms: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Move>({ type: "progress" }, { type: "accept" }) },
  { weight: 4, arbitrary: fc.constantFrom<Move>({ type: "ack" }, { type: "offer" }, { type: "identify" }, { type: "info" }) },
  { weight: 1, arbitrary: fc.constantFrom<Move>({ type: "end" }, { type: "cancel" }, { type: "flowClosed" }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("say" as const),
      method: fc.constantFrom("INVITE", "UPDATE", "INFO", "OPTIONS", "BYE"),
      body: fc.constantFrom(undefined, OTHER, "junk"),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      type: fc.constant("answer" as const),
      status: fc.constantFrom(100, 180, 183, 183, 200, 200, 200, 200, 401, 408, 422, 481, 486, 491, 500),
      which: fc.nat(3),
      tag: fc.constantFrom("peer", "peer", "peer", "fork"),
      body: fc.constantFrom("", OFFER, OFFER),
      rseq: fc.nat(3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("prack" as const), by: fc.nat(1) }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("pass" as const), ms: fc.constantFrom(10, 500, 4000, 33_000, 100_000) }),
  },
);

/** One session with a peer that does anything at any time. */
class Life {
  readonly bench: SessionBench;
  session!: Session;
  user!: HearingUser;
  peer!: PeerDialog;
  #unheard = 0;

  constructor(transport: "udp" | "tcp", seed: number) {
    this.bench = new SessionBench({}, transport, seed);
  }

  async start(kind: "called" | "calledReliably" | "calling"): Promise<void> {
    if (kind === "calling") {
      const { session, user, invite } = await this.bench.call({ credentials: { user: "u", password: "p" } });
      Object.assign(this, { session, user, peer: PeerDialog.called(this.bench, invite) });
      return;
    }
    const headers = { Allow: "INVITE, UPDATE", ...(kind === "called" ? {} : { Require: "100rel" }) };
    const { session, user, peer } = await this.bench.called({ headers });
    peer.toTag = session.id;
    Object.assign(this, { session, user, peer });
  }

  async play(next: Move): Promise<void> {
    const { session, bench, peer } = this;
    const incoming = "accept" in session ? (session as IncomingSession) : undefined;
    switch (next.type) {
      case "progress":
        incoming?.progress(183, { sdp: ANSWER });
        break;
      case "accept":
        incoming?.accept(ANSWER);
        break;
      case "end":
        session.end({ status: 486 });
        break;
      case "offer":
        void session.offer(ANSWER);
        break;
      case "identify":
        void session.identify([["P-Asserted-Identity", "<sip:7@pbx.example>"]]);
        break;
      case "info":
        void session.request("INFO", [], "x");
        break;
      case "cancel":
        if (incoming !== undefined) await peer.cancel();
        break;
      case "ack":
        await bench.say(peer.write("ACK", { cseq: this.#lastAcceptedCSeq() }));
        break;
      case "flowClosed":
        bench.flow.closed = bench.flow.reliable;
        if (!bench.flow.closed) break;
        bench.layer.flowClosed(bench.flow);
        bench.sessions.flowClosed(bench.flow);
        break;
      case "say":
        await peer.say(next.method, next.body === undefined ? {} : { body: next.body });
        break;
      case "answer":
        await this.#answer(next);
        break;
      case "prack":
        await this.#prack(next.by);
        break;
      case "pass":
        await bench.pass(next.ms);
    }
    await settle();
  }

  #lastAcceptedCSeq(): number {
    const accepted = this.bench.flow.sent.filter((text) => /^SIP\/2\.0 200[^]*\r\nCSeq: \d+ INVITE\r\n/.test(text)).at(-1);
    return Number(/\r\nCSeq: (\d+)/.exec(accepted ?? "")?.[1] ?? 1);
  }

  async #prack(by: number): Promise<void> {
    const reliable = this.bench.flow.sent.filter((text) => text.includes("\r\nRSeq: ")).at(-1);
    const rseq = Number(/\r\nRSeq: (\d+)/.exec(reliable ?? "")?.[1] ?? 1) + by;
    await this.peer.say("PRACK", { headers: { RAck: `${rseq} 1 INVITE` } });
  }

  /** Answers one of our last requests, maybe for the second time. */
  async #answer({ status, which, tag, body, rseq }: Extract<Move, { type: "answer" }>): Promise<void> {
    const requests = this.bench.flow.sent.filter((text) => !text.startsWith("SIP/2.0") && !text.startsWith("ACK"));
    const request = requests.at(-1 - which) ?? requests.at(-1);
    if (request === undefined) return;
    const headers: Record<string, string> = { Allow: "INVITE, UPDATE" };
    if (rseq > 0 && status === 183) Object.assign(headers, { Require: "100rel", RSeq: String(rseq) });
    if (status === 401) headers["WWW-Authenticate"] = 'Digest realm="r", nonce="n", qop="auth"';
    if (status === 200 && rseq === 0) headers["Session-Expires"] = "90;refresher=uac";
    await this.bench.say(responseText(request, status, { tag, headers, body: request.startsWith("INVITE") ? body : "" }));
  }

  /** What holds at every moment. */
  check(): void {
    const { user, session, bench } = this;
    assert.ok(user.ends.length <= 1, "one end");
    if (user.ends.length === 1) {
      assert.equal(session.phase, "over");
      assert.match(user.heard.at(-1) ?? "", /^ended/, "the end is the last that is heard");
    }
    assert.deepEqual(bench.errors, []);
    const news = bench.flow.sent.slice(this.#unheard);
    this.#unheard = bench.flow.sent.length;
    for (const text of news) assert.ok(parseMessage(text).ok, text);
  }

  /** Numbers rise in each dialog; after a BYE of ours nothing new is asked there. */
  checkNumbers(): void {
    const last = new Map<string, number>();
    const ended = new Set<string>();
    const seen = new Set<string>();
    for (const text of this.bench.flow.sent) {
      const method = text.slice(0, text.indexOf(" "));
      if (method === "SIP/2.0" || method === "ACK" || method === "CANCEL" || seen.has(text)) continue;
      seen.add(text);
      const dialog = /\r\nTo: [^\r]*;tag=([^;\r]+)/.exec(text)?.[1] ?? "";
      const cseq = Number(/\r\nCSeq: (\d+)/.exec(text)?.[1]);
      assert.ok(cseq > (last.get(dialog) ?? 0), `CSeq rises: ${text}`);
      last.set(dialog, cseq);
      // A challenged BYE goes again.
      if (ended.has(dialog)) assert.equal(method, "BYE");
      if (method === "BYE") ended.add(dialog);
    }
  }
}

/** A reliable answer, a challenge, and the same tag again: the PRACK of the early dialog that was is not sent again. */
const SAME_TAG_AFTER_CHALLENGE: ["calling", "udp", number, Move[]] = [
  "calling",
  "udp",
  0,
  [
    { type: "answer", status: 183, which: 0, tag: "peer", body: "", rseq: 1 },
    { type: "answer", status: 401, which: 1, tag: "peer", body: "", rseq: 0 },
    { type: "answer", status: 183, which: 0, tag: "peer", body: "", rseq: 1 },
    { type: "answer", status: 401, which: 2, tag: "peer", body: "", rseq: 0 },
  ],
];

describe("a session, whatever its user and its peer do", () => {
  it("ends once, keeps its numbers rising, asks nothing after its BYE, and leaves nothing behind", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("called" as const, "calledReliably" as const, "calling" as const),
        fc.constantFrom("udp" as const, "tcp" as const),
        fc.nat(10_000),
        fc.array(move, { minLength: 3, maxLength: 22 }),
        async (kind, transport, seed, moves) => {
          const life = new Life(transport, seed);
          await life.start(kind);
          for (const next of moves) {
            await life.play(next);
            life.check();
          }
          life.session.end();
          await life.bench.pass(200_000);
          life.check();
          life.checkNumbers();
          assert.equal(life.user.ends.length, 1);
          assert.equal(life.bench.sessions.count, 0);
          assert.deepEqual(life.bench.layer.describe(), []);
          assert.equal(life.bench.wheel.size, 0, "a timer was left in the wheel");
        },
      ),
      { examples: [SAME_TAG_AFTER_CHALLENGE], numRuns: Number(process.env["SESSION_RUNS"] ?? 300) },
    );
  }).timeout(120_000);
});
