import type { Server } from "node:http";
import { Server as SecureServer } from "node:https";
import type { Socket } from "node:net";
import type { Clock, StopTimer } from "#base/clock";
import { SourceCounts, type CountLimits } from "#sip/transport/source-counts";

/** Connections of HTTP. An office that restarts fetches through one address. */
export interface HttpLimits extends CountLimits {
  /** One on which nothing moves, or whose peer takes nothing of what waits for it, is closed after this. */
  readonly idleMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = { perSource: 500, total: 20_000, idleMs: 120_000 };

/** Holds a server to its limits, which may move, until it is closed. */
export function limitConnections(server: Server | SecureServer, limits: HttpLimits, clock: Clock): void {
  limitCount(server, limits);
  closeStuck(server, limits, clock);
}

/** What is too much is closed before it is read or costs a handshake. */
function limitCount(server: Server | SecureServer, limits: HttpLimits): void {
  const counts = new SourceCounts(limits);
  // Before the server's own listener, which takes the time from here. A WebSocket sets it aside.
  server.prependListener("connection", (socket: Socket) => {
    server.timeout = limits.idleMs;
    if (!counts.admit(socket, socket.remoteAddress ?? "", false)) socket.destroy();
  });
}

/** Who says a byte now and then is not idle, and may still take nothing of its answers: they would wait here for ever. */
function closeStuck(server: Server | SecureServer, limits: HttpLimits, clock: Clock): void {
  /** How much each had taken at the last look. */
  const taken = new Map<Socket, number>();
  let stopTimer: StopTimer;
  const look = (): void => {
    for (const [socket, before] of taken) {
      const now = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength > 0 && now === before) socket.destroy();
      else taken.set(socket, now);
    }
    stopTimer = clock.after(limits.idleMs / 2, look);
  };
  stopTimer = clock.after(limits.idleMs / 2, look);
  server.once("close", () => {
    stopTimer();
  });
  server.on(server instanceof SecureServer ? "secureConnection" : "connection", (socket: Socket) => {
    taken.set(socket, 0);
    socket.once("close", () => taken.delete(socket));
  });
}
