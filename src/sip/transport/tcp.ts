import { connect, createServer } from "node:net";
import { Connections, PROBE_AFTER_MS } from "./connections.ts";
import { Dialler } from "./dialler.ts";
import type { Listener, ListenerParts } from "./listener.ts";
import { bindServer, stopOf } from "./server-socket.ts";
import { StreamFlow } from "./stream-flow.ts";

/** Opens a TCP listener. */
export async function openTcp(parts: ListenerParts): Promise<Listener> {
  const connections = new Connections(parts);
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS });
  server.on("connection", (socket) => {
    if (connections.admit(socket)) connections.open(socket, (ends) => new StreamFlow("tcp", socket, parts, ends));
    else socket.destroy();
  });
  const port = await bindServer(server, parts);
  const dialler = new Dialler({
    ...{ listener: parts, connections, port, readyEvent: "connect" },
    dial: (peer, localAddress) =>
      connect({
        ...{ host: peer.host, port: peer.port, noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS },
        ...(localAddress === undefined ? {} : { localAddress }),
      }),
    make: (socket, ends) => new StreamFlow("tcp", socket, parts, ends),
  });
  return {
    name: parts.name,
    transport: "tcp",
    port,
    get connections() {
      return connections.size;
    },
    find: (record) => connections.find(record.key),
    connect: (peer) => dialler.connect(peer),
    stop: stopOf(server, () => {
      dialler.stop();
      return connections.stop();
    }),
  };
}
