import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { systemRandom } from "#base/system-random";
import { Bell } from "./bell.ts";
import type { LampName } from "#sim/lamps/lamp";
import { LampWatch } from "#sim/sip/lamp-watch";
import { RegistrationUsage } from "#sim/sip/registration-usage";
import { accountUri } from "#sim/sip/sip-address";
import { acceptedOf, replyInWords, SipAgent } from "#sim/sip/sip-agent";
import type { WatchView } from "#sim/sip/watch-dialog";
import type { ServerTransaction } from "#sip/transaction/user";

export interface WatchingPhoneParts {
  readonly user: string;
  readonly password: string;
  /** Where its requests go: the server, or what stands in front of it. */
  readonly port: number;
  readonly host?: string;
  readonly transport?: "udp" | "tcp";
  readonly userAgent?: string;
}

const SUBSCRIBE_SECONDS = 600;
const SERVER = "127.0.0.1";

/** A phone without provisioning: the real line, transactions, digest and lamps of the simulated phones, aimed at any port. */
export class WatchingPhone {
  readonly violations: string[] = [];
  /** Does it answer NOTIFYs, and after what time? */
  answers: { readonly afterMs: number } | undefined = { afterMs: 0 };
  readonly #agent: SipAgent;
  readonly #parts: WatchingPhoneParts;
  readonly #registration: RegistrationUsage;
  readonly #watches = new Map<string, LampWatch>();
  readonly #bell = new Bell();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Why the newest REGISTER was not granted. */
  #refusal: string | undefined;

  private constructor(parts: WatchingPhoneParts) {
    this.#parts = parts;
    const { user, password } = parts;
    const world = { clock: systemClock, random: systemRandom, log: quietLog };
    const onLost = (): void => undefined;
    this.#agent = new SipAgent(
      { ...world, userAgent: parts.userAgent ?? "PolycomVVX-VVX_400-UA/5.9", credentials: { user, password }, onLost },
      [
        {
          method: "NOTIFY",
          handle: (transaction) => {
            this.#notified(transaction);
          },
        },
      ],
    );
    this.#registration = new RegistrationUsage({
      ...world,
      agent: this.#agent,
      registration: {
        user,
        authUser: user,
        password,
        label: user,
        displayName: "",
        server: SERVER,
        targetHost: parts.host ?? SERVER,
        targetPort: parts.port,
        transport: parts.transport ?? "udp",
        expiresSeconds: SUBSCRIBE_SECONDS,
        subscribeExpiresSeconds: SUBSCRIBE_SECONDS,
      },
      onReply: (reply) => {
        this.#refusal = acceptedOf(reply) === undefined ? replyInWords(reply) : undefined;
      },
    });
  }

  static async open(parts: WatchingPhoneParts): Promise<WatchingPhone> {
    const phone = new WatchingPhone(parts);
    const { host = SERVER, port, transport = "udp" } = parts;
    await phone.#agent.open({ transport, host, port, localPort: 0 });
    return phone;
  }

  async register(): Promise<void> {
    await this.#registration.register();
    if (this.#refusal !== undefined) throw new Error(`not registered: ${this.#refusal}`);
  }

  /** Watches an extension; resolves with the first NOTIFY. */
  async watch(address: string): Promise<void> {
    const watch = new LampWatch({
      agent: this.#agent,
      clock: systemClock,
      random: systemRandom,
      address,
      from: { uri: accountUri(this.#parts.user, SERVER), contactUser: this.#parts.user },
      rules: { entity: accountUri(address, SERVER), strictVersion: true, showsHold: true },
      usePvalue: false,
      expiresSeconds: SUBSCRIBE_SECONDS,
      onLamp: () => {
        this.#bell.ring();
      },
      onViolation: (text) => {
        this.violations.push(text);
      },
    });
    this.#watches.set(address, watch);
    await watch.subscribe();
  }

  refresh(address: string): Promise<void> {
    return this.#watch(address).refresh();
  }

  unwatch(address: string): Promise<void> {
    return this.#watch(address).unsubscribe();
  }

  lamp(address: string): LampName {
    return this.#watch(address).lamp;
  }

  view(address: string): WatchView {
    return this.#watch(address).view;
  }

  /** Resolves when the lamp shows this; rejects after the time with what it shows. */
  async shows(address: string, wanted: LampName, timeoutMs = 5000): Promise<void> {
    const isShown = await this.#bell.until(() => (this.lamp(address) === wanted ? true : undefined), timeoutMs);
    if (isShown === undefined)
      throw new Error(`the lamp of ${address} is ${this.lamp(address)} and not ${wanted} after ${timeoutMs} ms`);
  }

  /** Goes dark. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#registration.stop();
    for (const watch of this.#watches.values()) watch.stop();
    await this.#agent.close();
  }

  #watch(address: string): LampWatch {
    const watch = this.#watches.get(address);
    if (watch === undefined) throw new Error(`nobody watches ${address}`);
    return watch;
  }

  #notified(transaction: ServerTransaction): void {
    const { request } = transaction;
    const owner = [...this.#watches.values()].find((watch) => watch.owns(request));
    const answer = owner === undefined ? { status: 481 } : owner.receive(request);
    if (this.answers === undefined) return;
    if (this.answers.afterMs === 0) {
      transaction.respond(answer);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      transaction.respond(answer);
    }, this.answers.afterMs);
    this.#timers.add(timer);
  }
}
