import { Notify } from "#test/support/phone";
import { answerTo, headerIn, statusOf } from "#test/support/wire";
import type { Network, Socket } from "./network.ts";
import type { World } from "./world.ts";

const REPEAT_FIRST_MS = 500;
const REPEAT_MAX_MS = 4000;
const ANSWER_MAX_MS = 6000;
/** What phones of a kind ask for: the shortest that is granted, and a usual one. */
const EXPIRES_SECONDS = [60, 600] as const;
/** The server knows nothing of the dialog: a new one is made. */
const DIALOG_GONE = new Set([404, 481]);

/** A key with a lamp, and the dialog that it is watched in. */
interface Key {
  readonly extension: string;
  callId: string;
  fromTag: string;
  toTag: string | undefined;
  cseq: number;
  /** Of the newest NOTIFY that was taken. */
  heardCSeq: number;
  heardVersion: number;
  lamp: string;
  /** Contact of the node that spoke last, and its address; undefined: none yet. */
  target: string | undefined;
  node: string;
  isBusy: boolean;
}

interface Asked {
  readonly text: string;
  readonly node: string;
  readonly done: (answer: string | undefined) => void;
  isOver: boolean;
}

/** What a phone does next with a key, in percent. */
export interface Habits {
  /** Refreshes at another node than the one that spoke last. */
  readonly changesOver: number;
  /** Unsubscribes, and subscribes anew. */
  readonly leaves: number;
  /** Was switched off and on: it knows no dialog any more, and subscribes anew. */
  readonly forgets: number;
  readonly pauseMinMs: number;
  readonly pauseMaxMs: number;
}

/**
 * A phone by the rules of RFC 6665 and RFC 3261: what does not rise is refused, an unknown dialog is 481, a dialog that the server does not know is
 * made anew, requests follow the target, and when a node is silent, another one is asked.
 */
export class SimPhone {
  habits: Habits = { changesOver: 0, leaves: 0, forgets: 0, pauseMinMs: 1000, pauseMaxMs: 6000 };
  readonly address: string;
  readonly #world: World;
  readonly #network: Network;
  readonly #nodes: readonly string[];
  readonly #keys: Key[] = [];
  readonly #expiresSeconds: number;
  readonly #socket: Socket;
  #isOff = false;
  readonly #asked = new Map<string, Asked>();
  /** Answers to NOTIFYs by branch, for repeats. */
  readonly #answers = new Map<string, number>();
  #serial = 0;

  constructor(world: World, network: Network, address: string, nodes: readonly string[]) {
    this.#world = world;
    this.#network = network;
    this.address = address;
    this.#nodes = nodes;
    this.#expiresSeconds = world.pick(EXPIRES_SECONDS);
    this.#socket = (text, from) => {
      if (text.startsWith("NOTIFY ")) this.#notified(text, from);
      else this.#answered(text);
    };
    network.bind(address, this.#socket);
  }

  /** Without a word, and for good. Only whoever asks for a short time: the rest would be waited for too long. */
  unplug(): void {
    if (this.#isOff || this.#expiresSeconds !== EXPIRES_SECONDS[0]) return;
    this.#world.tell(`${this.address} is unplugged`);
    this.#isOff = true;
    this.#keys.length = 0;
    this.#network.unbind(this.address, this.#socket);
  }

  /** Puts an extension on a key, which is watched from now on. */
  addKey(extension: string): void {
    const key: Key = {
      ...{ extension, callId: "", fromTag: "", toTag: undefined, cseq: 0, heardCSeq: 0, heardVersion: -1 },
      ...{ lamp: "unknown", target: undefined, node: this.#world.pick(this.#nodes), isBusy: false },
    };
    this.#renew(key);
    this.#keys.push(key);
    this.#soon(key, this.#world.between(1, 500));
  }

  /** What each key shows, and its dialog. */
  get keys(): readonly Readonly<Key>[] {
    return this.#keys;
  }

  /** Is this one of its dialogs, by the tag of the server? */
  has(callId: string, tag: string): boolean {
    return this.#keys.some((key) => key.callId === callId && (key.toTag === undefined || key.toTag === tag));
  }

  #renew(key: Key): void {
    this.#serial += 1;
    const name = `${this.address.split(":")[0] ?? ""}-${this.#serial}`;
    Object.assign(key, { callId: `call-${name}`, fromTag: `from-${name}`, toTag: undefined, target: undefined });
    Object.assign(key, { cseq: 0, heardCSeq: 0, heardVersion: -1 });
  }

  /** The next thing to do with a key. */
  #soon(key: Key, pauseMs = this.#world.between(this.habits.pauseMinMs, this.habits.pauseMaxMs)): void {
    this.#world.after(pauseMs, () => {
      this.#act(key);
    });
  }

  #act(key: Key): void {
    if (key.isBusy || this.#isOff) return;
    const { changesOver, leaves, forgets } = this.habits;
    if (key.toTag !== undefined && this.#world.chance(leaves)) {
      this.#subscribe(key, 0, () => {
        this.#renew(key);
        this.#soon(key);
      });
      return;
    }
    if (this.#world.chance(forgets)) {
      this.#world.tell(`${this.address} forgets ${key.callId}`);
      this.#renew(key);
    } else if (this.#world.chance(changesOver)) key.node = this.#other(key.node);
    this.#subscribe(key, this.#expiresSeconds, (status) => {
      this.#followUp(key, status);
    });
  }

  #followUp(key: Key, status: number): void {
    if (status >= 200 && status < 300) this.#soon(key);
    else if (DIALOG_GONE.has(status)) {
      this.#renew(key);
      this.#soon(key, 10);
    } else {
      // Nobody there, or nobody who can: the next node. A dialog that nobody confirmed is nobody's.
      if (key.toTag === undefined) this.#renew(key);
      key.node = this.#other(key.node);
      this.#soon(key, status === 408 ? 10 : this.#world.between(300, 1500));
    }
  }

  #other(node: string): string {
    return this.#world.pick(this.#nodes.filter((one) => one !== node));
  }

  /** Tells the status; 408 without an answer. */
  #subscribe(key: Key, expires: number, done: (status: number) => void): void {
    if (this.#isOff) return;
    key.isBusy = true;
    key.cseq += 1;
    this.#serial += 1;
    const { callId, extension, node } = key;
    const uri = key.target ?? `sip:${extension}@pbx.example`;
    const branch = `z9hG4bK-${this.address.split(":")[0] ?? ""}-${this.#serial}`;
    const lines = [
      `SUBSCRIBE ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.address};branch=${branch}`,
      "Max-Forwards: 70",
      `From: <sip:watcher@pbx.example>;tag=${key.fromTag}`,
      `To: <sip:${extension}@pbx.example>${key.toTag === undefined ? "" : `;tag=${key.toTag}`}`,
      `Call-ID: ${callId}`,
      `CSeq: ${key.cseq} SUBSCRIBE`,
      `Contact: <sip:phone@${this.address}>`,
      "Event: dialog",
      "Accept: application/dialog-info+xml",
      `Expires: ${expires}`,
      "Content-Length: 0",
    ];
    const finish = (answer: string | undefined): void => {
      key.isBusy = false;
      const status = answer === undefined ? 408 : statusOf(answer);
      this.#world.tell(`${this.address} SUBSCRIBE ${callId} ${key.cseq} at ${node}: ${status}`);
      if (answer !== undefined && status < 300 && key.callId === callId) this.#confirmed(key, answer);
      done(status);
    };
    const asked: Asked = { text: `${lines.join("\r\n")}\r\n\r\n`, node, done: finish, isOver: false };
    this.#asked.set(branch, asked);
    this.#repeat(asked, branch, REPEAT_FIRST_MS);
    this.#world.after(ANSWER_MAX_MS, () => {
      this.#end(branch, undefined);
    });
  }

  #repeat(asked: Asked, branch: string, pauseMs: number): void {
    if (asked.isOver || this.#isOff) return;
    this.#network.send(this.address, asked.node, asked.text);
    this.#world.after(pauseMs, () => {
      this.#repeat(asked, branch, Math.min(2 * pauseMs, REPEAT_MAX_MS));
    });
  }

  #answered(text: string): void {
    if (statusOf(text) >= 200) this.#end(branchOf(text), text);
  }

  #end(branch: string, answer: string | undefined): void {
    const asked = this.#asked.get(branch);
    if (asked === undefined) return;
    asked.isOver = true;
    this.#asked.delete(branch);
    asked.done(answer);
  }

  #confirmed(key: Key, answer: string): void {
    key.toTag ??= tagIn(headerIn(answer, "To"));
    this.#follow(key, answer);
  }

  /** The target is where the node says that it is. */
  #follow(key: Key, text: string): void {
    const target = /<(sip:[^>]*)>/.exec(headerIn(text, "Contact") ?? "")?.[1];
    if (target === undefined) return;
    key.target = target;
    const address = /^sip:(?:[^@]*@)?([^;>]*)/.exec(target)?.[1] ?? "";
    if (this.#nodes.includes(address)) key.node = address;
    else this.#world.complain(`${key.callId}: the target ${target} is no node`);
  }

  #notified(text: string, from: string): void {
    const branch = branchOf(text);
    const known = this.#answers.get(branch);
    const notify = new Notify(text);
    const status = known ?? this.#take(notify);
    this.#answers.set(branch, status);
    if (known === undefined)
      this.#world.tell(
        `${this.address} NOTIFY ${notify.header("Call-ID") ?? ""} from ${from}: CSeq ${notify.cseq} version ${notify.version} ${notify.state ?? "-"}: ${status}`,
      );
    this.#network.send(this.address, from, answerTo(text, `${status} Heard`));
  }

  /** Shows what it says, and gives the status of the answer. */
  #take(notify: Notify): number {
    const callId = notify.header("Call-ID");
    const key = this.#keys.find((one) => one.callId === callId);
    const tag = tagIn(notify.header("From"));
    if (key === undefined || (key.toTag !== undefined && key.toTag !== tag)) return 481;
    const { cseq, version } = notify;
    if (cseq <= key.heardCSeq) return 500;
    key.heardCSeq = cseq;
    key.toTag ??= tag;
    this.#follow(key, notify.text);
    if (version <= key.heardVersion)
      this.#world.complain(`${key.callId}: version ${version} after ${key.heardVersion}, with CSeq ${cseq}`);
    if (!Number.isNaN(version)) key.heardVersion = version;
    key.lamp = notify.state ?? key.lamp;
    // One that this phone ended is renewed when that is answered.
    if (notify.subscriptionState.startsWith("terminated") && !key.isBusy) this.#renew(key);
    return 200;
  }
}

function branchOf(text: string): string {
  return /;branch=([^;\r]+)/.exec(headerIn(text, "Via") ?? "")?.[1] ?? "";
}

function tagIn(header: string | undefined): string | undefined {
  return /;tag=([^;]+)/.exec(header ?? "")?.[1];
}
