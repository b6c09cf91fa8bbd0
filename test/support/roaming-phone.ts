import { createSocket, type Socket } from "node:dgram";
import { Notify } from "./phone.ts";
import { answerTo, headerIn, request, statusOf } from "./wire.ts";

/** A NOTIFY as it came, repeats too. */
export interface HeardNotify {
  readonly callId: string;
  /** The node that spoke, by the port that it came from. */
  readonly port: number;
  /** Epoch ms. */
  readonly at: number;
  readonly cseq: number;
  /** Of the dialog-info document; NaN without one. */
  readonly version: number;
  /** What it was answered. */
  readonly status: number;
}

/** A key of the phone, and the dialog that it is watched in. */
interface Key {
  readonly extension: string;
  callId: string;
  fromTag: string;
  toTag: string | undefined;
  /** CSeq of the newest SUBSCRIBE. */
  cseq: number;
  /** CSeq of the newest NOTIFY that was taken. */
  heard: number;
  lamp: string;
  /** A request is on its way. */
  isBusy: boolean;
}

const REPEAT_FIRST_MS = 500;
const ANSWER_MAX_MS = 6000;
/** The server knows nothing of the dialog: a new one is made. */
const DIALOG_GONE = new Set([404, 481]);

/**
 * A phone with several keys and one UDP socket that speaks to any node, as one that changes over does. Its rules are those of RFC 6665 and
 * RFC 3261: numbers that do not rise are refused, an unknown dialog is 481, a dialog that the server does not know is made anew.
 */
export class RoamingPhone {
  /** Every NOTIFY of every dialog, in order. */
  readonly heard: HeardNotify[] = [];
  readonly #socket: Socket;
  readonly #keys = new Map<string, Key>();
  readonly #waiting = new Map<string, (answer: string) => void>();
  /** Answers by branch, for repeats. */
  readonly #answers = new Map<string, number>();
  #serial = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (data, { port }) => {
      const text = data.toString("latin1");
      if (text.startsWith("NOTIFY ")) this.#notified(text, port);
      else if (text.startsWith("SIP/2.0 ")) this.#waiting.get(transactionOf(text))?.(text);
    });
  }

  static async open(): Promise<RoamingPhone> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => {
      socket.bind(0, "127.0.0.1", resolve);
    });
    return new RoamingPhone(socket);
  }

  /** Puts an extension on a key; it is watched from the first refresh on. */
  addKey(extension: string): void {
    const key: Key = { extension, callId: "", fromTag: "", toTag: undefined, cseq: 0, heard: 0, lamp: "unknown", isBusy: false };
    this.#renew(key);
    this.#keys.set(extension, key);
  }

  get extensions(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** What the key shows: the state of the newest document. */
  lamp(extension: string): string {
    return this.#key(extension).lamp;
  }

  /** The dialog that a key is watched in now; "" while there is none. */
  callId(extension: string): string {
    const { callId, toTag } = this.#key(extension);
    return toTag === undefined ? "" : callId;
  }

  /** Subscribes at this node, or refreshes there. True: there is a dialog that this node knows. One request for a key at a time; others are left out. */
  async refresh(extension: string, port: number): Promise<boolean> {
    const key = this.#key(extension);
    if (key.isBusy) return false;
    key.isBusy = true;
    try {
      const status = await this.#subscribe(key, port);
      if (status < 300) return true;
      if (!DIALOG_GONE.has(status)) return false;
      this.#renew(key);
      return (await this.#subscribe(key, port)) < 300;
    } finally {
      key.isBusy = false;
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.close(() => {
        resolve();
      });
    });
  }

  #key(extension: string): Key {
    const key = this.#keys.get(extension);
    if (key === undefined) throw new Error(`no key for ${extension}`);
    return key;
  }

  #renew(key: Key): void {
    this.#serial += 1;
    const name = `${this.#socket.address().port}x${this.#serial}`;
    Object.assign(key, { callId: `roaming-${name}`, fromTag: `from-${name}`, toTag: undefined, cseq: 0, heard: 0 });
  }

  /** Status of the final answer; 408 when there was none. */
  async #subscribe(key: Key, port: number): Promise<number> {
    key.cseq += 1;
    const uri = `sip:${key.extension}@127.0.0.1`;
    const text = request("SUBSCRIBE", uri, this.#socket.address().port, {
      From: `<sip:watcher@127.0.0.1>;tag=${key.fromTag}`,
      To: `<${uri}>${key.toTag === undefined ? "" : `;tag=${key.toTag}`}`,
      "Call-ID": key.callId,
      CSeq: `${key.cseq} SUBSCRIBE`,
      Event: "dialog",
      Expires: "600",
    });
    const { callId } = key;
    const answer = await this.#answerTo(text, port);
    if (answer === undefined) return 408;
    const status = statusOf(answer);
    if (status < 300 && key.callId === callId) key.toTag ??= /;tag=(.+)$/.exec(headerIn(answer, "To") ?? "")?.[1];
    return status;
  }

  #answerTo(text: string, port: number): Promise<string | undefined> {
    const id = transactionOf(text);
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout;
      const send = (pauseMs: number): void => {
        this.#socket.send(Buffer.from(text, "latin1"), port, "127.0.0.1");
        timer = setTimeout(send, pauseMs, 2 * pauseMs);
      };
      const done = (answer: string | undefined): void => {
        clearTimeout(timer);
        clearTimeout(giveUp);
        this.#waiting.delete(id);
        resolve(answer);
      };
      const giveUp = setTimeout(done, ANSWER_MAX_MS, undefined);
      this.#waiting.set(id, done);
      send(REPEAT_FIRST_MS);
    });
  }

  #notified(text: string, port: number): void {
    const [branch, callId] = [transactionOf(text), headerIn(text, "Call-ID") ?? ""];
    const status = this.#answers.get(branch) ?? this.#take(text, callId);
    this.#answers.set(branch, status);
    const { cseq, version } = new Notify(text);
    this.heard.push({ callId, port, at: Date.now(), cseq, version, status });
    this.#socket.send(Buffer.from(answerTo(text, `${status} Heard`), "latin1"), port, "127.0.0.1");
  }

  /** Shows what it says, and gives the status of the answer. */
  #take(text: string, callId: string): number {
    const key = [...this.#keys.values()].find((one) => one.callId === callId);
    const fromTag = /;tag=(.+)$/.exec(headerIn(text, "From") ?? "")?.[1];
    if (key === undefined || (key.toTag !== undefined && key.toTag !== fromTag)) return 481;
    const { cseq } = new Notify(text);
    if (cseq <= key.heard) return 500;
    key.heard = cseq;
    key.toTag ??= fromTag;
    key.lamp = /<state>([a-z]+)<\/state>/.exec(text)?.[1] ?? key.lamp;
    if (headerIn(text, "Subscription-State")?.startsWith("terminated") === true) this.#renew(key);
    return 200;
  }
}

function transactionOf(text: string): string {
  return `${/;branch=([^;\r]+)/.exec(headerIn(text, "Via") ?? "")?.[1] ?? ""} ${headerIn(text, "CSeq") ?? ""}`;
}
