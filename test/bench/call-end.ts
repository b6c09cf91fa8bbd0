import { createSocket, type Socket } from "node:dgram";
import { registerAuthorization } from "./digest.ts";

/** A call of ours that was answered. */
export interface UpCall {
  /** From its INVITE to its 200. */
  readonly setUpMs: number;
  /** Where the server takes its sound. */
  readonly soundPort: number;
  bye(): Promise<void>;
}

interface Waiting {
  /** Sends it again; of an INVITE that is on its way: gives up. */
  timer: NodeJS.Timeout | undefined;
  readonly heard: (answer: string) => void;
  readonly giveUp: () => void;
}

const HOST = "127.0.0.1";
const BUFFER_BYTES = 8 * 1024 * 1024;
/** What an unanswered request costs before it is sent again (RFC 3261 T1), and how often. */
const AGAIN_AFTER_MS = 500;
const SENDINGS_MAX = 11;
/** From a provisional answer to the final one. */
const ANSWERED_MAX_MS = 15_000;
/** Discard: nobody hears it. */
const NO_SOUND_PORT = 9;

/**
 * The plainest phone: registers, calls, or answers what comes in. Its sound, if any, is somebody else's. Messages are cut by regular expressions,
 * for it shares the machine.
 */
export class CallEnd {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, Waiting>();
  #serial = 0;
  /** Where the server is: it starts after its phones, which its site names by their addresses. */
  serverPort = 0;
  /** Where it wants to hear. */
  soundPort = NO_SOUND_PORT;
  /** What an INVITE is answered with: 180 leaves it ringing. */
  answersWith: 180 | 200 = 200;
  /** Told of every INVITE, and where the server takes the sound of that call. */
  onInvite: (soundPort: number) => void = () => undefined;
  /** Requests sent again. */
  repeats = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (data, { port }) => {
      this.#hear(data.toString("latin1"), port);
    });
  }

  static async open(): Promise<CallEnd> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => {
      socket.bind(0, HOST, resolve);
    });
    socket.setRecvBufferSize(BUFFER_BYTES);
    return new CallEnd(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#socket.close();
  }

  /** Registers an account; rejects when its password is refused. */
  async register(account: string, secret: string): Promise<void> {
    const uri = `<sip:${account}@${HOST}>`;
    const parts = { callId: this.#newId(), from: `${uri};tag=${account}`, to: uri, body: "" };
    const challenge = await this.#ask("REGISTER", `sip:${HOST}`, { ...parts, cseq: 1 });
    const answer = await this.#ask("REGISTER", `sip:${HOST}`, {
      ...{ ...parts, cseq: 2 },
      more: registerAuthorization(challenge, account, secret),
    });
    if (!answer.startsWith("SIP/2.0 200")) throw new Error(`${account} could not register: ${answer.slice(0, 40)}`);
  }

  /** Calls an extension; resolves when it is answered, rejects when it is refused. */
  async call(extension: string): Promise<UpCall> {
    const since = performance.now();
    const uri = `sip:${extension}@${HOST}`;
    const callId = this.#newId();
    const from = `<sip:caller@${HOST}>;tag=${callId}`;
    const answer = await this.#ask("INVITE", uri, { callId, from, to: `<${uri}>`, cseq: 1, body: this.#sdp });
    const setUpMs = performance.now() - since;
    if (!answer.startsWith("SIP/2.0 200")) throw new Error(`the call was answered ${answer.split("\r\n", 1)[0] ?? ""}`);
    const target = /^Contact: <([^>]+)>/m.exec(answer)?.[1] ?? uri;
    const dialog = { callId, from, to: /^To: (.*)\r$/m.exec(answer)?.[1] ?? "" };
    this.#send(this.#request("ACK", target, this.#newId(), { ...dialog, cseq: 1, body: "" }), this.serverPort);
    return {
      setUpMs,
      soundPort: soundPortOf(answer),
      bye: async () => {
        await this.#ask("BYE", target, { ...dialog, cseq: 2, body: "" });
      },
    };
  }

  /** Calls, and gives the call up; resolves when both are answered. */
  async ring(extension: string, until: () => Promise<void>): Promise<void> {
    const uri = `sip:${extension}@${HOST}`;
    const dialog = { callId: this.#newId(), from: `<sip:caller@${HOST}>;tag=r${this.#serial}`, to: `<${uri}>`, cseq: 1 };
    const branch = this.#newId();
    const refused = this.#ask("INVITE", uri, { ...dialog, body: this.#sdp }, branch);
    await until();
    await this.#ask("CANCEL", uri, { ...dialog, body: "" }, branch);
    const answer = await refused;
    const to = /^To: (.*)\r$/m.exec(answer)?.[1] ?? "";
    this.#send(this.#request("ACK", uri, branch, { ...dialog, to, body: "" }), this.serverPort);
  }

  #ask(method: string, uri: string, parts: Parts, branch = this.#newId()): Promise<string> {
    const text = this.#request(method, uri, branch, parts);
    const key = `${branch} ${method}`;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(key);
        reject(new Error(`no answer to ${method} ${uri}`));
      };
      const waiting: Waiting = { timer: undefined, heard: resolve, giveUp };
      let sendings = 0;
      const send = (): void => {
        sendings += 1;
        if (sendings > 1) this.repeats += 1;
        if (sendings > SENDINGS_MAX) {
          giveUp();
          return;
        }
        waiting.timer = setTimeout(send, AGAIN_AFTER_MS * Math.min(8, 2 ** (sendings - 1)));
        this.#send(text, this.serverPort);
      };
      this.#waiting.set(key, waiting);
      send();
    });
  }

  #request(method: string, uri: string, branch: string, { callId, from, to, cseq, more = "", body }: Parts): string {
    const own = `${HOST}:${this.port}`;
    return (
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${own};rport;branch=z9hG4bK${branch}\r\nMax-Forwards: 70\r\nFrom: ${from}\r\n` +
      `To: ${to}\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:caller@${own}>\r\n${more}` +
      `${body === "" ? "" : "Content-Type: application/sdp\r\n"}Content-Length: ${body.length}\r\n\r\n${body}`
    );
  }

  #hear(message: string, port: number): void {
    if (message.startsWith("SIP/2.0 ")) this.#settle(message);
    else if (message.startsWith("INVITE ")) this.#invited(message, port);
    else if (message.startsWith("CANCEL ")) {
      this.#answer(message, "200 OK", port);
      this.#answer(message.replace(/^CSeq: (\d+) CANCEL/m, "CSeq: $1 INVITE"), "487 Request Terminated", port);
    } else if (!message.startsWith("ACK ")) this.#answer(message, "200 OK", port);
  }

  #settle(answer: string): void {
    const key = `${/branch=z9hG4bK([^;\r]+)/.exec(answer)?.[1] ?? ""} ${/^CSeq: \d+ (\S+)/m.exec(answer)?.[1] ?? ""}`;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    if (answer.startsWith("SIP/2.0 1")) {
      waiting.timer = setTimeout(waiting.giveUp, ANSWERED_MAX_MS);
      return;
    }
    this.#waiting.delete(key);
    waiting.heard(answer);
  }

  #invited(message: string, port: number): void {
    this.onInvite(soundPortOf(message));
    if (this.answersWith === 180) this.#answer(message, "180 Ringing", port);
    else this.#answer(message, "200 OK", port, this.#sdp);
  }

  #answer(message: string, status: string, port: number, body = ""): void {
    const copied = message.match(/^(?:Via|From|Call-ID|CSeq): .*\r\n/gm)?.join("") ?? "";
    const to = /^To: (.*)\r$/m.exec(message)?.[1] ?? "";
    const contact = `Contact: <sip:callee@${HOST}:${this.port}>\r\n`;
    const type = body === "" ? "" : "Content-Type: application/sdp\r\n";
    const tagged = to.includes(";tag=") ? to : `${to};tag=callee`;
    this.#send(
      `SIP/2.0 ${status}\r\n${copied}To: ${tagged}\r\n${contact}${type}Content-Length: ${body.length}\r\n\r\n${body}`,
      port,
    );
  }

  get #sdp(): string {
    const session = `v=0\r\no=- 1 1 IN IP4 ${HOST}\r\ns=-\r\nc=IN IP4 ${HOST}\r\nt=0 0\r\n`;
    return `${session}m=audio ${this.soundPort} RTP/AVP 0\r\n`;
  }

  #newId(): string {
    this.#serial += 1;
    return `${process.pid.toString(36)}p${this.port}n${this.#serial.toString(36)}`;
  }

  #send(text: string, port: number): void {
    this.#socket.send(text, port, HOST);
  }
}

interface Parts {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly cseq: number;
  /** Further header lines. */
  readonly more?: string;
  readonly body: string;
}

function soundPortOf(message: string): number {
  return Number(/^m=audio (\d+) /m.exec(message)?.[1] ?? 0);
}
