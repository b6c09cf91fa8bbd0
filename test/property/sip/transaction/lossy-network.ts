import { quietLog } from "#base/log";
import { TimerWheel } from "#base/timer-wheel";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { Flow } from "#sip/transport/flow";
import { FakeClock } from "#test/support/fake-clock";
import { SeededRandom } from "#test/support/seeded-random";

export interface Weather {
  readonly seed: number;
  /** Datagrams lost, and datagrams that come twice, of a hundred. */
  readonly lossPercent: number;
  readonly doublePercent: number;
  readonly delayMaxMs: number;
}

/** Divides T1, and is coarse: thousands of networks live for minutes. */
const TICK_MS = 250;

/**
 * Two real layers on one clock; what one sends the other hears, late, twice or never.
 *
 *     client ──────▶ weather ──────▶ server
 *        ▲                             │
 *        └────────── weather ◀─────────┘
 */
export class LossyNetwork {
  readonly clock = new FakeClock();
  readonly client: TransactionLayer;
  readonly server: TransactionLayer;
  /** From the client to the server. */
  readonly flow: Flow;
  readonly #wheels: readonly TimerWheel[];
  readonly #random: SeededRandom;
  readonly #weather: Weather;

  constructor(weather: Weather) {
    this.#weather = weather;
    this.#random = new SeededRandom(weather.seed);
    const wheels = [new TimerWheel(this.clock, TICK_MS), new TimerWheel(this.clock, TICK_MS)] as const;
    this.#wheels = wheels;
    this.client = new TransactionLayer({ wheel: wheels[0], random: this.#random, log: quietLog });
    this.server = new TransactionLayer({ wheel: wheels[1], random: this.#random, log: quietLog });
    const back = flowTo(5060, (message) => {
      this.#carry(message, (text) => {
        this.client.receive(text, this.flow);
      });
    });
    this.flow = flowTo(5070, (message) => {
      this.#carry(message, (text) => {
        this.server.receive(text, back);
      });
    });
  }

  get timers(): number {
    return this.#wheels.reduce((sum, wheel) => sum + wheel.size, 0) + this.clock.pending;
  }

  #carry(message: string, deliver: (text: string) => void): void {
    const { lossPercent, doublePercent, delayMaxMs } = this.#weather;
    if (this.#random.below(100) < lossPercent) return;
    const copies = this.#random.below(100) < doublePercent ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      this.clock.after(this.#random.below(delayMaxMs + 1), () => {
        deliver(message);
      });
    }
  }
}

function flowTo(port: number, send: (message: string) => void): Flow {
  return {
    transport: "udp",
    reliable: false,
    remoteHost: "192.0.2.21",
    remotePort: port,
    sentBy: "192.0.2.1:5060",
    key: `udp:test 192.0.2.21:${port}`,
    closed: false,
    send: (message) => {
      send(message);
      return true;
    },
  };
}
