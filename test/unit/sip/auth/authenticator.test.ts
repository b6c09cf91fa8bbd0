import assert from "node:assert/strict";
import { hashHex } from "#base/digest";
import { quietLog } from "#base/log";
import { AMPLIFICATION_MAX, Authenticator, type AuthenticatorParts, type Credential, type Sender } from "#sip/auth/authenticator";
import { NONCE_LIFE_MS } from "#sip/auth/nonce";
import { SLOW_ANSWER_MS } from "#sip/auth/slow-answers";
import { DEFAULT_FAILURE_LIMITS, FailureLimiter } from "#sip/guard/failure-limiter";
import { messageBytes } from "#sip/message/message-bytes";
import { parseMessage } from "#sip/message/parse-message";
import { printResponse } from "#sip/message/print-message";
import { FakeClock } from "#test/support/fake-clock";
import { SeededRandom } from "#test/support/seeded-random";
import {
  AskingTransaction,
  authorization,
  challengeOf,
  flowFrom,
  requestOf,
  type AnswerText,
  type RequestText,
} from "./asking.ts";

const REALM = "pbx";
const HEARD_FROM = { host: "192.0.2.5", port: 5060 };
const ACCOUNTS: readonly Credential[] = [
  { account: "5001", secret: "s3cret" },
  { account: "hashed", md5secret: hashHex("MD5", "hashed:pbx:s3cret").toUpperCase() },
  { account: "empty", secret: "" },
  { account: "bare" },
  { account: "emptyhash", md5secret: "" },
  { account: "Jörg", secret: "pässwörd" },
];

class Desk {
  readonly clock = new FakeClock();
  readonly authenticator: Authenticator;

  constructor(parts: Partial<AuthenticatorParts> = {}) {
    this.authenticator = new Authenticator({
      realm: () => REALM,
      nonceKey: "key",
      credential: (username) => ACCOUNTS.find(({ account }) => account === username),
      trusted: () => false,
      clock: this.clock,
      random: new SeededRandom(),
      log: quietLog,
      // Answers come at once: how slow ones come is told below.
      failures: new FailureLimiter({ ...DEFAULT_FAILURE_LIMITS, slowFrom: Infinity }),
      ...parts,
    });
  }

  ask(
    headers: readonly string[] = [],
    text: RequestText = {},
    host = "192.0.2.5",
  ): { sender: Sender | undefined; transaction: AskingTransaction } {
    const transaction = new AskingTransaction(
      requestOf({ ...text, headers: [...headers, ...(text.headers ?? [])] }),
      flowFrom(host),
    );
    const sender = this.authenticator.authenticate(transaction);
    assert.equal(transaction.isAnswered, sender === undefined, "answered exactly when nobody is known");
    return { sender, transaction };
  }

  nonce(host?: string): string {
    return challengeOf(this.ask([], {}, host).transaction).get("nonce") ?? "";
  }

  /** Answers a new challenge, or the one given. */
  answer(
    answer: Partial<AnswerText> = {},
    text: RequestText = {},
    host?: string,
  ): { sender: Sender | undefined; transaction: AskingTransaction } {
    return this.ask([authorization({ realm: REALM, nonce: this.nonce(host), ...answer })], text, host);
  }
}

function statusOf({ transaction }: { transaction: AskingTransaction }): number | undefined {
  return transaction.answer?.status;
}

function isStale({ transaction }: { transaction: AskingTransaction }): boolean {
  return challengeOf(transaction).get("stale") === "true";
}

describe("authenticator", () => {
  it("challenges a request without credentials, SHA-256 first (G-1, G-2, G-5)", () => {
    const { transaction } = new Desk().ask([], { headers: ["User-Agent: baresip 3.1"] });
    assert.equal(transaction.answer?.status, 401);
    assert.deepEqual(
      [0, 1].map((at) => challengeOf(transaction, at).get("algorithm")),
      ["SHA-256", "MD5"],
    );
    assert.equal(challengeOf(transaction).get("qop"), "auth");
    assert.equal(challengeOf(transaction).get("realm"), REALM);
    assert.equal(challengeOf(transaction).get("stale"), undefined);
  });

  it("offers MD5 alone to what gives up at anything else, wherever it stands (G-1)", () => {
    const { transaction } = new Desk().ask(["User-Agent: baresip v1.0.0 (x86_64/linux)"]);
    assert.deepEqual([challengeOf(transaction).get("algorithm"), transaction.headers("WWW-Authenticate").length], ["MD5", 1]);
  });

  it("offers MD5 first to families that know nothing else, and to the nameless (G-1)", () => {
    for (const headers of [["User-Agent: PolycomVVX-VVX_411-UA/5.9.0"], []]) {
      assert.equal(challengeOf(new Desk().ask(headers).transaction).get("algorithm"), "MD5");
    }
  });

  it("offers what it is told to offer", () => {
    const { transaction } = new Desk({ algorithms: () => ["MD5"] }).ask();
    assert.equal(transaction.headers("WWW-Authenticate").length, 1);
  });

  it("never gives the same nonce twice, within a millisecond either", () => {
    const desk = new Desk();
    assert.equal(new Set(Array.from({ length: 1000 }, () => desk.nonce())).size, 1000);
  });

  it("knows who answers by MD5 or SHA-256", () => {
    for (const algorithm of ["MD5", "SHA-256"] as const) {
      assert.deepEqual(new Desk().answer({ algorithm }).sender, { type: "account", name: "5001" });
    }
  });

  it("takes the secret as bytes of UTF-8, and the name too (G-8)", () => {
    const { sender } = new Desk().answer({ username: "Jörg", secret: "pässwörd" });
    assert.deepEqual(sender, { type: "account", name: "Jörg" });
  });

  it("takes a username with a domain (G-8)", () => {
    assert.deepEqual(new Desk().answer({ username: "5001@pbx.example" }).sender, { type: "account", name: "5001" });
    assert.equal(new Desk().answer({ username: "5001@pbx.example", secret: "no" }).sender, undefined);
  });

  it("takes auth-int when it fits the body (G-2)", () => {
    assert.notEqual(new Desk().answer({ qop: "auth-int", body: "lamp" }, { body: "lamp" }).sender, undefined);
    assert.equal(new Desk().answer({ qop: "auth-int", body: "lamp" }, { body: "damp" }).sender, undefined);
  });

  it("asks again after a wrong password, without stale (G-5)", () => {
    const desk = new Desk();
    const outcome = desk.answer({ secret: "wrong" });
    assert.equal(statusOf(outcome), 401);
    assert.ok(!isStale(outcome));
    assert.equal(desk.authenticator.wrongAnswers, 1);
  });

  it("answers an unknown account as a wrong password (G-9, X-2)", () => {
    const desk = new Desk();
    const outcome = desk.answer({ username: "nobody" });
    assert.equal(statusOf(outcome), 401);
    assert.ok(!isStale(outcome));
    assert.equal(outcome.transaction.headers("WWW-Authenticate").length, 2);
  });

  it("lets nobody in with an empty secret, none, or an empty hash", () => {
    for (const username of ["empty", "bare", "emptyhash", "nobody", ""]) {
      assert.equal(new Desk().answer({ username, secret: "" }).sender, undefined, username);
    }
  });

  it("lets nobody in with the hash of nothing", () => {
    const nonce = new Desk().nonce();
    const header = authorization({ realm: REALM, nonce, username: "nobody" }).replace(/response="[^"]*"/, 'response=""');
    assert.equal(new Desk().ask([header]).sender, undefined);
  });

  it("checks an md5secret for MD5 only (G-10)", () => {
    assert.deepEqual(new Desk().answer({ username: "hashed" }).sender, { type: "account", name: "hashed" });
    assert.equal(new Desk().answer({ username: "hashed", algorithm: "SHA-256" }).sender, undefined);
  });

  it("follows a secret that changes", () => {
    let secret = "old";
    const desk = new Desk({ credential: (account) => ({ account, secret }) });
    assert.notEqual(desk.answer({ secret: "old" }).sender, undefined);
    secret = "new";
    assert.notEqual(desk.answer({ secret: "new" }).sender, undefined);
    assert.equal(desk.answer({ secret: "old" }).sender, undefined);
  });

  it("accepts no count twice and says stale (G-4, X-4)", () => {
    const desk = new Desk();
    const nonce = desk.nonce();
    assert.notEqual(desk.answer({ nonce, nc: 1 }).sender, undefined);
    assert.ok(isStale(desk.answer({ nonce, nc: 1 })));
    assert.notEqual(desk.answer({ nonce, nc: 2 }).sender, undefined);
  });

  it("says stale to the right password with an old nonce, and not to a wrong one (G-3, G-6, T-46)", () => {
    const desk = new Desk();
    const nonce = desk.nonce();
    desk.clock.advance(NONCE_LIFE_MS);
    assert.ok(isStale(desk.answer({ nonce })));
    assert.ok(!isStale(desk.answer({ nonce, secret: "wrong" })));
  });

  it("says stale once to the right password with the nonce of another node or an earlier run, used there or not (G-3, G-4, C-33)", () => {
    const clock = new FakeClock();
    const other = new Desk({ clock });
    const desk = new Desk({ clock, random: new SeededRandom(2) });
    const [used, unused] = [other.nonce(), other.nonce()];
    assert.notEqual(other.answer({ nonce: used }).sender, undefined);
    for (const nonce of [used, unused]) {
      const refused = desk.answer({ nonce });
      assert.ok(isStale(refused));
      const own = challengeOf(refused.transaction).get("nonce") ?? "";
      for (const nc of [1, 2]) assert.notEqual(desk.answer({ nonce: own, nc }).sender, undefined);
    }
    assert.ok(!isStale(desk.answer({ nonce: unused, secret: "wrong" })));
    assert.equal(desk.authenticator.wrongAnswers, 1, "guessing with it is counted");
  });

  it("counts no foreign nonce as a wrong password", () => {
    const desk = new Desk();
    for (let count = 0; count < 50; count += 1) assert.equal(statusOf(desk.answer({ nonce: "made-up" })), 401);
    assert.notEqual(desk.answer().sender, undefined);
    assert.equal(desk.authenticator.wrongAnswers, 0);
  });

  it("refuses a source for an account after 20 wrong answers, known or not, and no other source (G-11, X-3)", () => {
    for (const username of ["5001", "nobody"]) {
      const desk = new Desk();
      for (let count = 0; count < 20; count += 1) assert.equal(statusOf(desk.answer({ username, secret: "wrong" })), 401);
      assert.equal(statusOf(desk.answer({ username })), 403);
    }
    const desk = new Desk();
    for (let count = 0; count < 20; count += 1) desk.answer({ secret: "wrong" });
    assert.notEqual(desk.answer({}, {}, "192.0.2.6").sender, undefined);
    assert.ok(desk.ask().transaction.answer?.status === 401, "a first request costs nothing");
  });

  it("tells only who knows the password that he may not, and why", () => {
    const desk = new Desk({
      refusal: (account, { method }, { remoteHost }) => ({ reason: `${account} ${method} ${remoteHost}`, isCounted: false }),
    });
    const refused = desk.answer();
    assert.deepEqual(refused.transaction.answer, { status: 403, reason: "5001 REGISTER 192.0.2.5" });
    assert.equal(statusOf(desk.answer({ secret: "wrong" })), 401);
    assert.equal(statusOf(desk.answer({ username: "nobody" })), 401);
    for (let count = 0; count < 30; count += 1) assert.equal(desk.answer().transaction.answer?.reason, "5001 REGISTER 192.0.2.5");
  });

  it("refuses a source unseen after 20 refusals that count, as after wrong passwords (G-11, X-3)", () => {
    const desk = new Desk({ refusal: () => ({ reason: "Not from this address", isCounted: true }) });
    for (let count = 0; count < 20; count += 1) assert.equal(desk.answer().transaction.answer?.reason, "Not from this address");
    assert.equal(desk.answer().transaction.answer?.reason, "Too many wrong passwords");
  });

  it("asks by digest user and by whom the request says it comes from", () => {
    const asked: string[] = [];
    const desk = new Desk({
      credential: (username, claimed) => {
        asked.push(`${username} ${claimed}`);
        return { account: claimed, secret: "s3cret" };
      },
    });
    assert.deepEqual(desk.answer({ username: "shared" }, { user: "j%C3%B6rg" }).sender, { type: "account", name: "jörg" });
    assert.deepEqual(asked, ["shared jörg"]);
  });

  it("tolerates another form of the Request-URI in the answer, and no other target (G-7)", () => {
    for (const uri of ["sip:pbx.example:5060", "sip:PBX.example;transport=udp", "sips:pbx.example"]) {
      assert.notEqual(new Desk().answer({ uri }).sender, undefined, uri);
    }
    assert.notEqual(
      new Desk().answer({ uri: "sip:pbx.example", method: "SUBSCRIBE" }, { method: "SUBSCRIBE", uri: "sip:1001@pbx.example" })
        .sender,
      undefined,
    );
    for (const uri of ["sip:other.example", "sip:5001@pbx.example", "nonsense"]) {
      assert.equal(statusOf(new Desk().answer({ uri })), 400, uri);
    }
  });

  it("answers guessers slowly from the fifth wrong password on (G-11), and not at all once it stops", () => {
    const desk = new Desk({ failures: new FailureLimiter() });
    const guess = (): AskingTransaction => {
      const text = authorization({ realm: REALM, nonce: desk.nonce(), secret: "wrong" });
      const transaction = new AskingTransaction(requestOf({ headers: [text] }), flowFrom("192.0.2.5"));
      desk.authenticator.authenticate(transaction);
      return transaction;
    };
    for (let count = 0; count < 4; count += 1) assert.ok(guess().isAnswered);
    const fifth = guess();
    desk.clock.advance(SLOW_ANSWER_MS - 1);
    assert.ok(!fifth.isAnswered);
    desk.clock.advance(1);
    assert.equal(fifth.answer?.status, 401);
    const sixth = guess();
    desk.authenticator.stop();
    assert.equal(desk.clock.pending, 0);
    assert.ok(!sixth.isAnswered);
  });

  it("says nothing more to a guesser whose INVITE was taken back while its answer waited (G-11, B-5)", () => {
    const desk = new Desk({ failures: new FailureLimiter({ ...DEFAULT_FAILURE_LIMITS, slowFrom: 1 }) });
    const text = authorization({ realm: REALM, nonce: desk.nonce(), secret: "wrong" });
    const transaction = new AskingTransaction(requestOf({ headers: [text] }), flowFrom("192.0.2.5"));
    desk.authenticator.authenticate(transaction);
    transaction.respond({ status: 487 });
    desk.clock.advance(SLOW_ANSWER_MS);
    assert.equal(transaction.answer?.status, 487);
  });

  it("has an address answer a challenge of its own before it is believed over UDP (X-9)", () => {
    const desk = new Desk();
    const nonce = desk.nonce("192.0.2.5");
    const forged = desk.answer({ nonce }, {}, "192.0.2.99");
    assert.ok(isStale(forged), "the right password, but nothing says that it is there");
    assert.notEqual(
      desk.answer({ nonce: challengeOf(forged.transaction).get("nonce") ?? "" }, {}, "192.0.2.99").sender,
      undefined,
    );
    assert.notEqual(desk.answer({ nonce: desk.nonce("192.0.2.5") }, {}, "192.0.2.99").sender, undefined, "known by now (G-3)");
  });

  it("books a wrong password to whoever was given the nonce: a forged address gets nobody shut out", () => {
    const failures = new FailureLimiter();
    const desk = new Desk({ failures });
    const guess = (): void => {
      const text = authorization({ realm: REALM, nonce: desk.nonce("192.0.2.66"), secret: "wrong" });
      desk.authenticator.authenticate(new AskingTransaction(requestOf({ headers: [text] }), flowFrom("192.0.2.5")));
    };
    for (let count = 0; count < 20; count += 1) guess();
    assert.deepEqual(
      [failures.isBannedBlock("192.0.2.66", desk.clock.now()), failures.isBannedBlock("192.0.2.5", desk.clock.now())],
      [true, false],
    );
    desk.authenticator.stop();
  });

  it("answers a datagram by at most three times its bytes, with as many challenges as fit (X-9)", () => {
    const seen = new Set<number>();
    for (let more = 0; more < 300; more += 10) {
      const lines = ["v: SIP/2.0/UDP a", "f: <sip:a>", "t: <sip:a>", "i: 1", "CSeq: 1 REGISTER", `X: ${"x".repeat(more)}`];
      const parsed = parseMessage(`REGISTER sip:a SIP/2.0\r\n${lines.join("\r\n")}\r\n\r\n`);
      assert.ok(parsed.ok && parsed.value.kind === "request");
      const asking = new AskingTransaction(parsed.value);
      assert.equal(new Desk().authenticator.authenticate(asking), undefined);
      const { answer } = asking;
      assert.ok(answer !== undefined);
      const challenges = asking.headers("WWW-Authenticate").length;
      seen.add(challenges);
      assert.equal(answer.status, challenges === 0 ? 400 : 401);
      const printed = printResponse(parsed.value, { ...answer, toTag: "0".repeat(16) }, HEARD_FROM);
      assert.ok(challenges === 0 || printed.length <= AMPLIFICATION_MAX * messageBytes(parsed.value), String(printed.length));
    }
    assert.deepEqual([...seen], [0, 1, 2]);
  });

  it("binds the answer to the method", () => {
    assert.equal(new Desk().answer({ method: "SUBSCRIBE" }).sender, undefined);
  });

  it("reads the one Authorization of several that is for it", () => {
    const desk = new Desk();
    const foreign = authorization({ realm: "elsewhere", nonce: "n" });
    const unknown = authorization({ realm: REALM, nonce: "n" }).replace("algorithm=MD5", "algorithm=SHA-512-256");
    const own = authorization({ realm: REALM, nonce: desk.nonce() });
    assert.notEqual(desk.ask(["Authorization: Basic NTAwMTpzM2NyZXQ=", foreign, unknown, own]).sender, undefined);
  });

  it("takes answers without qop only by option, and each nonce then once (G-2, G-4)", () => {
    assert.equal(statusOf(new Desk().answer({ qop: null })), 401);
    const desk = new Desk({ acceptsNoQop: true });
    const nonce = desk.nonce();
    assert.notEqual(desk.answer({ nonce, qop: null }).sender, undefined);
    assert.ok(isStale(desk.answer({ nonce, qop: null })));
  });

  it("asks a trusted source for nothing (G-13)", () => {
    const desk = new Desk({ trusted: ({ remoteHost }) => remoteHost === "10.0.0.9" });
    assert.deepEqual(desk.ask([], {}, "10.0.0.9").sender, { type: "trusted" });
    assert.equal(desk.ask([], {}, "10.0.0.8").sender, undefined);
  });

  it("survives any Authorization (X-11)", () => {
    const desk = new Desk();
    const nonce = desk.nonce();
    for (const value of [
      "",
      "Digest",
      "Digest ",
      "Digest ,,,",
      'Digest realm="pbx',
      `Digest realm="pbx", nonce="${nonce}"`,
      "Digest realm=pbx, username=%ff%zz",
    ]) {
      assert.equal(statusOf(desk.ask([`Authorization: ${value}`])), 401, value);
    }
  });
});
