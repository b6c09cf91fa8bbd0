import assert from "node:assert/strict";
import { quietLog, type Log } from "#base/log";
import { TimerWheel } from "#base/timer-wheel";
import { headerOf, headersOf, type SipRequest, type SipResponse } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { printDigest } from "#sip/message/auth-header";
import { SESSION_OPTIONS } from "#sip/session/limits";
import type { IncomingSession, OfferOutcome, OutgoingCall, Session, SessionEnd, SessionUser } from "#sip/session/session";
import { SessionLayer, type SessionLayerParts } from "#sip/session/session-layer";
import { optionsHandler } from "#sip/transaction/dispatch";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { Answer, ServerTransaction } from "#sip/transaction/user";
import type { TransportName } from "#sip/transport/flow";
import { FakeClock, settle } from "#test/support/fake-clock";
import { RecordedFlow } from "#test/support/recorded-flow";
import { SeededRandom } from "#test/support/seeded-random";

export const OFFER = "v=0\r\no=- 1 1 IN IP4 192.0.2.21\r\ns=-\r\nc=IN IP4 192.0.2.21\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
export const ANSWER = OFFER.replaceAll("192.0.2.21", "192.0.2.1").replace("4000", "5000");
export const OTHER = OFFER.replace("o=- 1 1", "o=- 1 2").replace("4000", "4002");

/** A user that writes down what it hears. */
export class HearingUser implements SessionUser {
  readonly heard: string[] = [];
  readonly ends: SessionEnd[] = [];
  /** What offers are answered with; a promise that waits, where the test gives one. */
  answer: () => Promise<{ readonly sdp: string } | { readonly status: number }> = () => Promise.resolve({ sdp: ANSWER });
  request: ((request: SipRequest) => Answer) | undefined;

  onProgress(status: number, sdp: string | undefined): void {
    this.heard.push(`progress ${status}${sdp === undefined ? "" : " sdp"}`);
  }

  onAnswered(sdp: string): void {
    this.heard.push(`answered ${/m=audio (\d+)/.exec(sdp)?.[1] ?? ""}`);
  }

  onAcknowledged(sdp: string | undefined): void {
    this.heard.push(`acknowledged${sdp === undefined ? "" : " sdp"}`);
  }

  onOffer(sdp: string): Promise<{ readonly sdp: string } | { readonly status: number }> {
    this.heard.push(`offer ${/m=audio (\d+)/.exec(sdp)?.[1] ?? ""}`);
    return this.answer();
  }

  onOfferWanted(): string {
    this.heard.push("offer wanted");
    return ANSWER;
  }

  onIdentity(message: SipRequest | SipResponse): void {
    this.heard.push(`identity ${headerOf(message, "p-asserted-identity") ?? ""}`);
  }

  onRequest(request: SipRequest): Answer {
    this.heard.push(request.method);
    return this.request?.(request) ?? { status: 200 };
  }

  onEnded(end: SessionEnd): void {
    this.ends.push(end);
    this.heard.push(`ended ${inWords(end)}`);
  }
}

function inWords(end: SessionEnd): string {
  if (end.type === "lost") return `lost ${end.reason}`;
  return end.type === "refused" ? `refused ${end.by} ${end.status}` : `${end.type} ${end.by}`;
}

/** A request of the peer. */
export interface Says {
  readonly cseq?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly uri?: string;
  readonly branch?: string;
  readonly flow?: RecordedFlow;
}

/** The real sessions on the real transactions: message text in, message text out, time by hand. */
export class SessionBench {
  readonly clock = new FakeClock();
  readonly random: SeededRandom;
  readonly wheel: TimerWheel;
  readonly layer: TransactionLayer;
  readonly sessions: SessionLayer;
  readonly errors: string[] = [];
  readonly flow: RecordedFlow;
  readonly taken: { readonly session: IncomingSession; readonly user: HearingUser; readonly transaction: ServerTransaction }[] =
    [];
  /** What becomes of a new call; default: it rings nowhere and waits. */
  take: (transaction: ServerTransaction, makeSession: () => IncomingSession) => SessionUser | undefined = (
    transaction,
    makeSession,
  ) => {
    const user = new HearingUser();
    this.taken.push({ session: makeSession(), user, transaction });
    return user;
  };
  #read = 0;
  #branches = 0;

  constructor(parts: Partial<SessionLayerParts> = {}, transport: TransportName = "udp", seed = 1) {
    this.random = new SeededRandom(seed);
    this.wheel = new TimerWheel(this.clock, 10);
    this.flow = new RecordedFlow(transport);
    const log: Log = {
      ...quietLog,
      error: (message, fields) => this.errors.push(`${message} ${String(fields?.["error"])}`),
    };
    this.layer = new TransactionLayer({
      wheel: this.wheel,
      random: this.random,
      log,
      supported: SESSION_OPTIONS,
      onAck: (ack) => {
        this.sessions.onAck(ack);
      },
    });
    this.sessions = new SessionLayer({
      wheel: this.wheel,
      random: this.random,
      log,
      clients: this.layer.clients,
      options: optionsHandler(() => this.layer.methods, [], SESSION_OPTIONS),
      taker: { take: (transaction, makeSession) => this.take(transaction, makeSession) },
      ...parts,
    });
    for (const handler of this.sessions.handlers) this.layer.handle(handler);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceAndSettle(ms);
    await settle();
  }

  async say(text: string, flow = this.flow): Promise<void> {
    this.layer.receive(text, flow);
    await settle();
  }

  /** What was sent since the last look. */
  get news(): string[] {
    const news = this.flow.sent.slice(this.#read);
    this.#read = this.flow.sent.length;
    return news;
  }

  /** The same, only start lines: "INVITE", "200". */
  get newLines(): string[] {
    return this.news.map(shortLine);
  }

  get last(): string {
    return this.flow.sent.at(-1) ?? assert.fail("nothing was sent");
  }

  newBranch(): string {
    this.#branches += 1;
    return `z9hG4bKpeer${this.#branches}`;
  }

  /** The peer calls. */
  async called(
    says: Says = {},
  ): Promise<{ readonly session: IncomingSession; readonly user: HearingUser; readonly peer: PeerDialog }> {
    const branch = says.branch ?? this.newBranch();
    const callId = `peer-call-${this.#branches}`;
    const body = says.body ?? OFFER;
    const text = requestText("INVITE", {
      uri: says.uri ?? "sip:100@pbx.example",
      branch,
      from: "<sip:5001@pbx.example>;tag=peer",
      to: "<sip:100@pbx.example>",
      callId,
      cseq: 1,
      headers: {
        Contact: "<sip:5001@192.0.2.21:5060>",
        ...(body === "" ? {} : { "Content-Type": "application/sdp" }),
        ...says.headers,
      },
      body,
    });
    await this.say(text);
    const taken = this.taken.at(-1);
    const { session, user } = taken ?? { session: undefined as never, user: undefined as never };
    return { session, user, peer: new PeerDialog(this, { callId, branch, invite: text }) };
  }

  /** We call. */
  async call(
    call: Partial<OutgoingCall> = {},
  ): Promise<{ readonly session: Session; readonly user: HearingUser; readonly invite: string }> {
    const user = new HearingUser();
    const session = this.sessions.invite(
      {
        flow: this.flow,
        uri: "sip:5001@192.0.2.21:5060",
        from: { uri: "sip:100@pbx.example", name: "Front" },
        to: { uri: "sip:5001@pbx.example" },
        contactUser: "100",
        sdp: ANSWER,
        ...call,
      },
      user,
    );
    await settle();
    return { session, user, invite: this.flow.sent.at(-1) ?? "" };
  }

  /** Called and confirmed. */
  async confirmedCall(answer: Readonly<Record<string, string>> = {}): Promise<Confirmed> {
    const { session, user, invite } = await this.call();
    await this.say(responseText(invite, 200, { tag: "peer", body: OFFER, headers: answer }));
    this.news;
    return { session, user, peer: PeerDialog.called(this, invite) };
  }

  /** Called by the peer and confirmed. */
  async confirmedIncoming(says: Says = {}): Promise<Confirmed> {
    const { session, user, peer } = await this.called(says);
    session.accept(ANSWER);
    await settle();
    peer.toTag = session.id;
    await peer.ack();
    this.news;
    return { session, user, peer };
  }

  /** Time goes by until nothing runs any more. */
  async assertNothingLeft(): Promise<void> {
    await this.pass(70_000);
    assert.deepEqual(this.layer.describe(), []);
    assert.equal(this.sessions.count, 0);
    assert.equal(this.wheel.size, 0, "a timer was left in the wheel");
    assert.deepEqual(this.errors, []);
  }
}

export interface Confirmed {
  readonly session: Session;
  readonly user: HearingUser;
  readonly peer: PeerDialog;
}

/** The peer's side of a dialog. */
export class PeerDialog {
  cseq = 1;
  fromTag = "peer";
  toTag = "";
  readonly #bench: SessionBench;
  readonly #parts: { readonly callId: string; readonly branch: string; readonly invite: string };

  constructor(bench: SessionBench, parts: { readonly callId: string; readonly branch: string; readonly invite: string }) {
    this.#bench = bench;
    this.#parts = parts;
  }

  /** The side that was called by this INVITE. */
  static called(bench: SessionBench, invite: string, fromTag = "peer"): PeerDialog {
    const request = parsedRequest(invite);
    const dialog = new PeerDialog(bench, { callId: request.callId, branch: "", invite });
    dialog.toTag = request.from.tag ?? "";
    dialog.fromTag = fromTag;
    return dialog;
  }

  get invite(): string {
    return this.#parts.invite;
  }

  write(method: string, says: Says = {}): string {
    const cseq = says.cseq ?? (method === "ACK" || method === "CANCEL" ? this.cseq : (this.cseq += 1));
    return requestText(method, {
      uri: says.uri ?? "sip:192.0.2.1:5060",
      branch: says.branch ?? this.#bench.newBranch(),
      from: `<sip:5001@pbx.example>;tag=${this.fromTag}`,
      to: `<sip:100@pbx.example>${this.toTag === "" ? "" : `;tag=${this.toTag}`}`,
      callId: this.#parts.callId,
      cseq,
      headers: {
        ...(method === "INVITE" || method === "UPDATE" ? { Contact: "<sip:5001@192.0.2.21:5060>" } : {}),
        ...(says.body === undefined ? {} : { "Content-Type": "application/sdp" }),
        ...says.headers,
      },
      body: says.body ?? "",
    });
  }

  /** Says it and gives the answer's status; 0 = none. */
  async say(method: string, says: Says = {}): Promise<number> {
    const flow = says.flow ?? this.#bench.flow;
    const before = flow.sent.length;
    await this.#bench.say(this.write(method, says), flow);
    const answers = flow.sent.slice(before).filter((text) => text.startsWith("SIP/2.0 ") && !text.startsWith("SIP/2.0 100"));
    return Number(answers.at(-1)?.slice(8, 11) ?? 0);
  }

  async ack(body?: string): Promise<void> {
    await this.say("ACK", body === undefined ? {} : { body });
  }

  async cancel(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const { toTag } = this;
    this.toTag = "";
    await this.#bench.say(this.write("CANCEL", { branch: this.#parts.branch, headers, uri: "sip:100@pbx.example" }));
    this.toTag = toTag;
  }
}

interface RequestParts {
  readonly uri: string;
  readonly branch: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function requestText(method: string, parts: RequestParts): string {
  const lines = [
    `${method} ${parts.uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.21:5060;branch=${parts.branch};rport`,
    "Max-Forwards: 70",
    `From: ${parts.from}`,
    `To: ${parts.to}`,
    `Call-ID: ${parts.callId}`,
    `CSeq: ${parts.cseq} ${method}`,
    ...Object.entries(parts.headers)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${parts.body.length}`,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${parts.body}`;
}

/** The peer's answer to a request of ours. */
export function responseText(
  request: string,
  status: number,
  parts: { readonly tag?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): string {
  const parsed = parsedRequest(request);
  const { body = "", tag = "peer" } = parts;
  const lines = [
    `SIP/2.0 ${status} Whatever`,
    ...headersOf(parsed, "via").map((via) => `Via: ${via}`),
    `From: ${parsed.from.text}`,
    `To: ${parsed.to.text}${parsed.to.tag === undefined && status > 100 ? `;tag=${tag}` : ""}`,
    `Call-ID: ${parsed.callId}`,
    `CSeq: ${headerOf(parsed, "cseq") ?? ""}`,
    ...(parsed.method === "INVITE" && status < 300 ? ["Contact: <sip:5001@192.0.2.21:5060>"] : []),
    ...(body === "" ? [] : ["Content-Type: application/sdp"]),
    ...Object.entries(parts.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

export function parsedRequest(text: string): SipRequest {
  const parsed = parseMessage(text);
  assert.ok(parsed.ok && parsed.value.kind === "request", `no request: ${text}`);
  return parsed.value;
}

export function shortLine(text: string): string {
  return text.startsWith("SIP/2.0 ") ? text.slice(8, 11) : text.slice(0, text.indexOf(" "));
}

/** A challenge as a trunk makes it. */
export function challenge(): string {
  return printDigest({ realm: "trunk.example", nonce: "n1", qop: "auth" });
}

/** A promise's outcome, when it is there. */
export async function outcomeOf(promise: Promise<OfferOutcome>): Promise<OfferOutcome | undefined> {
  let outcome: OfferOutcome | undefined;
  void promise.then((value) => {
    outcome = value;
  });
  await settle();
  return outcome;
}
