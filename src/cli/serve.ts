import { statSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { Option, type Command } from "commander";
import { StartRefused, type HostPort, type ServerConfig } from "#app/config";
import { allowIncludeOption, collectOver } from "./repeatable.ts";
import { hostName, hostPort, nodeName, portRange, seconds } from "./flag-values.ts";
import { environmentName, siteOption } from "./site-option.ts";

/** Exit code of bad flags and of a site that cannot be served (design §6). */
const EXIT_REFUSED = 2;

interface ServeOptions {
  readonly site: string;
  readonly data: string;
  readonly store: string;
  readonly http: HostPort;
  readonly https?: HostPort;
  readonly tlsCert: string[];
  readonly tlsKey: string[];
  readonly sip: string[];
  readonly advertise?: string;
  readonly watch: boolean;
  readonly allowInclude: string[];
  readonly lease: number;
  readonly domain?: string;
  readonly rtpPorts: { readonly from: number; readonly to: number };
  readonly music?: string;
  readonly sounds?: string;
  readonly trust: string[];
  readonly node: string;
  readonly log: string;
}

const SIP_DEFAULT = ["udp:0.0.0.0:5060", "tcp:0.0.0.0:5060"];
const NO_FILES: string[] = [];
const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"];

/** `lamplighter serve`: the server, until SIGTERM or SIGINT. */
export function addServeCommand(program: Command): void {
  const command = program.command("serve").description("serve phones: provisioning, registrar, lamps, API and panel");
  for (const option of serveOptions()) command.addOption(option);
  command.action(async (options: ServeOptions) => {
    try {
      // Only here: the other commands start in half the time without the server.
      const { runServer } = await import("#app/run-server");
      await runServer(configOf(options), options.log);
    } catch (error) {
      if (!(error instanceof StartRefused)) throw error;
      process.stderr.write(`lamplighter: ${error.message}\n`);
      process.exitCode = EXIT_REFUSED;
    }
  });
}

function serveOptions(): Option[] {
  return [
    siteOption(),
    new Option("--data <dir>", "where everything written goes").default("./data"),
    new Option("--store <url>", "embedded, redis://…, rediss://…, redis+sentinel://… or redis+cluster://…").default("embedded"),
    new Option("--http <host:port>", "provisioning, API, panel, SIP over WebSocket and metrics")
      .default({ host: "0.0.0.0", port: 8080 }, "0.0.0.0:8080")
      .argParser(hostPort),
    new Option("--https <host:port>", "the same over TLS").argParser(hostPort),
    new Option("--tls-cert <file>", "certificate chain (PEM) for --https and --sip tls; repeatable, chosen by host name")
      .default(NO_FILES, "one of its own, in --data")
      .argParser(collectOver(NO_FILES)),
    new Option("--tls-key <file>", "its private key (PEM); as many as --tls-cert, in the same order")
      .default(NO_FILES, "none")
      .argParser(collectOver(NO_FILES)),
    new Option("--sip <transport:host:port>", "SIP listener: udp, tcp, tls (or ws, wss on a port of its own); repeatable")
      .default(SIP_DEFAULT, SIP_DEFAULT.join(", "))
      .argParser(collectOver(SIP_DEFAULT)),
    new Option("--advertise <host>", "name or address that phones are told (default: the local address they talk to)").argParser(
      hostName,
    ),
    new Option("--domain <name>", "SIP domain (default: the advertised host)").argParser(hostName),
    new Option("--watch", "read the site again when its files, or those they include, change").default(false),
    allowIncludeOption(),
    new Option("--lease <seconds>", "how long a silent node keeps what it owns").default(5).argParser(seconds),
    new Option("--rtp-ports <a-b>", "UDP ports for audio")
      .default({ from: 10_000, to: 20_000 }, "10000-20000")
      .argParser(portRange),
    new Option("--music <dir>", "music on hold: a folder of WAV files for each class (default: moh in the site's folder)"),
    new Option("--sounds <dir>", "prompts: WAV files (default: sounds in the site's folder)"),
    new Option("--trust <cidr>", "these sources need no digest; repeatable").default([], "none").argParser(collectOver([])),
    new Option("--node <name>", "name of this node among several").default(hostname(), "host name").argParser(nodeName),
    new Option("--log <level>", LOG_LEVELS.join(", ")).default("info").choices(LOG_LEVELS),
  ].map((option) => option.env(environmentName(option)));
}

function configOf(options: ServeOptions): ServerConfig {
  const { https, tlsCert, tlsKey } = options;
  if (tlsCert.length !== tlsKey.length)
    throw new StartRefused("--tls-cert and --tls-key: give as many keys as certificates, in the same order");
  return {
    site: resolve(options.site),
    data: resolve(options.data),
    store: options.store,
    http: options.http,
    ...(https === undefined ? {} : { https }),
    tls: tlsCert.map((certFile, at) => ({ certFile: resolve(certFile), keyFile: resolve(tlsKey[at] ?? "") })),
    sip: options.sip,
    ...(options.advertise === undefined ? {} : { advertise: options.advertise }),
    ...(options.domain === undefined ? {} : { domain: options.domain }),
    trust: options.trust,
    rtpPorts: options.rtpPorts,
    ...folder("music", options.music ?? join(options.site, "moh"), options.music !== undefined),
    ...folder("sounds", options.sounds ?? join(options.site, "sounds"), options.sounds !== undefined),
    node: options.node,
    lease: options.lease,
    watch: options.watch,
    allowInclude: options.allowInclude.map((folder) => resolve(folder)),
  };
}

/** A folder of sound as the configuration has it; one that is not there is no mistake unless it was asked for. */
function folder<K extends "music" | "sounds">(name: K, path: string, isAsked: boolean): { readonly [N in K]?: string } {
  const isThere = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isAsked && !isThere) throw new StartRefused(`--${name}: ${path} is no folder`);
  return (isThere ? { [name]: resolve(path) } : {}) as { readonly [N in K]?: string };
}
