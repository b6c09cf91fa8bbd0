import assert from "node:assert/strict";
import { quietLog } from "#base/log";
import { TimerWheel } from "#base/timer-wheel";
import { Authenticator } from "#sip/auth/authenticator";
import type { Binding } from "#sip/registrar/binding";
import { Registrar } from "#sip/registrar/registrar";
import { DEFAULT_REGISTRAR_LIMITS } from "#sip/registrar/registrar-rules";
import { optionsHandler } from "#sip/transaction/dispatch";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import { FakeClock, settle } from "#test/support/fake-clock";
import { RecordedFlow } from "#test/support/recorded-flow";
import { SeededRandom } from "#test/support/seeded-random";
import { headerIn, statusOf } from "#test/support/wire";
import { recordOf } from "#test/unit/sip/auth/asking";

const TICK_MS = 50;
const TRUSTED_HOST = "192.0.2.1";

/** What is ours and who is asking. */
export interface Torture {
  /** Hosts that are ours; default: all. */
  readonly ours?: readonly string[];
  /** Is the sender challenged? Default: no. */
  readonly isStranger?: boolean;
}

/** The real transactions, dispatcher, authenticator and registrar: OPTIONS and REGISTER are served, calls are not. */
export class ServerUnderTorture {
  readonly flow: RecordedFlow;
  readonly bindings = new Map<string, readonly Binding[]>();
  readonly layer: TransactionLayer;
  readonly #clock = new FakeClock();
  readonly #wheel: TimerWheel;

  constructor({ ours, isStranger = false }: Torture = {}) {
    const [clock, random] = [this.#clock, new SeededRandom()];
    const isOurHost = (host: string): boolean => ours?.includes(host) ?? true;
    this.flow = new RecordedFlow("udp", isStranger ? "192.0.2.253" : TRUSTED_HOST);
    this.#wheel = new TimerWheel(clock, TICK_MS);
    this.layer = new TransactionLayer({ wheel: this.#wheel, random, log: quietLog, isOurHost });
    const authenticator = new Authenticator({
      realm: () => "torture",
      nonceKey: "key",
      credential: () => undefined,
      trusted: (flow) => flow.remoteHost === TRUSTED_HOST,
      clock,
      random,
      log: quietLog,
    });
    this.layer.handle(optionsHandler(() => this.layer.methods, ["dialog"]));
    this.layer.handle(
      new Registrar({
        node: "node-1",
        authenticate: (transaction) => authenticator.authenticate(transaction),
        isOurHost,
        isAccount: () => true,
        flows: { record: recordOf },
        store: {
          read: (aor) => Promise.resolve(this.bindings.get(aor) ?? []),
          change: (aor, reduce) => {
            this.bindings.set(aor, reduce(this.bindings.get(aor) ?? []));
            return Promise.resolve();
          },
        },
        limits: DEFAULT_REGISTRAR_LIMITS,
        clock,
        random,
        log: quietLog,
      }),
    );
  }

  /** Final status of a message; undefined = not answered. */
  async statusOf(text: string): Promise<number | undefined> {
    this.layer.receive(text, this.flow);
    await settle();
    const finals = this.flow.sent.filter((answer) => statusOf(answer) >= 200);
    assert.ok(finals.length < 2, "answered twice");
    return finals[0] === undefined ? undefined : statusOf(finals[0]);
  }

  /** A header of the last answer. */
  header(name: string): string | undefined {
    return headerIn(this.flow.sent.at(-1) ?? "", name);
  }

  /** Contacts bound to the only AOR there is. */
  get contacts(): readonly string[] {
    return [...this.bindings.values()].flat().map(({ contact }) => contact);
  }

  end(): void {
    this.layer.close();
  }
}
