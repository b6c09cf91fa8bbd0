/** Transports by the name used in flags, flows and URIs. */
export type TransportName = "udp" | "tcp" | "tls" | "ws" | "wss";

/**
 * A way to one peer: for UDP the pair (our socket, its address), for streams one connection (RFC 5626 §3.2).
 * Requests and answers to a peer leave on the flow it was heard on (S-10, S-11, S-13).
 */
export interface Flow {
  readonly transport: TransportName;
  /** Streams deliver by themselves: no retransmission (RFC 3261 §17). */
  readonly reliable: boolean;
  /** Source address of the peer, without brackets. */
  readonly remoteHost: string;
  readonly remotePort: number;
  /** What we write as sent-by in Via and as host in Contact towards this peer: "host:port", IPv6 in brackets. */
  readonly sentBy: string;
  /** Names this flow in the store and in maps: listener and peer, and for streams the connection. Equal key = same flow. */
  readonly key: string;
  /** Hands a whole message (binary string) to the socket. False: the flow is gone, nothing was sent. */
  send(message: string): boolean;
  /** Where messages are sent again, they can be kept as bytes: outside of the collected heap, and converted once. */
  readonly packer?: Packer;
  readonly closed: boolean;
}

/** Turns messages into bytes, and sends those as often as needed over its flow. */
export interface Packer {
  pack(message: string): Buffer;
  /** As Flow.send. */
  sendPacked(bytes: Buffer): boolean;
}

/** What is stored of a flow: enough to speak to a UDP phone after a restart, and to recognise a stream. */
export interface FlowRecord {
  readonly transport: TransportName;
  /** The listener, as given to --sip: "udp:0.0.0.0:5060". */
  readonly listener: string;
  readonly host: string;
  readonly port: number;
  /** Equals Flow.key when it was stored. */
  readonly key: string;
}

/** Finds flows again. */
export interface FlowDirectory {
  record(flow: Flow): FlowRecord;
  /** The live flow of a record; for UDP a new one on the same listener, or on any listener of UDP when that one is gone; for streams only a live connection. */
  find(record: FlowRecord): Flow | undefined;
}

/** Where transports deliver. `message` is one whole message as a binary string, still unparsed. */
export type MessageListener = (message: string, flow: Flow) => void;

/** Told once when a stream flow is gone. */
export type FlowClosedListener = (flow: Flow) => void;
