import { mkdir, writeFile } from "node:fs/promises";
import type { Clock } from "#base/clock";
import { Lifecycle, type Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { formatHostPort } from "#sip/message/uri";
import { isWildcard } from "#sip/transport/local-addresses";
import { openStore } from "#store/open-store";
import type { Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { StartRefused, type ServerConfig } from "./config.ts";
import { httpUrlPath } from "./data-paths.ts";
import { NodeLease } from "./nodes/node-lease.ts";

/** What is kept, and this node's right to speak where several nodes keep it together. */
export interface OpenData {
  readonly store: Store;
  /** undefined: the embedded store has one process anyway. */
  readonly lease?: NodeLease;
}

/** Makes the data folder and opens the store; rejects with StartRefused or StoreError. What is opened is closed with the lifecycle. */
export async function openData(config: ServerConfig, clock: Clock, log: Log, lifecycle: Lifecycle): Promise<OpenData> {
  try {
    await mkdir(config.data, { recursive: true });
  } catch (error) {
    throw new StartRefused(`--data ${config.data}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const store = await openStore({ url: config.store, dataFolder: config.data, clock, log });
  lifecycle.add(() => store.close());
  if (config.store === "embedded") return { store };
  const lease = await NodeLease.claim({ store, node: config.node, leaseSeconds: config.lease, clock, log });
  lifecycle.add(() => lease.stop());
  return { store, lease };
}

/** Nobody needs to be told of these; but what is watched is written back by a store that lost its data. */
export async function keepWatched(store: Store): Promise<Stop> {
  const lifecycle = new Lifecycle();
  for (const collection of [COLLECTIONS.secret, COLLECTIONS.phone, COLLECTIONS.key])
    lifecycle.add(await store.watch(collection, () => undefined));
  return () => lifecycle.stop();
}

/** For commands on this machine: a wildcard address is reached on the loopback one. */
export async function writeHttpUrl({ data, http }: ServerConfig, port: number): Promise<void> {
  const loopback = http.host.includes(":") ? "::1" : "127.0.0.1";
  const host = isWildcard(http.host) ? loopback : http.host;
  await writeFile(httpUrlPath(data), `http://${formatHostPort(host, port)}\n`);
}
