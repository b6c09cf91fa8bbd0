import { createSocket, type Socket } from "node:dgram";

/** A call of ours that was answered. */
export interface UpCall {
  /** From its INVITE to its 200. */
  readonly setUpMs: number;
  bye(): Promise<void>;
}

interface Waiting {
  /** Sends it again. */
  timer: NodeJS.Timeout | undefined;
  readonly heard: (answer: string) => void;
}

const HOST = "127.0.0.1";
const BUFFER_BYTES = 8 * 1024 * 1024;
/** What an unanswered request costs before it is sent again (RFC 3261 T1), and how often. */
const AGAIN_AFTER_MS = 500;
const SENDINGS_MAX = 11;
const SDP = `v=0\r\no=- 1 1 IN IP4 ${HOST}\r\ns=-\r\nc=IN IP4 ${HOST}\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n`;

/** The plainest phone: calls, or answers what comes in, without a sound. Messages are cut by regular expressions, for it shares the machine. */
export class CallEnd {
  readonly #socket: Socket;
  readonly #serverPort: number;
  readonly #waiting = new Map<string, Waiting>();
  #serial = 0;
  /** What an INVITE is answered with: 180 leaves it ringing. */
  answersWith: 180 | 200 = 200;
  /** Told of every INVITE. */
  onInvite: () => void = () => undefined;
  /** Requests sent again. */
  repeats = 0;

  private constructor(socket: Socket, serverPort: number) {
    [this.#socket, this.#serverPort] = [socket, serverPort];
    socket.on("message", (data, { port }) => {
      this.#hear(data.toString("latin1"), port);
    });
  }

  static async open(port: number, serverPort: number): Promise<CallEnd> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => {
      socket.bind(port, HOST, resolve);
    });
    socket.setRecvBufferSize(BUFFER_BYTES);
    return new CallEnd(socket, serverPort);
  }

  close(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#socket.close();
  }

  /** Calls an extension; resolves when it is answered, rejects when it is refused. */
  async call(extension: string): Promise<UpCall> {
    const since = performance.now();
    const uri = `sip:${extension}@${HOST}`;
    const callId = this.#newId();
    const from = `<sip:caller@${HOST}>;tag=${callId}`;
    const answer = await this.#ask("INVITE", uri, { callId, from, to: `<${uri}>`, cseq: 1, body: SDP });
    const setUpMs = performance.now() - since;
    if (!answer.startsWith("SIP/2.0 200")) throw new Error(`the call was answered ${answer.split("\r\n", 1)[0] ?? ""}`);
    const target = /^Contact: <([^>]+)>/m.exec(answer)?.[1] ?? uri;
    const dialog = { callId, from, to: /^To: (.*)\r$/m.exec(answer)?.[1] ?? "" };
    this.#send(this.#request("ACK", target, this.#newId(), { ...dialog, cseq: 1, body: "" }), this.#serverPort);
    return {
      setUpMs,
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
    const refused = this.#ask("INVITE", uri, { ...dialog, body: SDP }, branch);
    await until();
    await this.#ask("CANCEL", uri, { ...dialog, body: "" }, branch);
    const answer = await refused;
    const to = /^To: (.*)\r$/m.exec(answer)?.[1] ?? "";
    this.#send(this.#request("ACK", uri, branch, { ...dialog, to, body: "" }), this.#serverPort);
  }

  #ask(method: string, uri: string, parts: Parts, branch = this.#newId()): Promise<string> {
    const text = this.#request(method, uri, branch, parts);
    const key = `${branch} ${method}`;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { timer: undefined, heard: resolve };
      let sendings = 0;
      const send = (): void => {
        sendings += 1;
        if (sendings > 1) this.repeats += 1;
        if (sendings > SENDINGS_MAX) {
          reject(new Error(`no answer to ${method}`));
          return;
        }
        waiting.timer = setTimeout(send, AGAIN_AFTER_MS * Math.min(8, 2 ** (sendings - 1)));
        this.#send(text, this.#serverPort);
      };
      this.#waiting.set(key, waiting);
      send();
    });
  }

  #request(method: string, uri: string, branch: string, { callId, from, to, cseq, body }: Parts): string {
    const own = `${HOST}:${this.#socket.address().port}`;
    return (
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${own};rport;branch=z9hG4bK${branch}\r\nMax-Forwards: 70\r\nFrom: ${from}\r\n` +
      `To: ${to}\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:caller@${own}>\r\n` +
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
    if (answer.startsWith("SIP/2.0 1")) return;
    this.#waiting.delete(key);
    waiting.heard(answer);
  }

  #invited(message: string, port: number): void {
    this.onInvite();
    if (this.answersWith === 180) this.#answer(message, "180 Ringing", port);
    else this.#answer(message, "200 OK", port, SDP);
  }

  #answer(message: string, status: string, port: number, body = ""): void {
    const copied = message.match(/^(?:Via|From|Call-ID|CSeq): .*\r\n/gm)?.join("") ?? "";
    const to = /^To: (.*)\r$/m.exec(message)?.[1] ?? "";
    const contact = `Contact: <sip:callee@${HOST}:${this.#socket.address().port}>\r\n`;
    const type = body === "" ? "" : "Content-Type: application/sdp\r\n";
    const tagged = to.includes(";tag=") ? to : `${to};tag=callee`;
    this.#send(
      `SIP/2.0 ${status}\r\n${copied}To: ${tagged}\r\n${contact}${type}Content-Length: ${body.length}\r\n\r\n${body}`,
      port,
    );
  }

  #newId(): string {
    this.#serial += 1;
    return `${process.pid.toString(36)}p${this.#socket.address().port}n${this.#serial.toString(36)}`;
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
  readonly body: string;
}
