import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import Koa, { type Middleware } from "koa";
import type { Clock } from "#base/clock";
import { Lifecycle, type Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { TlsIdentity } from "#sip/transport/listener";
import { limitConnections, type HttpLimits } from "./http-limits.ts";
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

/** The servers with their bound ports. */
export interface HttpServer {
  readonly plain: { readonly server: Server; readonly port: number };
  readonly secure?: { readonly server: SecureServer; readonly port: number };
  readonly stop: Stop;
}

export interface HttpParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly tls: TlsIdentity | undefined;
  readonly limits: HttpLimits;
}

/** One Koa application on --http and, when asked for, on --https. */
export async function startHttp(
  config: Pick<ServerConfig, "http" | "https">,
  middlewares: readonly Middleware[],
  { log, clock, tls, limits }: HttpParts,
): Promise<HttpServer> {
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
  const lifecycle = new Lifecycle();
  const stop: Stop = () => lifecycle.stop();
  try {
    const plain = createServer(OPTIONS, listener);
    const port = await listen(plain, config.http, "--http");
    limitConnections(plain, limits, clock);
    lifecycle.add(() => close(plain));
    if (config.https === undefined || tls === undefined) return { plain: { server: plain, port }, stop };
    const secure = createSecureServer({ ...OPTIONS, ...tls.serverOptions() }, listener);
    const securePort = await listen(secure, config.https, "--https");
    limitConnections(secure, limits, clock);
    lifecycle.add(() => close(secure));
    lifecycle.add(tls.follow(secure));
    return { plain: { server: plain, port }, secure: { server: secure, port: securePort }, stop };
  } catch (error) {
    // The one that listens already would keep the process alive.
    await stop();
    throw error;
  }
}

/** Gives the bound port. */
async function listen(server: Server | SecureServer, { host, port }: HostPort, flag: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const hint =
        error.code === "EADDRINUSE" ? "the port is in use: stop the other program, or give another port" : error.message;
      reject(new StartRefused(`${flag} ${host}:${port}: ${hint}`));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

/** Event streams never end by themselves, so connections are closed. */
async function close(server: Server | SecureServer): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
