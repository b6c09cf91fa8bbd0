import { createSocket, type Socket } from "node:dgram";
import { systemRandom } from "#base/system-random";
import { DigestClient } from "#sip/auth/digest-client";
import { Bell } from "../bell.ts";
import { answerTo, challengesIn, headerIn, request, statusOf } from "../wire.ts";
import { bodyOf, Call } from "./call.ts";
import { printSdp, readSdp, type SoundTaste } from "./offer.ts";
import { Sound } from "./sound.ts";

export interface CallingPhoneParts {
  readonly user: string;
  readonly password: string;
  /** Where its requests go. */
  readonly port: number;
  /** Frequency of its voice; without one it is silent. */
  readonly voice?: number;
  readonly taste?: Partial<SoundTaste>;
}

const HOST = "127.0.0.1";
const WAIT_MS = 5000;
const TASTE: SoundTaste = { codecs: ["PCMU", "PCMA"], eventPayload: 101 };
let serial = 0;

/** A scripted SIP phone with sound on raw UDP. It shares neither sessions nor media with the product: an independent witness. */
export class CallingPhone {
  /** Everything it saw. */
  readonly received: string[] = [];
  readonly #socket: Socket;
  /** Where it sends. */
  #port: number;
  readonly #parts: CallingPhoneParts;
  readonly #digest: DigestClient;
  readonly #calls: Call[] = [];
  readonly #ringing: Call[] = [];
  readonly #sounds: Sound[] = [];
  readonly #bell = new Bell();

  private constructor(socket: Socket, parts: CallingPhoneParts) {
    this.#socket = socket;
    this.#port = parts.port;
    this.#parts = parts;
    this.#digest = new DigestClient(parts, systemRandom);
    socket.on("message", (data) => {
      this.#receive(data.toString("latin1"));
    });
  }

  static async open(parts: CallingPhoneParts): Promise<CallingPhone> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => {
      socket.bind(0, HOST, resolve);
    });
    return new CallingPhone(socket, parts);
  }

  get localPort(): number {
    return this.#socket.address().port;
  }

  get contact(): string {
    return `<sip:${this.#parts.user}@${HOST}:${this.localPort}>`;
  }

  async register(expires = 600): Promise<string> {
    const own = `<sip:${this.#parts.user}@${HOST}>`;
    const answer = await this.ask("REGISTER", `sip:${HOST}`, { From: `${own};tag=r`, To: own, Expires: String(expires) });
    if (statusOf(answer) !== 200) throw new Error(`not registered: ${answer}`);
    return answer;
  }

  /** Calls; the call is given as soon as the INVITE is out. `final` resolves with its final answer. */
  async call(uri: string): Promise<{ readonly call: Call; readonly final: Promise<string> }> {
    serial += 1;
    const local = `<sip:${this.#parts.user}@${HOST}>;tag=a${serial}`;
    const call = await this.#open(`call${process.pid}x${serial}`, local);
    const dialog = { From: local, "Call-ID": call.callId, "Content-Type": "application/sdp" };
    return { call, final: this.ask("INVITE", uri, dialog, printSdp(call.description(), 1)) };
  }

  /** Takes back a call that was not answered yet; `reason` becomes its Reason header. */
  cancel(call: Call, reason = ""): Promise<string> {
    const { uri, text } = call.sent ?? notCalled();
    const same = { Via: headerIn(text, "Via") ?? "", From: call.local, To: `<${uri}>`, "Call-ID": call.callId, Reason: reason };
    return this.ask("CANCEL", uri, { ...same, CSeq: `${this.#cseqOf(text)} CANCEL`, Contact: "" });
  }

  /** The next call that comes in. */
  async rings(timeoutMs = WAIT_MS): Promise<Call> {
    const call = await this.#bell.until(() => this.#ringing.shift(), timeoutMs);
    return call ?? Promise.reject(new Error(`${this.#parts.user} does not ring within ${timeoutMs} ms`));
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, "latin1"), this.#port, HOST);
  }

  /** Sends to another port of 127.0.0.1 from now on. */
  talkTo(port: number): void {
    this.#port = port;
  }

  /** Sends a request, meets a challenge, gives the final answer; acknowledges it when it is of an INVITE. */
  async ask(method: string, uri: string, headers: Readonly<Record<string, string>>, body = ""): Promise<string> {
    const first = await this.#transact(method, uri, headers, body);
    const status = statusOf(first);
    if (status !== 401 && status !== 407) return first;
    const challenges = status === 401 ? challengesIn(first) : [headerIn(first, "Proxy-Authenticate") ?? ""];
    if (!this.#digest.accept(challenges, false)) return first;
    const name = status === 401 ? "Authorization" : "Proxy-Authorization";
    const same = { ...headers, "Call-ID": headerIn(first, "Call-ID") ?? "", CSeq: `${this.#cseqOf(first) + 1} ${method}` };
    return this.#transact(method, uri, { ...same, [name]: this.#digest.answer(method, uri) ?? "" }, body);
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(resolve);
    });
    for (const sound of this.#sounds) await sound.close();
  }

  async #transact(method: string, uri: string, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
    const text = request(method, uri, this.localPort, { Contact: this.contact, ...headers }, body);
    this.send(text);
    const call = this.#calls.find(({ callId }) => callId === headers["Call-ID"]);
    if (method === "INVITE" && call !== undefined) call.sent = { uri, text };
    const branch = /branch=([^;\r]+)/.exec(text)?.[1] ?? "";
    const final = await this.#bell.until(() => this.received.find((answer) => isFinalOf(answer, branch, method)), WAIT_MS);
    if (final === undefined) throw new Error(`${method} was not answered within ${WAIT_MS} ms`);
    if (method === "INVITE") this.#acknowledge(final, text, uri);
    return final;
  }

  /** A new branch for a 2xx, the same one for a refusal (RFC 3261 §13.2.2.4, §17.1.1.3). */
  #acknowledge(final: string, invite: string, uri: string): void {
    const isAccepted = statusOf(final) < 300;
    const target = isAccepted ? (/<([^>]+)>/.exec(headerIn(final, "Contact") ?? "")?.[1] ?? uri) : uri;
    const [From = "", To = "", CallId = ""] = ["From", "To", "Call-ID"].map((name) => headerIn(final, name) ?? "");
    const via = isAccepted ? {} : { Via: headerIn(invite, "Via") ?? "" };
    this.send(
      request("ACK", target, this.localPort, { From, To, "Call-ID": CallId, CSeq: `${this.#cseqOf(final)} ACK`, ...via }),
    );
  }

  #cseqOf(message: string): number {
    return Number.parseInt(headerIn(message, "CSeq") ?? "", 10);
  }

  async #open(callId: string, local: string, invite?: string): Promise<Call> {
    const sound = await Sound.open(HOST, this.#parts.voice);
    this.#sounds.push(sound);
    const taste = { ...TASTE, ...this.#parts.taste };
    const call = new Call({ line: this, callId, local, sound, taste, ...(invite === undefined ? {} : { invite }) });
    this.#calls.push(call);
    return call;
  }

  #receive(message: string): void {
    this.received.push(message);
    this.#take(message);
    this.#bell.ring();
  }

  #take(message: string): void {
    const call = this.#calls.find(({ callId }) => callId === headerIn(message, "Call-ID"));
    if (message.startsWith("SIP/2.0 ")) {
      if (/^CSeq: *\d+ INVITE/im.test(message)) call?.answered(message);
    } else if (call !== undefined) call.received(message);
    else if (message.startsWith("INVITE ")) void this.#invited(message);
    else if (!message.startsWith("ACK "))
      this.send(answerTo(message, message.startsWith("OPTIONS ") ? "200 OK" : "481 No Such Call"));
  }

  async #invited(message: string): Promise<void> {
    serial += 1;
    const local = `${headerIn(message, "To") ?? ""};tag=b${serial}`;
    const call = await this.#open(headerIn(message, "Call-ID") ?? "", local, message);
    call.ring();
    this.#ringing.push(call);
    this.#bell.ring();
  }
}

/** What a message describes of its sound, for assertions. */
export function soundIn(message: string): ReturnType<typeof readSdp> {
  return readSdp(bodyOf(message));
}

/** A CANCEL shares the branch of its INVITE. */
function isFinalOf(answer: string, branch: string, method: string): boolean {
  return (
    statusOf(answer) >= 200 && answer.includes(`branch=${branch}`) && (headerIn(answer, "CSeq") ?? "").endsWith(` ${method}`)
  );
}

function notCalled(): never {
  throw new Error("nothing was sent that could be taken back");
}
