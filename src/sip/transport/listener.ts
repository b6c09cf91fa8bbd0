import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Stop } from "#base/lifecycle";
import type { Flow, FlowClosedListener, FlowRecord, MessageListener, TransportName } from "./flow.ts";
import type { LocalAddresses } from "./local-addresses.ts";

/** An open listener of one transport. */
export interface Listener {
  /** As given to --sip. */
  readonly name: string;
  readonly transport: TransportName;
  /** The bound port. */
  readonly port: number;
  find(record: FlowRecord): Flow | undefined;
  readonly stop: Stop;
}

export interface ListenerParts {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly addresses: LocalAddresses;
  readonly onMessage: MessageListener;
  readonly onClosed: FlowClosedListener;
}
