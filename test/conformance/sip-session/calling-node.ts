import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { systemRandom } from "#base/system-random";
import { TimerWheel } from "#base/timer-wheel";
import { SESSION_OPTIONS } from "#sip/session/limits";
import type { IncomingSession, Session, SessionUser } from "#sip/session/session";
import { SessionLayer } from "#sip/session/session-layer";
import { optionsHandler } from "#sip/transaction/dispatch";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { Flow } from "#sip/transport/flow";
import { Transports } from "#sip/transport/transports";
import { HearingUser } from "#test/unit/sip/session/session-bench";

/** Sessions on real sockets and real time. */
export class CallingNode {
  readonly sessions: SessionLayer;
  readonly transactions: TransactionLayer;
  readonly taken: { readonly session: IncomingSession; readonly user: HearingUser }[] = [];
  readonly errors: string[] = [];
  /** What becomes of a new call. */
  answer: (session: IncomingSession, user: HearingUser) => void = () => undefined;
  readonly #wheel = new TimerWheel(systemClock, 25);
  readonly #transports: Transports;

  constructor() {
    const log = {
      ...quietLog,
      error: (message: string, fields?: object) => this.errors.push(`${message} ${JSON.stringify(fields)}`),
    };
    this.transactions = new TransactionLayer({
      wheel: this.#wheel,
      random: systemRandom,
      log,
      supported: SESSION_OPTIONS,
      onAck: (ack) => {
        this.sessions.onAck(ack);
      },
    });
    this.sessions = new SessionLayer({
      wheel: this.#wheel,
      random: systemRandom,
      log,
      clients: this.transactions.clients,
      options: optionsHandler(() => this.transactions.methods, [], SESSION_OPTIONS),
      taker: { take: (_transaction, makeSession) => this.#take(makeSession()) },
    });
    for (const handler of this.sessions.handlers) this.transactions.handle(handler);
    this.#transports = new Transports({
      clock: systemClock,
      log,
      onMessage: (message, flow) => {
        this.transactions.receive(message, flow);
      },
      onClosed: (flow) => {
        this.transactions.flowClosed(flow);
        this.sessions.flowClosed(flow);
      },
    });
  }

  /** Opens UDP and TCP; gives the port of each. */
  async open(): Promise<{ readonly udp: number; readonly tcp: number }> {
    const udp = await this.#transports.open("udp:127.0.0.1:0");
    const tcp = await this.#transports.open("tcp:127.0.0.1:0");
    return { udp: udp.port, tcp: tcp.port };
  }

  /** The way to a UDP peer. */
  towards(port: number): Flow {
    const listener = this.#transports.listeners.find(({ transport }) => transport === "udp");
    const flow = this.#transports.find({ transport: "udp", listener: listener?.name ?? "", host: "127.0.0.1", port, key: "" });
    if (flow === undefined) throw new Error("no flow");
    return flow;
  }

  call(
    port: number,
    sdp: string,
    user: SessionUser,
    credentials?: { readonly user: string; readonly password: string },
  ): Session {
    return this.sessions.invite(
      {
        flow: this.towards(port),
        uri: `sip:service@127.0.0.1:${port}`,
        from: { uri: "sip:100@127.0.0.1", name: "Front" },
        to: { uri: `sip:service@127.0.0.1:${port}` },
        sdp,
        ...(credentials === undefined ? {} : { credentials }),
      },
      user,
    );
  }

  async stop(): Promise<void> {
    this.sessions.close();
    await this.#transports.stop();
    this.transactions.close();
    this.#wheel.close();
  }

  #take(session: IncomingSession): SessionUser {
    const user = new HearingUser();
    this.taken.push({ session, user });
    this.answer(session, user);
    return user;
  }
}
