import { statusOf } from "../wire.ts";
import { CallAgent, type CallAgentParts, type CallOptions, type MadeCall } from "./call-agent.ts";
import { bodyOf, type Call } from "./call.ts";
import { Lamps, type Lamp } from "./lamps.ts";
import { readSdp } from "./offer.ts";
import { Ringing } from "./ringing.ts";
import { cseqOf, HOST } from "./sip-line.ts";

export interface CallingPhoneParts extends CallAgentParts {
  /** Where its requests go. */
  readonly port: number;
  /** What it says to a call before somebody does something; "180" when it is not given. */
  readonly rings?: "180" | "silent";
}

const WATCH_SECONDS = 600;
let serial = 0;

/** A scripted SIP phone with sound on raw UDP. It shares neither sessions nor media with the product: an independent witness. */
export class CallingPhone {
  readonly #agent: CallAgent;
  readonly #user: string;
  readonly #ringing: Ringing;
  readonly #lamps: Lamps;
  readonly #registration: { readonly callId: string; cseq: number };

  private constructor(agent: CallAgent, user: string, { ringing, lamps }: { readonly ringing: Ringing; readonly lamps: Lamps }) {
    [this.#agent, this.#user, this.#ringing, this.#lamps] = [agent, user, ringing, lamps];
    serial += 1;
    this.#registration = { callId: `register${process.pid}x${serial}`, cseq: 0 };
  }

  static async open(parts: CallingPhoneParts): Promise<CallingPhone> {
    const { rings = "180" } = parts;
    const ringing = new Ringing(parts.user);
    const agent: CallAgent = await CallAgent.open(parts, {
      onCall: (call) => {
        if (rings === "180") call.ring();
        ringing.add(call);
      },
      onRequest: (message) => lamps.notified(message),
    });
    const lamps = new Lamps(agent.line, parts.user);
    return new CallingPhone(agent, parts.user, { ringing, lamps });
  }

  /** Everything it saw. */
  get received(): readonly string[] {
    return this.#agent.line.received;
  }

  get localPort(): number {
    return this.#agent.line.localPort;
  }

  get contact(): string {
    return this.#agent.contact;
  }

  /** Registers, meeting the challenge; 0 seconds = no longer. */
  async register(expires = 600): Promise<string> {
    const own = `<sip:${this.#user}@${HOST}>`;
    const { callId, cseq } = this.#registration;
    const same = { From: `${own};tag=r`, To: own, "Call-ID": callId, Contact: this.contact };
    const answer = await this.#agent.line.ask("REGISTER", `sip:${HOST}`, {
      ...same,
      CSeq: `${cseq + 1} REGISTER`,
      Expires: String(expires),
    });
    this.#registration.cseq = cseqOf(answer);
    if (statusOf(answer) !== 200) throw new Error(`not registered: ${answer}`);
    return answer;
  }

  /** Calls; the call is given as soon as the INVITE is out. `final` resolves with its final answer. */
  call(uri: string, options: CallOptions = {}): Promise<MadeCall> {
    return this.#agent.call(uri, options);
  }

  /** Takes back a call that was not answered yet; `reason` becomes its Reason header. */
  cancel(call: Call, reason = ""): Promise<string> {
    return call.cancel(reason);
  }

  /** The next call that comes in. */
  rings(timeoutMs?: number): Promise<Call> {
    return this.#ringing.next(timeoutMs);
  }

  /** Watches an extension, or refreshes that; 0 seconds = no longer. Resolves when the lamp is known. */
  subscribe(key: string, seconds = WATCH_SECONDS): Promise<string> {
    return this.#lamps.subscribe(key, this.contact, seconds);
  }

  /** What the lamp of a watched extension shows now. */
  lamp(key: string): Lamp {
    return this.#lamps.lamp(key);
  }

  /** Every dialog behind that lamp. */
  dialogs(key: string): readonly Lamp[] {
    return this.#lamps.dialogs(key);
  }

  /** Resolves when the lamp shows this. */
  shows(key: string, wanted: Partial<Pick<Lamp, "state" | "held" | "direction">>, timeoutMs?: number): Promise<Lamp> {
    return this.#lamps.shows(key, wanted, timeoutMs);
  }

  send(text: string): void {
    this.#agent.line.send(text);
  }

  /** Sends to another port of 127.0.0.1 from now on. */
  talkTo(port: number): void {
    this.#agent.line.talkTo(port);
  }

  /** Sends a request, meets a challenge, gives the final answer. */
  ask(method: string, uri: string, headers: Readonly<Record<string, string>>, body = ""): Promise<string> {
    return this.#agent.line.ask(method, uri, { Contact: this.contact, ...headers }, body);
  }

  stop(): Promise<void> {
    return this.#agent.stop();
  }
}

/** What a message describes of its sound, for assertions. */
export function soundIn(message: string): ReturnType<typeof readSdp> {
  return readSdp(bodyOf(message));
}
