import { answerTo, headerIn } from "../wire.ts";
import { Call } from "./call.ts";
import type { SoundTaste } from "./offer.ts";
import { HOST, isOfInvite, SipLine } from "./sip-line.ts";
import { Sound } from "./sound.ts";

export interface CallAgentParts {
  readonly user: string;
  readonly password: string;
  /** Where its requests go; without it each goes where its Request-URI says. */
  readonly port: number | undefined;
  /** Frequency of its voice; without one it is silent. */
  readonly voice?: number;
  readonly taste?: Partial<SoundTaste>;
}

/** Who decides about the calls and requests of an agent. */
export interface CallAgentUser {
  /** May this INVITE become a call? False = it was answered; without it each one may. */
  admits?(message: string): boolean;
  /** A call that comes in. */
  onCall(call: Call): void;
  /** A request outside of every call; true = it was answered. */
  onRequest(message: string): boolean;
}

/** How one call is made. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** From without its tag. */
  readonly from?: string;
  /** INVITE without an offer: it comes with the answer, the own answer with the ACK. */
  readonly isDelayed?: boolean;
  readonly taste?: Partial<SoundTaste>;
}

/** A call that was made, as soon as its INVITE is out; `final` resolves with its final answer. */
export interface MadeCall {
  readonly call: Call;
  readonly final: Promise<string>;
}

const TASTE: SoundTaste = { codecs: ["PCMU", "PCMA"], eventPayload: 101 };
let serial = 0;

/** Calls with their sound on one line: what test phones and test providers share. */
export class CallAgent {
  readonly line: SipLine;
  readonly #parts: CallAgentParts;
  readonly #user: CallAgentUser;
  readonly #calls: Call[] = [];
  readonly #sounds: Sound[] = [];
  /** Messages are taken one after the other: an INVITE opens its sound first. */
  #work: Promise<void> = Promise.resolve();
  #isStopped = false;

  private constructor(parts: CallAgentParts, user: CallAgentUser, line: SipLine) {
    [this.#parts, this.#user, this.line] = [parts, user, line];
    line.serve({
      onRequest: (message) => {
        this.#work = this.#work.then(() => this.#take(message));
      },
      onAnswer: (message) => {
        if (isOfInvite(message)) this.#callOf(message)?.answered(message);
      },
      onSent: (message, uri) => {
        this.#callOf(message)?.asks(message, uri);
      },
      acknowledges: (message) => this.#callOf(message)?.lateAnswer() ?? "",
    });
  }

  static async open(parts: CallAgentParts, user: CallAgentUser): Promise<CallAgent> {
    return new CallAgent(parts, user, await SipLine.open({ credentials: parts, port: parts.port }));
  }

  get contact(): string {
    return `<sip:${this.#parts.user}@${HOST}:${this.line.localPort}>`;
  }

  async call(uri: string, options: CallOptions = {}): Promise<MadeCall> {
    serial += 1;
    const local = `${options.from ?? `<sip:${this.#parts.user}@${HOST}>`};tag=a${serial}`;
    const call = await this.#open({ callId: `call${process.pid}x${serial}`, local, taste: options.taste });
    const final = call.invites(uri, options.headers ?? {}, options.isDelayed ?? false);
    // Whoever does not wait for the end of a call need not hear that it had none.
    final.catch(() => undefined);
    return { call, final };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#work;
    await this.line.close();
    for (const sound of this.#sounds) await sound.close();
  }

  #callOf(message: string): Call | undefined {
    return this.#calls.findLast(({ callId }) => callId === headerIn(message, "Call-ID"));
  }

  async #open(parts: {
    readonly callId: string;
    readonly local: string;
    readonly invite?: string;
    readonly taste?: Partial<SoundTaste> | undefined;
  }): Promise<Call> {
    const sound = await Sound.open(HOST, this.#parts.voice);
    this.#sounds.push(sound);
    const taste = { ...TASTE, ...this.#parts.taste, ...parts.taste };
    const { line } = this;
    const own = {
      contact: this.contact,
      send: line.send.bind(line),
      ask: line.ask.bind(line),
    };
    const call = new Call({ ...parts, line: own, sound, taste });
    this.#calls.push(call);
    return call;
  }

  async #take(message: string): Promise<void> {
    if (this.#isStopped) return;
    const call = isNewCall(message) ? undefined : this.#callOf(message);
    if (call !== undefined) call.received(message);
    else if (message.startsWith("INVITE ")) await this.#invited(message);
    else if (!message.startsWith("ACK ") && !this.#user.onRequest(message))
      this.line.send(answerTo(message, message.startsWith("OPTIONS ") ? "200 OK" : "481 No Such Call"));
  }

  async #invited(message: string): Promise<void> {
    if (this.#user.admits?.(message) === false) return;
    serial += 1;
    const local = `${headerIn(message, "To") ?? ""};tag=b${serial}`;
    this.#user.onCall(await this.#open({ callId: headerIn(message, "Call-ID") ?? "", local, invite: message }));
  }
}

/** Whoever is challenged or refused may try again under the same Call-ID. */
function isNewCall(message: string): boolean {
  return message.startsWith("INVITE ") && !(headerIn(message, "To") ?? "").includes(";tag=");
}
