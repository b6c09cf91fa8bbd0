import { createSocket, type Socket } from "node:dgram";
import { systemRandom } from "#base/system-random";
import { DigestClient, type Credentials } from "#sip/auth/digest-client";
import { Bell } from "../bell.ts";
import { headerIn, request, statusOf } from "../wire.ts";

/** Who uses a line. */
export interface LineUser {
  /** A request that was not seen before. */
  onRequest(message: string): void;
  /** An answer, repeats too. */
  onAnswer(message: string): void;
  /** A request as it goes out. */
  onSent(message: string, uri: string): void;
  /** Body of the ACK of this 2xx: the answer to an offer that came late. */
  acknowledges(message: string): string;
}

export interface SipLineParts {
  readonly credentials: Credentials;
  /** Where requests go; without it each goes where its Request-URI says. */
  readonly port: number | undefined;
}

/** A request that came, and what it was answered. */
interface Taken {
  readonly port: number;
  answer: string | undefined;
}

export const HOST = "127.0.0.1";
const WAIT_MS = 5000;
/** A call may ring for a while. */
const CALL_WAIT_MS = 30_000;

const NOBODY: LineUser = {
  onRequest: () => undefined,
  onAnswer: () => undefined,
  onSent: () => undefined,
  acknowledges: () => "",
};

/** SIP on one UDP socket as the simplest phones have it: one answer for each request however often it comes, one ACK for each final answer. */
export class SipLine {
  /** Everything it saw, repeats too. */
  readonly received: string[] = [];
  readonly #socket: Socket;
  readonly #digest: DigestClient;
  readonly #bell = new Bell();
  readonly #taken = new Map<string, Taken>();
  readonly #invites = new Map<string, { readonly text: string; readonly uri: string }>();
  readonly #acks = new Map<string, () => void>();
  #user: LineUser = NOBODY;
  #port: number | undefined;
  #isClosed = false;

  private constructor(socket: Socket, { credentials, port }: SipLineParts) {
    [this.#socket, this.#port] = [socket, port];
    this.#digest = new DigestClient(credentials, systemRandom);
    socket.on("message", (data, { port: from }) => {
      this.#receive(data.toString("latin1"), from);
    });
  }

  static async open(parts: SipLineParts): Promise<SipLine> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => {
      socket.bind(0, HOST, resolve);
    });
    return new SipLine(socket, parts);
  }

  /** Tells this user from now on. */
  serve(user: LineUser): void {
    this.#user = user;
  }

  get localPort(): number {
    return this.#socket.address().port;
  }

  /** Sends requests to this port of 127.0.0.1 from now on. */
  talkTo(port: number): void {
    this.#port = port;
  }

  /** Sends a message: an answer goes to where its request came from. */
  send(text: string): void {
    if (this.#isClosed) return;
    const taken = text.startsWith("SIP/2.0 ") ? this.#taken.get(keyOf(text)) : undefined;
    if (taken !== undefined) taken.answer = text;
    this.#sendTo(text, taken?.port ?? this.#portFor(text));
  }

  /** Sends a request, meets a challenge, gives the final answer. */
  async ask(method: string, uri: string, headers: Readonly<Record<string, string>>, body = ""): Promise<string> {
    const first = await this.#transact(method, uri, headers, body);
    const status = statusOf(first);
    if (status !== 401 && status !== 407) return first;
    const [asks, answers] =
      status === 401 ? ["WWW-Authenticate", "Authorization"] : ["Proxy-Authenticate", "Proxy-Authorization"];
    const challenges = [...first.matchAll(new RegExp(`^${asks}: (.*)\\r$`, "gim"))].map((match) => match[1] ?? "");
    if (!this.#digest.accept(challenges, false)) return first;
    const same = { ...headers, "Call-ID": headerIn(first, "Call-ID") ?? "", CSeq: `${cseqOf(first) + 1} ${method}` };
    return this.#transact(method, uri, { ...same, [answers]: this.#digest.answer(method, uri) ?? "" }, body);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#bell.ring();
    await new Promise<void>((resolve) => {
      this.#socket.close(resolve);
    });
  }

  async #transact(method: string, uri: string, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
    const text = request(method, uri, this.localPort, headers, body);
    if (method === "INVITE") this.#invites.set(branchOf(text), { text, uri });
    this.#user.onSent(text, uri);
    this.send(text);
    const key = keyOf(text);
    const timeoutMs = method === "INVITE" ? CALL_WAIT_MS : WAIT_MS;
    const final = await this.#bell.until(() => this.#finalOf(key), timeoutMs);
    return final ?? Promise.reject(new Error(`${method} was not answered within ${timeoutMs} ms`));
  }

  #finalOf(key: string): string | undefined {
    if (this.#isClosed) throw new Error("the phone is gone");
    return this.received.find((text) => statusOf(text) >= 200 && keyOf(text) === key);
  }

  #receive(message: string, port: number): void {
    this.received.push(message);
    if (message.startsWith("SIP/2.0 ")) {
      this.#user.onAnswer(message);
      if (statusOf(message) >= 200) this.#acknowledge(message);
    } else this.#take(message, port);
    this.#bell.ring();
  }

  #take(message: string, port: number): void {
    const known = this.#taken.get(keyOf(message));
    if (known === undefined) {
      this.#taken.set(keyOf(message), { port, answer: undefined });
      this.#user.onRequest(message);
    } else if (known.answer !== undefined) this.#sendTo(known.answer, port);
  }

  /** A new branch for a 2xx, the same one for a refusal (RFC 3261 §13.2.2.4, §17.1.1.3); the same ACK whenever the answer comes again. */
  #acknowledge(final: string): void {
    const invite = this.#invites.get(branchOf(final));
    if (invite === undefined || !isOfInvite(final)) return;
    const key = `${branchOf(final)} ${headerIn(final, "To") ?? ""}`;
    const again = this.#acks.get(key) ?? this.#ackOf(final, invite);
    this.#acks.set(key, again);
    again();
  }

  #ackOf(final: string, { text, uri }: { readonly text: string; readonly uri: string }): () => void {
    const isAccepted = statusOf(final) < 300;
    const target = isAccepted ? (addressIn(headerIn(final, "Contact") ?? "") ?? uri) : uri;
    const [From = "", To = "", CallId = ""] = ["From", "To", "Call-ID"].map((name) => headerIn(final, name) ?? "");
    const body = isAccepted ? this.#user.acknowledges(final) : "";
    const extra = {
      ...(isAccepted ? {} : { Via: headerIn(text, "Via") ?? "" }),
      ...(body === "" ? {} : { "Content-Type": "application/sdp" }),
    };
    const same = { From, To, "Call-ID": CallId, CSeq: `${cseqOf(final)} ACK`, Contact: "", ...extra };
    const ack = request("ACK", target, this.localPort, same, body);
    return () => {
      this.send(ack);
    };
  }

  #portFor(text: string): number {
    const named = Number(/^\S+ <?sips?:[^\s>;]*:(\d+)/.exec(text)?.[1]);
    return this.#port ?? (named > 0 ? named : 5060);
  }

  #sendTo(text: string, port: number): void {
    this.#socket.send(Buffer.from(text, "latin1"), port, HOST);
  }
}

/** The address between angle brackets. */
export function addressIn(header: string): string | undefined {
  return /<([^>]+)>/.exec(header)?.[1];
}

/** Number of a message in its dialog. */
export function cseqOf(message: string): number {
  return Number.parseInt(headerIn(message, "CSeq") ?? "", 10);
}

/** Does this answer belong to an INVITE? */
export function isOfInvite(answer: string): boolean {
  return (headerIn(answer, "CSeq") ?? "").endsWith(" INVITE");
}

function branchOf(message: string): string {
  return /^Via:.*?branch=([^;,\s]+)/im.exec(message)?.[1] ?? "";
}

/** A transaction, for both of its sides: a CANCEL shares the branch of its INVITE. */
function keyOf(message: string): string {
  return `${branchOf(message)} ${/^CSeq: *\d+ (\S+)/im.exec(message)?.[1] ?? ""}`;
}
