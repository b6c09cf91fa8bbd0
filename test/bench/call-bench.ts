import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bench } from "./bench.ts";
import { CallEnd } from "./call-end.ts";
import type { Figure } from "./figures.ts";

/** Files of a site that has calls; its accounts are written by `withCalls`. */
export interface CallSite {
  /** Names of those who are known by their address, each with an end of its own. */
  readonly peers: readonly string[];
  /** Accounts that have to register. */
  readonly accounts?: string;
  readonly sla?: string;
  readonly extensions: string;
}

/** Who takes part. */
export interface CallParts {
  readonly bench: Bench;
  /** The end of a peer. */
  readonly end: (peer: string) => CallEnd;
  /** Requests of all ends that were sent again. */
  readonly repeats: () => number;
}

const RTP_PORTS = "20000-29999";

/** The real server with a site of peers. None is challenged, so that calls alone are measured. */
export async function withCalls(site: CallSite, work: (parts: CallParts) => Promise<Figure[]>): Promise<Figure[]> {
  const ends = new Map<string, CallEnd>();
  for (const peer of site.peers) ends.set(peer, await CallEnd.open());
  const folder = writeSite(site, ends);
  const bench = await Bench.open(folder, { flags: ["--rtp-ports", RTP_PORTS] });
  try {
    for (const end of ends.values()) end.serverPort = bench.sipPort;
    return await work({
      bench,
      end: (peer) => {
        const end = ends.get(peer);
        if (end === undefined) throw new Error(`no such peer: ${peer}`);
        return end;
      },
      repeats: () => [...ends.values()].reduce((sum, { repeats }) => sum + repeats, 0),
    });
  } finally {
    for (const end of ends.values()) end.close();
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeSite({ accounts = "", sla = "", extensions }: CallSite, ends: ReadonlyMap<string, CallEnd>): string {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-bench-calls-"));
  const peers = [...ends].map(
    ([name, { port }]) => `[${name}]\ntype=friend\nhost=127.0.0.1\nport=${port}\ninsecure=invite\ncontext=default\n`,
  );
  writeFileSync(join(folder, "sip.conf"), `[general]\ncontext=default\n\n${peers.join("")}${accounts}`);
  writeFileSync(join(folder, "sla.conf"), sla);
  writeFileSync(join(folder, "extensions.conf"), `[default]\n${extensions}`);
  return folder;
}
