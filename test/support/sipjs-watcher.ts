import { Registerer, Subscriber, UserAgent, UserAgentState, type Notification } from "sip.js";
import { WebSocket } from "ws";
import { Bell } from "./bell.ts";

// Made for browsers, which have it.
Object.assign(globalThis, { WebSocket });

/** How long anything may take. */
const PATIENCE_MS = 5000;

/** What one NOTIFY said. */
export interface Told {
  readonly state: string;
  readonly body: string;
  readonly cseq: number;
  readonly callId: string;
}

export interface SipJsParts {
  /** "ws://127.0.0.1:8080/sip" */
  readonly server: string;
  readonly user: string;
  readonly password: string;
  /** A UUID. */
  readonly instance: string;
}

/** sip.js, which nobody here wrote, as a watcher over WebSocket. */
export class SipJsWatcher {
  readonly #agent: UserAgent;
  readonly #registerer: Registerer;
  readonly #told: Told[] = [];
  #subscriber: Subscriber | undefined;
  readonly #bell = new Bell();

  constructor({ server, user, password, instance }: SipJsParts) {
    const uri = UserAgent.makeURI(`sip:${user}@127.0.0.1`);
    if (uri === undefined) throw new Error("no URI");
    this.#agent = new UserAgent({
      uri,
      authorizationUsername: user,
      authorizationPassword: password,
      transportOptions: { server, keepAliveInterval: 0 },
      logBuiltinEnabled: false,
    });
    this.#registerer = new Registerer(this.#agent, { expires: 600, instanceId: instance, regId: 1 });
  }

  /** Connects and registers. */
  async register(): Promise<void> {
    if (this.#agent.state === UserAgentState.Started) await this.#agent.reconnect();
    else await this.#agent.start();
    let isAccepted = false;
    const onAccept = (): void => {
      isAccepted = true;
      this.#bell.ring();
    };
    await this.#registerer.register({ requestDelegate: { onAccept } });
    const isRegistered = await this.#bell.until(() => isAccepted || undefined, PATIENCE_MS);
    if (isRegistered === undefined) throw new Error("not registered in time");
  }

  /** Subscribes, or refreshes. */
  async watch(target: string): Promise<void> {
    const uri = UserAgent.makeURI(target);
    if (uri === undefined) throw new Error("no URI");
    this.#subscriber ??= new Subscriber(this.#agent, uri, "dialog", { expires: 600 });
    this.#subscriber.delegate = {
      onNotify: (notification) => {
        this.#hear(notification);
      },
    };
    await this.#subscriber.subscribe();
  }

  async unwatch(): Promise<void> {
    await this.#subscriber?.unsubscribe();
  }

  /** The next NOTIFY. */
  async next(): Promise<Told> {
    const told = await this.#bell.until(() => this.#told.shift(), PATIENCE_MS);
    return told ?? Promise.reject(new Error("no NOTIFY in time"));
  }

  /** Loses the connection and keeps everything else. */
  async disconnect(): Promise<void> {
    await this.#agent.transport.disconnect();
  }

  async stop(): Promise<void> {
    await this.#agent.stop();
  }

  #hear(notification: Notification): void {
    const { request } = notification;
    void notification.accept();
    const { body, callId, cseq } = request;
    this.#told.push({ state: request.getHeader("Subscription-State") ?? "", body, callId, cseq });
    this.#bell.ring();
  }
}
