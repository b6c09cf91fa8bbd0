import assert from "node:assert/strict";
import type { Flow, TransportName } from "#sip/transport/flow";
import { settle } from "./fake-clock.ts";
import { RecordedFlow } from "./recorded-flow.ts";
import { answerTo, headerIn, request, statusOf } from "./wire.ts";

export interface PhoneParts {
  readonly account?: string;
  readonly host?: string;
  readonly port?: number;
  readonly transport?: TransportName;
  /** "" = none. */
  readonly userAgent?: string;
  /** UUID of +sip.instance; "" = none. */
  readonly instance?: string;
}

/** A request to make; headers replace or add to the usual ones, "" leaves one out. */
export interface Ask {
  readonly uri?: string;
  readonly expires?: number;
  readonly event?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A phone that speaks in text over a recorded flow. By default it answers every NOTIFY 200. */
export class Phone {
  flow: RecordedFlow;
  /** What a NOTIFY is answered; undefined = nothing. */
  answers: { readonly status: number; readonly headers?: readonly string[] } | undefined = { status: 200 };
  readonly #parts: Required<PhoneParts>;
  readonly #deliver: (text: string, flow: Flow) => void;
  /** Everything received, on all flows. */
  readonly received: string[] = [];
  #calls = 0;

  constructor(parts: PhoneParts, deliver: (text: string, flow: Flow) => void) {
    this.#parts = { account: "5001", host: "192.0.2.21", port: 5060, transport: "udp", userAgent: "", instance: "", ...parts };
    this.#deliver = deliver;
    this.flow = this.#newFlow(this.#parts.port);
  }

  /** The phone speaks from another port from now on. */
  moveTo(port: number): void {
    this.flow = this.#newFlow(port);
  }

  /** NOTIFYs in order, without repeats. */
  get notifies(): Notify[] {
    const texts = this.received.filter((text) => text.startsWith("NOTIFY "));
    return [...new Set(texts)].map((text) => new Notify(text));
  }

  /** The NOTIFY that came last. */
  get newest(): Notify {
    return this.notifies.at(-1) ?? assert.fail("no NOTIFY came");
  }

  say(text: string): void {
    this.#deliver(text, this.flow);
  }

  /** Opens a dialog, whatever comes back. */
  async subscribe(ask: Ask = {}): Promise<Watch> {
    this.#calls += 1;
    const watch = new Watch(this, {
      uri: ask.uri ?? "sip:1001@pbx.example",
      event: ask.event ?? "dialog",
      callId: `call-${this.#parts.account}-${this.#parts.port}-${this.#calls}`,
      from: `"Desk" <sip:${this.#parts.account}@pbx.example>;tag=from-${this.#calls}`,
      userAgent: this.#parts.userAgent,
    });
    await watch.send(ask);
    return watch;
  }

  /** Contact of this phone, in its own network. */
  get contact(): string {
    const instance = this.#parts.instance === "" ? "" : `;+sip.instance="<urn:uuid:${this.#parts.instance}>"`;
    return `<sip:${this.#parts.account}@${this.#parts.host}:${this.flow.remotePort};line=7>${instance}`;
  }

  /** Answers a NOTIFY. */
  async answer(notify: Notify, status: number, headers: readonly string[] = []): Promise<void> {
    this.#reply(notify.text, status, headers);
    await settle();
  }

  #reply(text: string, status: number, headers: readonly string[]): void {
    this.say(answerTo(text, `${status} Whatever`, headers));
  }

  #newFlow(port: number): RecordedFlow {
    const flow = new RecordedFlow(this.#parts.transport, this.#parts.host, port);
    const send = flow.send.bind(flow);
    flow.send = (message) => {
      const isSent = send(message);
      if (isSent) this.#hear(message);
      return isSent;
    };
    return flow;
  }

  #hear(message: string): void {
    this.received.push(message);
    const { answers } = this;
    if (answers === undefined || !message.startsWith("NOTIFY ")) return;
    queueMicrotask(() => {
      this.#reply(message, answers.status, answers.headers ?? []);
    });
  }
}

interface WatchParts {
  readonly uri: string;
  readonly event: string;
  readonly callId: string;
  readonly from: string;
  readonly userAgent: string;
}

/** One dialog of a phone. */
export class Watch {
  readonly callId: string;
  cseq = 0;
  toTag = "";
  readonly #phone: Phone;
  readonly #parts: WatchParts;

  constructor(phone: Phone, parts: WatchParts) {
    this.#phone = phone;
    this.#parts = parts;
    this.callId = parts.callId;
  }

  /** Answers to the SUBSCRIBEs of this dialog, in order. */
  get responses(): string[] {
    return this.#phone.received.filter((text) => text.startsWith("SIP/2.0 ") && headerIn(text, "Call-ID") === this.callId);
  }

  get response(): string {
    return this.responses.at(-1) ?? assert.fail("no answer came");
  }

  get status(): number {
    return statusOf(this.response);
  }

  get notifies(): Notify[] {
    return this.#phone.notifies.filter((notify) => notify.header("Call-ID") === this.callId);
  }

  /** A SUBSCRIBE in this dialog, or the first one; returns its text. */
  async send(ask: Ask = {}): Promise<string> {
    const text = this.write(ask);
    this.#phone.say(text);
    await settle();
    return text;
  }

  /** The text of the next SUBSCRIBE. */
  write(ask: Ask = {}): string {
    this.cseq += 1;
    const known = this.responses.find((text) => statusOf(text) === 200);
    const tag = known === undefined ? undefined : /;tag=([^;]+)$/.exec(headerIn(known, "To") ?? "")?.[1];
    this.toTag = tag ?? this.toTag;
    return request(
      "SUBSCRIBE",
      ask.uri ?? this.#parts.uri,
      this.#phone.flow.remotePort,
      {
        From: this.#parts.from,
        To: `<${this.#parts.uri}>${this.toTag === "" ? "" : `;tag=${this.toTag}`}`,
        "Call-ID": this.callId,
        CSeq: `${this.cseq} SUBSCRIBE`,
        Contact: this.#phone.contact,
        Event: ask.event ?? this.#parts.event,
        Expires: String(ask.expires ?? 3600),
        "User-Agent": this.#parts.userAgent,
        ...ask.headers,
      },
      ask.body,
    );
  }
}

/** A NOTIFY as it came. */
export class Notify {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  header(name: string): string | undefined {
    return headerIn(this.text, name);
  }

  get uri(): string {
    return this.text.split(" ", 2)[1] ?? "";
  }

  get headerNames(): string[] {
    return this.head.slice(1).map((line) => line.slice(0, line.indexOf(":")));
  }

  /** Start line and header lines. */
  get head(): string[] {
    return this.text.slice(0, this.text.indexOf("\r\n\r\n")).split("\r\n");
  }

  get body(): string {
    return this.text.slice(this.text.indexOf("\r\n\r\n") + 4);
  }

  get cseq(): number {
    return Number.parseInt(this.header("CSeq") ?? "", 10);
  }

  /** Version of a dialog-info document; NaN without one. */
  get version(): number {
    return Number(/ version="(\d+)"/.exec(this.body)?.[1] ?? Number.NaN);
  }

  /** State of the dialog in a dialog-info document. */
  get state(): string | undefined {
    return /<state>([a-z]+)<\/state>/.exec(this.body)?.[1];
  }

  get subscriptionState(): string {
    return this.header("Subscription-State") ?? "";
  }
}
