import { Worker } from "node:worker_threads";
import type { CheckOutcome, Upload } from "#admin/ports";
import { PartsJoined, type Part } from "./parts.ts";
import type { SiteOnDisk } from "./read-site.ts";

/** Memory of one reading in MiB. A site that needs more ends its reading, not the server. */
const MEMORY_MAX_MIB = 2048;

/** What a thread is started for. */
export type ReadingJob = SiteJob | ReportJob;

export interface SiteJob {
  readonly type: "read";
  readonly path: string;
  readonly allowInclude: readonly string[];
}

/** `findings`: how many the report lists. */
export type ReportJob =
  | { readonly type: "check"; readonly path: string; readonly allowInclude: readonly string[]; readonly findings: number }
  | { readonly type: "checkUpload"; readonly upload: Upload; readonly findings: number };

/** A reading that came to no end. */
export class ReadingFailed extends Error {}

/**
 * Reads a site, or reports on one, in a thread of its own: that takes seconds for a big site, and whoever serves phones has none to spare.
 * Rejects with ReadingFailed when the thread ends before its time, of too little memory first of all.
 */
export async function readApart(job: SiteJob): Promise<SiteOnDisk>;
export async function readApart(job: ReportJob): Promise<CheckOutcome>;
export async function readApart(job: ReadingJob): Promise<unknown> {
  const thread = new Worker(new URL(import.meta.resolve("#app/site-reading/reading-thread")), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MIB },
  });
  const joined = new PartsJoined();
  return new Promise((resolve, reject) => {
    thread.on("message", (part: Part) => {
      joined.add(part);
      // Asked for only now: what comes in meanwhile has its turn before the next part.
      thread.postMessage("next");
    });
    thread.on("error", (error) => {
      reject(new ReadingFailed(`the site could not be read: ${error.message}`, { cause: error }));
    });
    thread.on("exit", (code) => {
      if (code === 0) resolve(joined.value);
      else reject(new ReadingFailed(`the site could not be read: its reading ended with ${code}`));
    });
  });
}
