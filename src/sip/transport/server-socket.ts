import type { Server } from "node:net";
import type { Stop } from "#base/lifecycle";
import type { ListenerParts } from "./listener.ts";

/** Binds a server of streams; its later errors are logged. Gives the bound port. */
export async function bindServer(server: Server, parts: ListenerParts): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: parts.host, port: parts.port, exclusive: true }, resolve);
  });
  server.removeAllListeners("error");
  server.on("error", (error) => {
    parts.log.warn("SIP listener", { listener: parts.name, error: error.message });
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : parts.port;
}

/** Closes a server for new connections, ends those it has, and waits until all are gone; a second stop waits for the first. */
export function stopOf(server: Server, endConnections: () => Promise<void> | void): Stop {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    await endConnections();
    await closed;
  };
  return () => (stopped ??= stop());
}
