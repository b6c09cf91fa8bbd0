import { CallAgent, type CallAgentParts, type MadeCall } from "./call-agent.ts";
import type { Call } from "./call.ts";
import { Ringing } from "./ringing.ts";
import { HOST } from "./sip-line.ts";
import { TestRegistrar } from "./test-registrar.ts";

/** What a provider does with a call to it. */
export type Script =
  | { readonly kind: "answer"; readonly ringMs?: number }
  | { readonly kind: "refuse"; readonly status: string; readonly ringMs?: number }
  /** 183 with a tone of this frequency, then the answer or a refusal. */
  | {
      readonly kind: "early";
      readonly tone: number;
      readonly forMs: number;
      readonly then: "answer" | { readonly status: string };
    }
  /** Rings until it is taken back. */
  | { readonly kind: "ring" }
  /** Not even 100. */
  | { readonly kind: "silence" };

export interface ProviderParts extends Pick<CallAgentParts, "voice" | "taste"> {
  /** User → password of those who may register. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** Calls need the password of an account too. */
  readonly challengesCalls?: boolean;
  /** For numbers without a script of their own; without it calls are answered at once. */
  readonly script?: Script;
}

/** Who calls in. */
export interface Caller {
  readonly number: string;
  readonly name?: string;
  /** "id": the number is in P-Asserted-Identity alone, with Privacy; "unknown": it is nowhere. */
  readonly privacy?: "id" | "unknown";
}

const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';

/** A scripted SIP provider, or a gateway to analog lines, on UDP: takes registrations and calls, and calls in. */
export class Provider {
  readonly registrar: TestRegistrar;
  /** Number → what happens to calls to it. */
  readonly scripts = new Map<string, Script>();
  /** Every call that was taken, in order. */
  readonly taken: Call[] = [];
  readonly #agent: CallAgent;
  readonly #script: Script;
  readonly #fresh = new Ringing("the provider");
  readonly #timers = new Set<NodeJS.Timeout>();
  #server: number | undefined;

  private constructor(agent: CallAgent, registrar: TestRegistrar, script: Script) {
    [this.#agent, this.registrar, this.#script] = [agent, registrar, script];
  }

  static async open({ accounts = {}, challengesCalls = false, script, ...sound }: ProviderParts = {}): Promise<Provider> {
    const registrar = new TestRegistrar(accounts);
    const parts = { user: "provider", password: "", port: undefined, ...sound };
    const agent: CallAgent = await CallAgent.open(parts, {
      admits: (invite) => {
        if (!challengesCalls || registrar.userOf(invite) !== undefined) return true;
        agent.line.send(registrar.challenge(invite, "407 Proxy Authentication Required", "Proxy-Authenticate"));
        return false;
      },
      onCall: (call) => {
        provider.#play(call);
      },
      onRequest: (message) => {
        if (!message.startsWith("REGISTER ")) return false;
        agent.line.send(registrar.answer(message));
        return true;
      },
    });
    const provider = new Provider(agent, registrar, script ?? { kind: "answer" });
    return provider;
  }

  /** Where it takes registrations and calls. */
  get port(): number {
    return this.#agent.line.localPort;
  }

  /** Everything it saw. */
  get received(): readonly string[] {
    return this.#agent.line.received;
  }

  /** Calls in go to this port of 127.0.0.1. */
  serves(port: number): void {
    this.#server = port;
  }

  /** The next call that it takes, answered or not. */
  next(timeoutMs?: number): Promise<Call> {
    return this.#fresh.next(timeoutMs);
  }

  /** Calls in: an extension of the server, or a whole address such as the Contact of a registration. */
  call(to: string, caller: Caller): Promise<MadeCall> {
    const uri = to.startsWith("sip:") ? to : `sip:${to}@${HOST}:${this.#server ?? nobody()}`;
    const name = caller.name === undefined ? "" : `"${caller.name}" `;
    const known = `${name}<sip:${caller.number}@${HOST}:${this.port}>`;
    const from = caller.privacy === undefined ? known : ANONYMOUS;
    const identity = caller.privacy === "unknown" ? {} : { "P-Asserted-Identity": known };
    const privacy = caller.privacy === "id" ? { Privacy: "id" } : {};
    return this.#agent.call(uri, { from, headers: { ...identity, ...privacy } });
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#agent.stop();
  }

  #play(call: Call): void {
    this.taken.push(call);
    this.#fresh.add(call);
    const script = this.scripts.get(call.asked.user) ?? this.#script;
    if (script.kind === "early") this.#playEarly(call, script);
    else if (script.kind !== "silence") {
      call.ring();
      if (script.kind !== "ring")
        this.#after(script.ringMs ?? 0, call, () => {
          if (script.kind === "answer") call.accept();
          else call.decline(script.status);
        });
    }
  }

  #playEarly(call: Call, { tone, forMs, then }: Extract<Script, { readonly kind: "early" }>): void {
    const { voice } = call.sound;
    call.sound.voice = tone;
    call.early();
    this.#after(forMs, call, () => {
      call.sound.voice = voice;
      if (then === "answer") call.accept();
      else call.decline(then.status);
    });
  }

  #after(ms: number, call: Call, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!call.isOver) act();
    }, ms);
    this.#timers.add(timer);
  }
}

function nobody(): never {
  throw new Error("this provider serves nobody yet");
}
