import { createSocket, type Socket } from "node:dgram";
import { extensionOf } from "./bench-site.ts";

/** One subscription of the farm: this watcher's key on this resource. */
export interface FarmKey {
  readonly watcher: number;
  readonly resource: number;
}

export interface SubscribeOptions {
  /** The 200 of an earlier SUBSCRIBE: this one refreshes it. */
  readonly dialog?: string;
  readonly expires?: number;
  /** Another one makes another dialog. */
  readonly round?: string;
}

interface Request {
  readonly start: string;
  readonly branch: string;
  readonly headers: string;
  readonly body?: string;
}

type Heard = (status: number, message: string) => void;

/** What an unanswered request costs before it is sent again (RFC 3261 T1), and how often. */
const AGAIN_AFTER_MS = 500;
const SENDINGS_MAX = 11;
const ANSWER_MAX_BYTES = 1024;
const LETTER_N = 0x4e;
const CRLF = Buffer.from("\r\n");
/** Contact or Content-…: what the answer must repeat stands before both. */
const CONTACT_OR_CONTENT = Buffer.from("\r\nCont");
const OK = Buffer.from("SIP/2.0 200 OK");
const EMPTY = Buffer.from("\r\nContent-Length: 0\r\n\r\n");
const USER_AT = "NOTIFY sip:".length;
const BUFFER_BYTES = 8 * 1024 * 1024;

/**
 * Many phones in one process: one UDP socket a watcher, every NOTIFY answered 200 at once. NOTIFYs stay bytes and are cut with `indexOf` only, because
 * the load shares the machine (and its caches) with the server.
 */
export class PhoneFarm {
  readonly #serverPort: number;
  readonly #sockets: Socket[] = [];
  readonly #ports: number[] = [];
  readonly #waiting = new Map<string, { heard: Heard; timer: NodeJS.Timeout }>();
  /** Answers are written here in turn; one is long gone when its place is used again. */
  readonly #answers = Buffer.alloc(ANSWER_MAX_BYTES * 1024);
  #answerAt = 0;
  #serial = 0;
  #isAwake = false;
  /** Told of every NOTIFY; set by the scenario. */
  onNotify: (key: FarmKey, message: Buffer) => void = () => undefined;
  /** Requests sent again: with the server, how many datagrams got lost or came late. */
  repeats = 0;

  constructor(serverPort: number) {
    this.#serverPort = serverPort;
  }

  async open(watchers: number): Promise<void> {
    for (let watcher = 0; watcher < watchers; watcher += 1) {
      const socket = createSocket({ type: "udp4", lookup: noLookup });
      await new Promise<void>((resolve) => {
        socket.bind(0, "127.0.0.1", resolve);
      });
      socket.setRecvBufferSize(BUFFER_BYTES);
      socket.on("message", (data, { port }) => {
        this.#hear(watcher, data, port);
      });
      this.#sockets.push(socket);
      this.#ports.push(socket.address().port);
    }
  }

  /**
   * Keeps this process awake: on a virtual machine, waking it costs the sender of each datagram several microseconds, which phones on a
   * network do not.
   */
  stayAwake(): void {
    this.#isAwake = true;
    const turn = (): void => {
      if (this.#isAwake) setImmediate(turn);
    };
    turn();
  }

  close(): void {
    this.#isAwake = false;
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    for (const socket of this.#sockets) socket.close();
  }

  /** SUBSCRIBEs, again in the dialog of an earlier 200; resolves with the 200's message, rejects on anything else. */
  subscribe(key: FarmKey, { dialog = "", expires = 3600, round = "" }: SubscribeOptions = {}): Promise<string> {
    const user = `w${key.watcher}r${key.resource}`;
    const callId = `${user}${round}`;
    const uri = `sip:${extensionOf(key.resource)}@127.0.0.1`;
    const to = dialog === "" ? `<${uri}>` : (/^To: (.*)\r$/m.exec(dialog)?.[1] ?? "");
    return this.#ask(key.watcher, (branch) => ({
      start: `SUBSCRIBE ${uri}`,
      branch,
      headers:
        `From: <sip:${user}@127.0.0.1>;tag=${user}\r\nTo: ${to}\r\nCall-ID: ${callId}\r\nCSeq: ${this.#serial} SUBSCRIBE\r\n` +
        `Contact: <sip:${user}@127.0.0.1:${this.#port(key.watcher)}>\r\nEvent: dialog\r\nExpires: ${expires}\r\n`,
    }));
  }

  /** PUBLISHes the dialog document of a resource; `etag` of the answer before, or "". Resolves with the 200's message. */
  publish(resource: number, etag: string, body: string): Promise<string> {
    const uri = `sip:${extensionOf(resource)}@127.0.0.1`;
    return this.#ask(0, (branch) => ({
      start: `PUBLISH ${uri}`,
      branch,
      headers:
        `From: <${uri}>;tag=p\r\nTo: <${uri}>\r\nCall-ID: p${branch}\r\nCSeq: 1 PUBLISH\r\nEvent: dialog\r\nExpires: 3600\r\n` +
        `${etag === "" ? "" : `SIP-If-Match: ${etag}\r\n`}Content-Type: application/dialog-info+xml\r\n`,
      body,
    }));
  }

  /** Ports of the watchers. */
  get ports(): readonly number[] {
    return this.#ports;
  }

  /** REGISTERs the account from this watcher's socket; `authorization` is a whole header line or "". */
  register(watcher: number, account: string, authorization: string): Promise<string> {
    return this.#ask(
      watcher,
      (branch) => ({
        start: "REGISTER sip:127.0.0.1",
        branch,
        headers:
          `From: <sip:${account}@127.0.0.1>;tag=${account}\r\nTo: <sip:${account}@127.0.0.1>\r\nCall-ID: ${account}\r\n` +
          `CSeq: ${this.#serial} REGISTER\r\nContact: <sip:${account}@127.0.0.1:${this.#port(watcher)}>\r\nExpires: 3600\r\n${authorization}`,
      }),
      [200, 401],
    );
  }

  #ask(watcher: number, write: (branch: string) => Request, wanted: readonly number[] = [200]): Promise<string> {
    this.#serial += 1;
    const { start, branch, headers, body = "" } = write(`z9hG4bK${process.pid.toString(36)}.${this.#serial.toString(36)}`);
    const via = `Via: SIP/2.0/UDP 127.0.0.1:${this.#port(watcher)};rport;branch=${branch}`;
    const text = Buffer.from(
      `${start} SIP/2.0\r\n${via}\r\nMax-Forwards: 70\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`,
      "latin1",
    );
    return new Promise((resolve, reject) => {
      let sendings = 0;
      const send = (): void => {
        sendings += 1;
        if (sendings > 1) this.repeats += 1;
        if (sendings > SENDINGS_MAX) {
          this.#waiting.delete(branch);
          reject(new Error(`no answer to ${start}`));
          return;
        }
        const timer = setTimeout(send, AGAIN_AFTER_MS * Math.min(8, 2 ** (sendings - 1)));
        this.#waiting.set(branch, { heard, timer });
        this.#sockets[watcher]?.send(text, this.#serverPort, "127.0.0.1");
      };
      const heard: Heard = (status, message) => {
        if (wanted.includes(status)) resolve(message);
        else reject(new Error(`${start} was answered ${message.slice(0, message.indexOf("\r\n"))}`));
      };
      send();
    });
  }

  #hear(watcher: number, message: Buffer, fromPort: number): void {
    if (message[0] === LETTER_N) this.#answer(watcher, message, fromPort);
    else this.#settle(message.toString("latin1"));
  }

  #settle(message: string): void {
    const at = message.indexOf("branch=") + "branch=".length;
    const branch = message.slice(at, message.indexOf("\r", at)).split(";", 1)[0] ?? "";
    const waiting = this.#waiting.get(branch);
    if (waiting === undefined) return;
    this.#waiting.delete(branch);
    clearTimeout(waiting.timer);
    waiting.heard(Number(message.slice(8, 11)), message);
  }

  /** 200 with everything from Via to Contact as it came; what stands between is harmless in an answer. */
  #answer(watcher: number, message: Buffer, toPort: number): void {
    const viaAt = message.indexOf(CRLF);
    const headersEnd = message.indexOf(CONTACT_OR_CONTENT, viaAt);
    const answer = this.#answers.subarray(this.#answerAt, this.#answerAt + OK.length + headersEnd - viaAt + EMPTY.length);
    OK.copy(answer);
    message.copy(answer, OK.length, viaAt, headersEnd);
    EMPTY.copy(answer, OK.length + headersEnd - viaAt);
    this.#answerAt = (this.#answerAt + ANSWER_MAX_BYTES) % this.#answers.length;
    this.#sockets[watcher]?.send(answer, toPort, "127.0.0.1");
    this.onNotify({ watcher, resource: numberAt(message, message.indexOf("r", USER_AT) + 1) }, message);
  }

  #port(watcher: number): number {
    return this.#ports[watcher] ?? 0;
  }
}

/** The decimal number that starts there. */
function numberAt(bytes: Buffer, start: number): number {
  let number = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  return number;
}

function noLookup(host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, host, 4);
}
