import assert from "node:assert/strict";
import type { Log, LogFields } from "#base/log";
import { quietLog } from "#base/log";
import { TimerWheel } from "#base/timer-wheel";
import { headerOf, headersOf, type SipRequest, type SipResponse } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { TransactionLayer, type TransactionLayerParts } from "#sip/transaction/transaction-layer";
import type { ClientUser, RequestHandler, ServerTransaction } from "#sip/transaction/user";
import type { Flow, TransportName } from "#sip/transport/flow";
import { FakeClock } from "#test/support/fake-clock";
import { RecordedFlow } from "#test/support/recorded-flow";
import { SeededRandom } from "#test/support/seeded-random";

/** Divides T1, so that what is measured is exact. */
const TICK_MS = 10;

/** A flow that also remembers when something left, in ms since the bench started. */
export class TimedFlow extends RecordedFlow {
  readonly times: number[] = [];
  readonly #elapsedMs: () => number;

  constructor(elapsedMs: () => number, transport: TransportName = "udp", port = 5060) {
    super(transport, "192.0.2.21", port);
    this.#elapsedMs = elapsedMs;
  }

  override send(message: string): boolean {
    if (!this.closed) this.times.push(this.#elapsedMs());
    return super.send(message);
  }

  /** The newest message, parsed. */
  get answer(): SipResponse {
    return parsedResponse(this.sent.at(-1) ?? "");
  }

  /** Status codes of everything that was sent. */
  get statuses(): number[] {
    return this.sent.map((text) => parsedResponse(text).status);
  }
}

/** The real layer on a clock moved by hand: message text in, message text out. */
export class LayerBench {
  readonly clock = new FakeClock();
  readonly wheel: TimerWheel;
  readonly errors: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  readonly acks: { readonly ack: SipRequest; readonly flow: Flow }[] = [];
  readonly layer: TransactionLayer;
  readonly #startedAt = this.clock.now();

  constructor(parts: Partial<TransactionLayerParts> = {}, tickMs = TICK_MS) {
    this.wheel = new TimerWheel(this.clock, tickMs);
    const log: Log = { ...quietLog, error: (message, fields) => this.errors.push({ message, fields }) };
    this.layer = new TransactionLayer({
      wheel: this.wheel,
      random: new SeededRandom(),
      log,
      onAck: (ack, flow) => this.acks.push({ ack, flow }),
      ...parts,
    });
  }

  flow(transport: TransportName = "udp", port = 5060): TimedFlow {
    return new TimedFlow(() => this.clock.now() - this.#startedAt, transport, port);
  }

  /** Registers a handler that remembers what it was given and then does `handle`. */
  serve(method: string, handle: RequestHandler["handle"] = () => undefined): ServerTransaction[] {
    const seen: ServerTransaction[] = [];
    this.layer.handle({
      method,
      handle: (transaction) => {
        seen.push(transaction);
        return handle(transaction);
      },
    });
    return seen;
  }

  /** Starts a request of ours; what its user hears is written down. */
  ask(flow: Flow, method = "NOTIFY", headers: readonly string[] = []): Asked {
    const branch = this.layer.clients.newBranch();
    const message = requestText({ method, branch, headers, fromTag: "ours", toTag: method === "NOTIFY" ? "theirs" : undefined });
    const user = new HearingUser();
    this.layer.clients.start({ method, branch, message, flow }, user);
    return { branch, message, user };
  }

  /** Nothing is open and nothing runs. */
  assertIdle(): void {
    assert.deepEqual(this.layer.describe(), []);
    assert.deepEqual([this.layer.counts.clients, this.layer.counts.servers], [0, 0]);
    assert.equal(this.wheel.size, 0, "a timer was left in the wheel");
    assert.equal(this.clock.pending, 0, "the wheel ticks for nothing");
  }
}

export interface Asked {
  readonly branch: string;
  readonly message: string;
  readonly user: HearingUser;
}

/** Writes down what it hears: status codes, "timeout", "transport error". */
export class HearingUser implements ClientUser {
  readonly heard: (number | "timeout" | "transport error")[] = [];

  onResponse(response: SipResponse): void {
    this.heard.push(response.status);
  }

  onTimeout(): void {
    this.heard.push("timeout");
  }

  onTransportError(): void {
    this.heard.push("transport error");
  }
}

export interface RequestText {
  readonly method?: string;
  readonly uri?: string;
  /** null: a Via without one. */
  readonly branch?: string | null;
  readonly sentBy?: string;
  readonly fromTag?: string | undefined;
  readonly toTag?: string | undefined;
  readonly callId?: string;
  readonly cseq?: number;
  readonly headers?: readonly string[];
}

/** A request as a phone writes it. */
export function requestText(text: RequestText = {}): string {
  const { method = "SUBSCRIBE", branch = "z9hG4bKa1", sentBy = "192.0.2.21:5060", callId = "call-1", cseq = 1 } = text;
  const fromTag = "fromTag" in text ? text.fromTag : "f1";
  return [
    `${method} ${text.uri ?? "sip:1001@pbx.example"} SIP/2.0`,
    `Via: SIP/2.0/UDP ${sentBy}${branch === null ? "" : `;branch=${branch}`}`,
    `From: <sip:5001@pbx.example>${fromTag === undefined ? "" : `;tag=${fromTag}`}`,
    `To: <sip:1001@pbx.example>${text.toTag === undefined ? "" : `;tag=${text.toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    ...(text.headers ?? []),
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}

/** The answer of a peer to a request of ours, with its Via and CSeq copied. */
export function responseTo(request: string, status: number, toTag = "theirs"): string {
  const parsed = parsedRequest(request);
  return [
    `SIP/2.0 ${status} Whatever`,
    ...headersOf(parsed, "via").map((via) => `Via: ${via}`),
    `From: ${parsed.from.text}`,
    `To: ${parsed.to.text}${parsed.to.tag === undefined ? `;tag=${toTag}` : ""}`,
    `Call-ID: ${parsed.callId}`,
    `CSeq: ${headerOf(parsed, "cseq") ?? ""}`,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}

export function parsedRequest(text: string): SipRequest {
  const parsed = parseMessage(text);
  assert.ok(parsed.ok && parsed.value.kind === "request", `no request: ${text}`);
  return parsed.value;
}

export function parsedResponse(text: string): SipResponse {
  const parsed = parseMessage(text);
  assert.ok(parsed.ok && parsed.value.kind === "response", `no response: ${text}`);
  return parsed.value;
}
