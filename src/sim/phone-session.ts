import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import { OperationalError } from "#base/operational-error";
import type { Random } from "#base/random";
import type { BootFiles } from "#sim/files/boot-files";
import type { PhoneSettings } from "#sim/files/phone-settings";
import type { LampName } from "#sim/lamps/lamp";
import { LampWatch } from "#sim/sip/lamp-watch";
import { RegistrationUsage } from "#sim/sip/registration-usage";
import { accountUri, escapeUser, resourceUri } from "#sim/sip/sip-address";
import { acceptedOf, replyInWords, SipAgent, type Reply } from "#sim/sip/sip-agent";
import type { WatchView } from "#sim/sip/watch-dialog";
import type { SipRequest } from "#sip/message/message";
import { toWire } from "#sip/message/wire-text";
import type { RequestHandler } from "#sip/transaction/user";
import type { PhoneModel } from "./phone-model.ts";

/** A step of the start went wrong; the message says which and why. */
export class PhoneFailed extends OperationalError {
  readonly step: "boot" | "line" | "register" | "subscribe";
  constructor(step: PhoneFailed["step"], cause: unknown) {
    super("phone-failed", `${step}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    this.step = step;
  }
}

export interface PhoneSessionParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly model: PhoneModel;
  readonly files: BootFiles;
  readonly settings: PhoneSettings;
  readonly onNotify: RequestHandler["handle"];
  readonly onLamp: (address: string) => void;
  readonly onViolation: (text: string) => void;
  /** "registered", or what went wrong. */
  readonly onStatus: (status: string) => void;
}

/** A monitored key of the phone. */
interface Watched {
  readonly index: number;
  readonly label: string;
  readonly watch: LampWatch;
}

/** A lost connection is opened again after this. */
const RECONNECT_MS = 1000;
/** A goodbye does not wait longer for a server that is gone. */
const GOODBYE_MAX_MS = 3000;

/** What a phone is between two boots: its parameters, its line, its registration and its subscriptions. */
export class PhoneSession {
  readonly files: BootFiles;
  readonly settings: PhoneSettings;
  readonly #parts: PhoneSessionParts;
  readonly #agent: SipAgent;
  readonly #registration: RegistrationUsage;
  readonly #watched = new Map<string, Watched>();
  #localPort = 0;
  #isClosed = false;
  #stopReconnect: StopTimer | undefined;

  constructor(parts: PhoneSessionParts) {
    this.#parts = parts;
    this.files = parts.files;
    this.settings = parts.settings;
    const { clock, random, log, settings } = parts;
    const { registration, resources, lineKeys } = settings;
    const credentials = { user: toWire(registration.authUser), password: toWire(registration.password) };
    const onLost = (): void => {
      parts.onStatus("line: the connection was lost");
      this.#reconnectLater();
    };
    this.#agent = new SipAgent({ clock, random, log, userAgent: parts.model.userAgent, credentials, onLost }, [
      { method: "NOTIFY", handle: parts.onNotify },
    ]);
    this.#registration = new RegistrationUsage({
      agent: this.#agent,
      registration,
      clock,
      random,
      onReply: (reply) => {
        parts.onStatus(this.#refusalOf(reply)?.message ?? "registered");
      },
    });
    for (const [at, { address, label }] of resources.entries()) {
      this.#watched.set(address, { index: lineKeys + at + 1, label, watch: this.#createWatch(address) });
    }
  }

  get localPort(): number {
    return this.#localPort;
  }

  keys(): readonly { readonly index: number; readonly label: string; readonly address: string; readonly lamp: LampName }[] {
    return [...this.#watched].map(([address, { index, label, watch }]) => ({ index, label, address, lamp: watch.lamp }));
  }

  watches(): readonly WatchView[] {
    return [...this.#watched.values()].map(({ watch }) => watch.view);
  }

  watch(address: string): LampWatch | undefined {
    return this.#watched.get(address)?.watch;
  }

  /** The key whose dialog this NOTIFY belongs to. */
  ownerOf(request: SipRequest): LampWatch | undefined {
    return [...this.#watched.values()].find(({ watch }) => watch.owns(request))?.watch;
  }

  /** Opens the line, registers, subscribes. Rejects with PhoneFailed at the first step that fails; a refused key does not keep the others. */
  async start(localPort: number): Promise<void> {
    this.#localPort = localPort;
    await this.#openLine();
    await this.register();
    await this.#each((watch) => watch.subscribe());
  }

  async register(): Promise<void> {
    const refusal = this.#refusalOf(await this.#registration.register());
    if (refusal !== undefined) throw refusal;
  }

  /** Ends subscriptions and registration in order, a moment at most. */
  async sayGoodbye(): Promise<void> {
    let stopTimer: StopTimer | undefined;
    const patience = new Promise<void>((resolve) => {
      stopTimer = this.#parts.clock.after(GOODBYE_MAX_MS, resolve);
    });
    const goodbye = this.#each((watch) => watch.unsubscribe())
      .then(() => this.#registration.unregister())
      // The server did not want to hear it.
      .catch(() => undefined);
    await Promise.race([goodbye, patience]);
    stopTimer?.();
  }

  /** Goes dark. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopReconnect?.();
    this.#registration.stop();
    for (const { watch } of this.#watched.values()) watch.stop();
    await this.#agent.close();
  }

  #refusalOf(reply: Reply): PhoneFailed | undefined {
    if (acceptedOf(reply) !== undefined) return undefined;
    const { authUser, server } = this.settings.registration;
    return new PhoneFailed("register", `${authUser} at ${server}: ${replyInWords(reply)}`);
  }

  async #openLine(): Promise<void> {
    const { transport, targetHost, targetPort } = this.settings.registration;
    try {
      const localPort = await this.#agent.open({ transport, host: targetHost, port: targetPort, localPort: this.#localPort });
      if (transport === "udp") this.#localPort = localPort;
    } catch (error) {
      this.#reconnectLater();
      throw new PhoneFailed("line", error);
    }
  }

  /** For every key at once, as a booting phone does; all are tried, and the first failure is told. */
  async #each(act: (watch: LampWatch) => Promise<void>): Promise<void> {
    const outcomes = await Promise.allSettled([...this.#watched.values()].map(({ watch }) => act(watch)));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw new PhoneFailed("subscribe", failed.reason);
  }

  #reconnectLater(): void {
    this.#stopReconnect?.();
    if (this.#isClosed) return;
    this.#stopReconnect = this.#parts.clock.after(RECONNECT_MS, () => {
      // A failure has set the timer of the next try already.
      this.#reconnect().catch((error: unknown) => {
        this.#parts.log.info("not connected yet", { error: error instanceof Error ? error.message : String(error) });
      });
    });
  }

  async #reconnect(): Promise<void> {
    await this.#openLine();
    await this.register();
    await this.#each((watch) => watch.refresh());
  }

  #createWatch(address: string): LampWatch {
    const { clock, random, model, settings, onLamp, onViolation } = this.#parts;
    const { registration } = settings;
    return new LampWatch({
      agent: this.#agent,
      clock,
      random,
      address,
      from: { uri: accountUri(registration.user, registration.server), contactUser: escapeUser(registration.user) },
      rules: {
        entity: resourceUri(address, registration.server),
        strictVersion: settings.strictVersion,
        showsHold: settings.displayHoldState && model.knowsHoldLamp,
      },
      usePvalue: settings.usePvalue,
      expiresSeconds: registration.subscribeExpiresSeconds,
      onLamp: () => {
        onLamp(address);
      },
      onViolation,
    });
  }
}
