import type { Socket } from "node:net";
import { createServer } from "node:tls";
import { OperationalError } from "#base/operational-error";
import { Connections, PROBE_AFTER_MS } from "./connections.ts";
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
  const stopServer = stopOf(server, async () => {
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
    stop: async () => {
      await unfollow();
      await stopServer();
    },
  };
}

/** The certificates that a listener inside TLS cannot do without. */
export function identityOf({ tls }: ListenerParts): TlsIdentity {
  if (tls === undefined) throw new OperationalError("no-certificate", "there is no certificate for TLS");
  return tls;
}
