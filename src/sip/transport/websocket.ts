import { createServer, ServerResponse, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createSecureServer, type Server as HttpsServer } from "node:https";
import { WebSocketServer } from "ws";
import { Connections } from "./connections.ts";
import type { Listener, ListenerParts } from "./listener.ts";
import { bindServer, stopOf } from "./server-socket.ts";
import { BODY_MAX_BYTES, HEADERS_MAX_BYTES } from "./stream-framing.ts";
import { HANDSHAKE_MAX_MS, identityOf } from "./tls.ts";
import { handshakeProblem, PATH, SUBPROTOCOL, wantsWebSocket } from "./websocket-handshake.ts";
import { WebSocketFlow, type WebSocketName } from "./websocket-flow.ts";

/** A message may come in pieces; nobody needs more of them. */
const FRAGMENTS_MAX = 64;
/** Whoever connects and does not ask for a WebSocket is cut off after this. */
const HTTP_MAX_MS = 10_000;
const HTTP_OPTIONS = { headersTimeout: HTTP_MAX_MS, requestTimeout: HTTP_MAX_MS, connectionsCheckingInterval: 2000 };

type WebServer = HttpServer | HttpsServer;

/** Speaks SIP over WebSockets (RFC 7118) on a server of HTTP that others use too. Stopping leaves the server alone. */
export function attachWebSocket(server: WebServer, transport: WebSocketName, parts: ListenerParts): Listener {
  const connections = new Connections(parts);
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // SIP is short, and inflating is what an attacker wants us to do.
    perMessageDeflate: false,
    maxPayload: HEADERS_MAX_BYTES + BODY_MAX_BYTES,
    maxFragments: FRAGMENTS_MAX,
    handleProtocols: () => SUBPROTOCOL,
  });
  const upgrade = (request: IncomingMessage, _stream: unknown, head: Buffer): void => {
    const { socket } = request;
    // Between here and the end of the handshake nobody else listens.
    socket.on("error", () => {
      socket.destroy();
    });
    if (!wantsWebSocket(request) && isWithoutBody(request)) {
      serve(server, request);
      return;
    }
    const problem = handshakeProblem(request) ?? (connections.admit(socket) ? undefined : "503 Service Unavailable");
    if (problem !== undefined) {
      refuse(request, problem, parts);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      connections.open(socket, (ends) => new WebSocketFlow({ transport, webSocket, parts, ends }));
    });
  };
  server.on("upgrade", upgrade);
  const address = server.address();
  let stopped: Promise<void> | undefined;
  return {
    name: parts.name,
    transport,
    port: typeof address === "object" && address !== null ? address.port : parts.port,
    get connections() {
      return connections.size;
    },
    find: (record) => connections.find(record.key),
    stop: () => {
      server.off("upgrade", upgrade);
      return (stopped ??= connections.stop());
    },
  };
}

/** Opens a WebSocket listener on a port of its own. */
export async function openWs(parts: ListenerParts): Promise<Listener> {
  return openOwn(createServer(HTTP_OPTIONS), "ws", parts);
}

/** The same inside TLS. */
export async function openWss(parts: ListenerParts): Promise<Listener> {
  const identity = identityOf(parts);
  const server = createSecureServer({ ...identity.serverOptions(), ...HTTP_OPTIONS, handshakeTimeout: HANDSHAKE_MAX_MS });
  const unfollow = identity.follow(server);
  try {
    return await openOwn(server, "wss", parts, unfollow);
  } catch (error) {
    await unfollow();
    throw error;
  }
}

async function openOwn(
  server: WebServer,
  transport: WebSocketName,
  parts: ListenerParts,
  unfollow = async (): Promise<void> => Promise.resolve(),
): Promise<Listener> {
  server.on("request", (_request: IncomingMessage, response: ServerResponse) => {
    // There is nothing else here (RFC 9110 §15.5.22).
    response.writeHead(426, { Upgrade: "websocket", Connection: "close" }).end(`SIP over WebSocket is at ${PATH}\n`);
  });
  await bindServer(server, parts);
  const attached = attachWebSocket(server, transport, parts);
  const stopServer = stopOf(server, () => {
    server.closeAllConnections();
  });
  return {
    ...attached,
    get connections() {
      return attached.connections;
    },
    stop: async () => {
      await attached.stop();
      await unfollow();
      await stopServer();
    },
  };
}

/** Says no and closes, whether or not the peer closes too. */
function refuse({ socket }: IncomingMessage, problem: string, { counts, log, name }: ListenerParts): void {
  counts.refused += 1;
  log.debug("no WebSocket", { listener: name, reason: problem });
  socket.once("finish", () => {
    socket.destroy();
  });
  socket.end(`HTTP/1.1 ${problem}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Where somebody listens for upgrades, every request that offers one arrives as one, and its body is not read any more. */
function isWithoutBody({ method, headers }: IncomingMessage): boolean {
  return (method === "GET" || method === "HEAD") && headers["transfer-encoding"] === undefined;
}

/** Answers a request whose offer to upgrade is ignored as if it had made none; the connection ends with it. */
function serve(server: WebServer, request: IncomingMessage): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(request.socket);
  response.once("finish", () => {
    request.socket.destroySoon();
  });
  server.emit("request", request, response);
}
