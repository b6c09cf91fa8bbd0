import { createSocket } from "node:dgram";
import { createServer } from "node:net";

const ATTEMPTS_MAX = 50;
const PORT_MAX = 65_535;
/** So far above a Redis server's port is the one at which it speaks with the others of its cluster. */
const CLUSTER_BUS = 10_000;

/** A port of 127.0.0.1 that is free for UDP and TCP right now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const port = await tcpPort(0);
    if (port !== undefined && (await isFreeForUdp(port))) return port;
  }
  throw new Error("no free port was found");
}

/** A port for a server of a Redis Cluster: the one for its cluster is free too. */
export async function freeClusterPort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const port = await freePort();
    if (port + CLUSTER_BUS <= PORT_MAX && (await tcpPort(port + CLUSTER_BUS)) !== undefined) return port;
  }
  throw new Error("no free port for a cluster was found");
}

/** The port itself where it is free, or any for 0; undefined: somebody has it. */
function tcpPort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no address"));
      });
    });
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      resolve(false);
    });
    socket.bind(port, "127.0.0.1", () => {
      socket.close(() => {
        resolve(true);
      });
    });
  });
}
