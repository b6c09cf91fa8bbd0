import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { readFile } from "node:fs/promises";
import Koa, { type Middleware } from "koa";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { StartRefused, type HostPort, type ServerConfig } from "./config.ts";

/** Slow senders are cut off (milliseconds). */
const REQUEST_MAX_MS = 30_000;
const HEADERS_MAX_MS = 10_000;
const HEADERS_MAX_BYTES = 16 * 1024;
/** How often they are looked for: Node's own 30 s would give them 40. */
const CHECK_EVERY_MS = 2000;
const OPTIONS = {
  requestTimeout: REQUEST_MAX_MS,
  headersTimeout: HEADERS_MAX_MS,
  maxHeaderSize: HEADERS_MAX_BYTES,
  connectionsCheckingInterval: CHECK_EVERY_MS,
};

export interface HttpServer {
  /** The bound port of --http. */
  readonly port: number;
  readonly stop: Stop;
}

/** One Koa application on --http and, when asked for, on --https. */
export async function startHttp(config: ServerConfig, middlewares: readonly Middleware[], log: Log): Promise<HttpServer> {
  const app = new Koa();
  app.on("error", (error: unknown) => {
    // A client that went away in the middle, mostly.
    log.debug("HTTP", { error: String(error) });
  });
  for (const middleware of middlewares) app.use(middleware);
  const callback = app.callback();
  const listener: RequestListener = (request, response) => {
    // Koa answers errors itself and reports them as above.
    void callback(request, response);
  };
  const servers: Server[] = [];
  const stop: Stop = async () => {
    await Promise.all(servers.map((server) => close(server)));
  };
  try {
    servers.push(await listen(createServer(OPTIONS, listener), config.http, "--http"));
    if (config.https !== undefined) servers.push(await listen(await secure(config.https, listener), config.https, "--https"));
  } catch (error) {
    // The one that listens already would keep the process alive.
    await stop();
    throw error;
  }
  const address = servers[0]?.address();
  return { port: typeof address === "object" && address !== null ? address.port : config.http.port, stop };
}

async function secure(https: NonNullable<ServerConfig["https"]>, listener: RequestListener): Promise<Server> {
  try {
    const [cert, key] = await Promise.all([readFile(https.certFile), readFile(https.keyFile)]);
    return createSecureServer({ ...OPTIONS, cert, key }, listener);
  } catch (error) {
    throw new StartRefused(`--tls-cert and --tls-key: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function listen(server: Server, { host, port }: HostPort, flag: string): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const hint =
        error.code === "EADDRINUSE" ? "the port is in use: stop the other program, or give another port" : error.message;
      reject(new StartRefused(`${flag} ${host}:${port}: ${hint}`));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
  return server;
}

/** Event streams never end by themselves, so connections are closed. */
async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
