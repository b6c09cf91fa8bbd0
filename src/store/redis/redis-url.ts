import { StoreError } from "../errors.ts";
import { readRedisTls, type RedisTls } from "./redis-tls.ts";

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is, as the URL says. */
export interface RedisTarget {
  readonly mode: "single" | "sentinel" | "cluster";
  readonly hosts: readonly [RedisHost, ...RedisHost[]];
  /** With rediss:// */
  readonly tls: RedisTls | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** What Sentinel calls the master. */
  readonly masterName: string;
  readonly sentinelPassword: string | undefined;
  readonly db: number;
}

const URL_SHAPE =
  /^(?<scheme>rediss?(?:\+sentinel|\+cluster)?):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?@]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;
const HOST_SHAPE = /^(?<host>\[[0-9a-f:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/i;
const DEFAULT_PORTS = { single: 6379, sentinel: 26379, cluster: 6379 } as const;

export const REDIS_SCHEMES = ["redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"];

/**
 * Reads `redis://[user:password@]host[:port][/db]`, `…+sentinel://host:port,host:port/name[?db=1]`, `…+cluster://host:port,…`; with rediss,
 * `?ca=FILE&cert=FILE&key=FILE`.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const parts = URL_SHAPE.exec(url)?.groups;
  if (parts?.["scheme"] === undefined) throw badUrl("redis://[user:password@]host[:port][/db]");
  const mode = modeOf(parts["scheme"]);
  const query = new URLSearchParams(parts["query"] ?? "");
  const path = decode(parts["path"]) ?? "";
  if (mode === "sentinel" && path === "")
    throw badUrl("the name of the master after the hosts: redis+sentinel://host:port,host:port/name");
  return {
    mode,
    hosts: parseHosts(parts["hosts"] ?? "", DEFAULT_PORTS[mode]),
    tls: readRedisTls(parts["scheme"], query),
    username: decode(parts["user"]),
    password: decode(parts["password"]),
    masterName: path,
    sentinelPassword: query.get("sentinelPassword") ?? undefined,
    db: parseDb(mode, mode === "sentinel" ? (query.get("db") ?? "") : path),
  };
}

/** For logs and errors: never the password. */
export function describeTarget(target: RedisTarget): string {
  const scheme = `${target.tls === undefined ? "redis" : "rediss"}${target.mode === "single" ? "" : `+${target.mode}`}`;
  return `${scheme}://${target.hosts.map(({ host, port }) => `${host}:${port}`).join(",")}`;
}

function modeOf(scheme: string): RedisTarget["mode"] {
  if (scheme.endsWith("+sentinel")) return "sentinel";
  return scheme.endsWith("+cluster") ? "cluster" : "single";
}

function parseHosts(text: string, defaultPort: number): [RedisHost, ...RedisHost[]] {
  const [first, ...rest] = text.split(",").map((part) => {
    const match = HOST_SHAPE.exec(part)?.groups;
    const port = Number(match?.["port"] ?? defaultPort);
    if (match?.["host"] === undefined || port < 1 || port > 65535) throw badUrl("host:port, separated by commas");
    return { host: match["host"].replace(/^\[|\]$/g, ""), port };
  });
  if (first === undefined) throw badUrl("a host");
  return [first, ...rest];
}

function parseDb(mode: RedisTarget["mode"], text: string): number {
  if (text === "") return 0;
  if (!/^\d{1,4}$/.test(text) || mode === "cluster") throw badUrl("a database number, and none with a cluster");
  return Number(text);
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl("percent signs of user and password written as %25");
  }
}

function badUrl(wanted: string): StoreError {
  return new StoreError("store-unknown", `wanted ${wanted}`);
}
