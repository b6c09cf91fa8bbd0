import { readFileSync } from "node:fs";
import { StoreError } from "../errors.ts";

/** What a TLS connection to Redis is made with; without a file, what the system has. */
export interface RedisTls {
  /** PEM of who signed the server's certificate. */
  readonly ca?: string;
  /** PEM of our own certificate and its key, for servers that ask for one (Redis does by default). */
  readonly cert?: string;
  readonly key?: string;
}

/** Reads the files that `ca`, `cert` and `key` of a URL's query name; undefined where the URL speaks of no TLS. */
export function readRedisTls(scheme: string, query: URLSearchParams): RedisTls | undefined {
  if (!scheme.startsWith("rediss")) return undefined;
  const files = (["ca", "cert", "key"] as const).flatMap((name) => {
    const file = query.get(name);
    return file === null ? [] : [[name, read(name, file)] as const];
  });
  return Object.fromEntries(files);
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new StoreError("store-unknown", `${name}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
