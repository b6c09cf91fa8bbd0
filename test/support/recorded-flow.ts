import type { Flow, TransportName } from "#sip/transport/flow";

/** A flow that remembers what was sent on it. */
export class RecordedFlow implements Flow {
  readonly transport: TransportName;
  readonly reliable: boolean;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly sentBy = "192.0.2.1:5060";
  readonly key: string;
  readonly sent: string[] = [];
  /** Set it and nothing leaves any more. */
  closed = false;

  constructor(transport: TransportName = "udp", remoteHost = "192.0.2.21", remotePort = 5060) {
    this.transport = transport;
    this.reliable = transport !== "udp";
    this.remoteHost = remoteHost;
    this.remotePort = remotePort;
    this.key = `${transport}:test ${remoteHost}:${remotePort}`;
  }

  send(message: string): boolean {
    if (!this.closed) this.sent.push(message);
    return !this.closed;
  }

  /** Start lines of what was sent. */
  get startLines(): string[] {
    return this.sent.map((message) => message.slice(0, message.indexOf("\r\n")));
  }
}
