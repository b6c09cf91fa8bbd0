import type { ConnectionOptions, Server as TlsServer, TlsOptions } from "node:tls";
import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Stop } from "#base/lifecycle";
import type { ConnectionLimits } from "./connections.ts";
import type { Flow, FlowClosedListener, FlowRecord, MessageListener, TransportName } from "./flow.ts";
import type { Peer } from "./dialler.ts";
import type { LocalAddresses } from "./local-addresses.ts";

/** An open listener of one transport. */
export interface Listener {
  /** As given to --sip. */
  readonly name: string;
  readonly transport: TransportName;
  /** The bound port. */
  readonly port: number;
  /** Live connections; always 0 for UDP. */
  readonly connections: number;
  find(record: FlowRecord): Flow | undefined;
  /** A flow to a peer that we speak to first; rejects with Unreachable. Absent: peers come to this transport by themselves. */
  connect?(peer: Peer): Promise<Flow>;
  /** Harmless when it has been called before. */
  readonly stop: Stop;
}

/** Figures of one transport since the start. */
export interface TransportCounts {
  received: number;
  sent: number;
  /** Connections that were not taken: too many, not allowed, or no handshake. */
  refused: number;
}

/** The certificates of this node, as its TLS listeners need them. */
export interface TlsIdentity {
  /** To make a server with: protocol versions, the certificate for peers that name no host, and the choice among several by SNI. */
  serverOptions(): TlsOptions;
  /** Gives a running server each new certificate. */
  follow(server: Pick<TlsServer, "setSecureContext">): Stop;
  /** Whom we believe, where that is not what the runtime believes. */
  clientOptions?(): Pick<ConnectionOptions, "ca">;
}

export interface ListenerParts {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly addresses: LocalAddresses;
  readonly counts: TransportCounts;
  readonly tls: TlsIdentity | undefined;
  readonly limits: ConnectionLimits;
  /** Sources that may have as many connections as they like. */
  readonly isExempt: (host: string) => boolean;
  readonly onMessage: MessageListener;
  readonly onClosed: FlowClosedListener;
}
