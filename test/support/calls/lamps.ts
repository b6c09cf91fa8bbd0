import { Bell } from "../bell.ts";
import { answerTo, headerIn, statusOf } from "../wire.ts";
import { bodyOf } from "./call.ts";
import { cseqOf, HOST, type SipLine } from "./sip-line.ts";

/** What a line key shows. */
export interface Lamp {
  readonly state: string;
  readonly held: boolean;
  readonly direction: string | undefined;
  /** The other side: its address and its name. */
  readonly party: { readonly uri: string; readonly name: string } | undefined;
}

interface Watch {
  readonly callId: string;
  cseq: number;
  /** To, with the tag of the other side once it is known. */
  to: string;
  version: number;
  readonly dialogs: Map<string, Lamp>;
  notifies: number;
}

const WAIT_MS = 5000;
const OFF: Lamp = { state: "terminated", held: false, direction: undefined, party: undefined };
/** A phone shows what rings before what talks before what is held. */
const ORDER: readonly ((lamp: Lamp) => boolean)[] = [
  ({ state }) => state === "early" || state === "proceeding" || state === "trying",
  ({ state, held }) => state === "confirmed" && !held,
  ({ state }) => state === "confirmed",
];
let serial = 0;

/** The watched keys of a test phone: Event dialog (RFC 4235), read without the product's own reader. */
export class Lamps {
  readonly #line: SipLine;
  readonly #user: string;
  readonly #watches = new Map<string, Watch>();
  readonly #bell = new Bell();

  constructor(line: SipLine, user: string) {
    [this.#line, this.#user] = [line, user];
  }

  /** Watches a key, or refreshes it; 0 seconds = no longer. Resolves with the answer to SUBSCRIBE once a NOTIFY has come after it. */
  async subscribe(key: string, contact: string, seconds: number): Promise<string> {
    const uri = `sip:${key}@${HOST}`;
    const watch = this.#watches.get(key) ?? newWatch(uri);
    this.#watches.set(key, watch);
    const before = watch.notifies;
    const answer = await this.#line.ask("SUBSCRIBE", uri, {
      From: `<sip:${this.#user}@${HOST}>;tag=w`,
      To: watch.to,
      "Call-ID": watch.callId,
      CSeq: `${watch.cseq + 1} SUBSCRIBE`,
      Contact: contact,
      Event: "dialog",
      Accept: "application/dialog-info+xml",
      Expires: String(seconds),
    });
    watch.cseq = cseqOf(answer);
    if (statusOf(answer) >= 300) return answer;
    watch.to = headerIn(answer, "To") ?? watch.to;
    const isTold = await this.#bell.until(() => (watch.notifies > before ? true : undefined), WAIT_MS);
    return isTold === true ? answer : Promise.reject(new Error(`no NOTIFY of ${key} within ${WAIT_MS} ms`));
  }

  /** Takes a NOTIFY of a watched key; false = of none. */
  notified(message: string): boolean {
    const watch = [...this.#watches.values()].find(({ callId }) => callId === headerIn(message, "Call-ID"));
    if (watch === undefined || !message.startsWith("NOTIFY ")) return false;
    read(watch, bodyOf(message));
    watch.notifies += 1;
    this.#line.send(answerTo(message));
    this.#bell.ring();
    return true;
  }

  /** What the key shows now. */
  lamp(key: string): Lamp {
    const dialogs = this.dialogs(key);
    for (const isIt of ORDER) {
      const found = dialogs.find(isIt);
      if (found !== undefined) return found;
    }
    return OFF;
  }

  /** Every dialog that the key was told of. */
  dialogs(key: string): Lamp[] {
    const watch = this.#watches.get(key);
    if (watch === undefined) throw new Error(`nobody watches ${key}`);
    return [...watch.dialogs.values()];
  }

  /** Resolves when the key shows this. */
  async shows(key: string, wanted: Partial<Pick<Lamp, "state" | "held" | "direction">>, timeoutMs = WAIT_MS): Promise<Lamp> {
    const found = await this.#bell.until(() => {
      const lamp = this.lamp(key);
      const isShown = (["state", "held", "direction"] as const).every((name) => (wanted[name] ?? lamp[name]) === lamp[name]);
      return isShown ? lamp : undefined;
    }, timeoutMs);
    if (found !== undefined) return found;
    const [is, not] = [this.lamp(key), wanted].map((lamp) => JSON.stringify(lamp));
    throw new Error(`the lamp of ${key} is ${is ?? ""} and not ${not ?? ""} after ${timeoutMs} ms`);
  }
}

function newWatch(uri: string): Watch {
  serial += 1;
  const callId = `lamp${process.pid}x${serial}`;
  return { callId, cseq: 0, to: `<${uri}>`, version: -1, dialogs: new Map(), notifies: 0 };
}

/** A full document replaces everything, a partial one what it names; older ones count for nothing. */
function read(watch: Watch, body: string): void {
  const head = /<dialog-info\b[^>]*>/.exec(body)?.[0];
  if (head === undefined) return;
  const version = Number(attribute(head, "version"));
  if (version <= watch.version) return;
  watch.version = version;
  if (attribute(head, "state") === "full") watch.dialogs.clear();
  for (const [text, opening = ""] of body.matchAll(/(<dialog\s[^>]*>)[^]*?<\/dialog>/g))
    watch.dialogs.set(attribute(opening, "id") ?? "", readDialog(text, opening));
}

function readDialog(text: string, opening: string): Lamp {
  const remote = /<remote>[^]*?<identity([^>]*)>([^<]*)</.exec(text);
  const names = remote?.[1] ?? "";
  const name = attribute(names, "display") ?? attribute(names, "display-name") ?? "";
  return {
    state: /<state[^>]*>([a-z]+)</.exec(text)?.[1] ?? "",
    held: /<local>[^]*?\+sip\.rendering"[^>]*="no"[^]*?<\/local>/.test(text),
    direction: attribute(opening, "direction"),
    party: remote === null ? undefined : { uri: plain(remote[2] ?? ""), name: plain(name) },
  };
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
}

function plain(text: string): string {
  const marks: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.trim().replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => marks[name] ?? "");
}
