import { isIP, type Socket } from "node:net";
import { connect, createServer, type ConnectionOptions } from "node:tls";
import { OperationalError } from "#base/operational-error";
import { Connections, PROBE_AFTER_MS } from "./connections.ts";
import { Dialler, type Peer } from "./dialler.ts";
import type { Listener, ListenerParts, TlsIdentity } from "./listener.ts";
import { bindServer, stopOf } from "./server-socket.ts";
import { StreamFlow } from "./stream-flow.ts";

/** Slow and half handshakes are cut off after this. */
export const HANDSHAKE_MAX_MS = 10_000;

/** Opens a TLS listener: TCP's framing and limits inside TLS (RFC 3261 §26.3.1). */
export async function openTls(parts: ListenerParts): Promise<Listener> {
  const identity = identityOf(parts);
  const connections = new Connections(parts);
  const sockets = new Set<Socket>();
  const server = createServer({
    ...identity.serverOptions(),
    handshakeTimeout: HANDSHAKE_MAX_MS,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
  });
  // Before the handshake, which costs us more than the peer.
  server.prependListener("connection", (socket: Socket) => {
    if (!connections.admit(socket)) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("secureConnection", (socket) => {
    connections.open(socket, (ends) => new StreamFlow("tls", socket, parts, ends));
  });
  server.on("tlsClientError", (error, socket) => {
    parts.counts.refused += 1;
    parts.log.debug("no TLS handshake", { listener: parts.name, error: error.message });
    socket.destroy();
  });
  const port = await bindServer(server, parts);
  const unfollow = identity.follow(server);
  const dialler = new Dialler({
    ...{ listener: parts, connections, port, readyEvent: "secureConnect" },
    dial: (peer, localAddress) =>
      connect({ ...dialOptions(peer, identity), ...(localAddress === undefined ? {} : { localAddress }) }),
    make: (socket, ends) => new StreamFlow("tls", socket, parts, ends),
  });
  const stopServer = stopOf(server, async () => {
    dialler.stop();
    await connections.stop();
    // Those that are not through with their handshake are no flows yet.
    for (const socket of sockets) socket.destroy();
  });
  return {
    name: parts.name,
    transport: "tls",
    port,
    get connections() {
      return connections.size;
    },
    find: (record) => connections.find(record.key),
    connect: (peer) => dialler.connect(peer),
    stop: async () => {
      await unfollow();
      await stopServer();
    },
  };
}

/** The peer must show a certificate for the name that we look for (RFC 5922 §7.1), and is shown ours when it asks. */
function dialOptions({ host, port, tlsName }: Peer, identity: TlsIdentity): ConnectionOptions {
  const { key, cert, minVersion } = identity.serverOptions();
  const own = { ...(key === undefined ? {} : { key }), ...(cert === undefined ? {} : { cert }) };
  const isNamed = tlsName !== undefined && isIP(tlsName) === 0;
  return {
    ...own,
    ...(minVersion === undefined ? {} : { minVersion }),
    ...identity.clientOptions?.(),
    ...{ host, port, rejectUnauthorized: true },
    ...(isNamed ? { servername: tlsName } : {}),
  };
}

/** The certificates that a listener inside TLS cannot do without. */
export function identityOf({ tls }: ListenerParts): TlsIdentity {
  if (tls === undefined) throw new OperationalError("no-certificate", "there is no certificate for TLS");
  return tls;
}
