import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import type { CheckOutcome } from "#admin/ports";
import { unpackUpload } from "#admin/unpack-upload";
import type { SiteReading } from "#domain/site/site";
import { siteReport } from "#domain/site/site-report";
import { partsOf } from "./parts.ts";
import { readSite, readUploadedSite } from "./read-site.ts";
import type { ReadingJob, ReportJob } from "./read-apart.ts";

/** The thread of `read-apart.ts`: does the one job that it is given, and hands the result over part by part, each when it is asked for. */
async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  for (const part of partsOf(await resultOf(workerData as ReadingJob))) {
    port.postMessage(part);
    await once(port, "message");
  }
  port.close();
}

async function resultOf(job: ReadingJob): Promise<SiteReading | CheckOutcome> {
  if (job.type === "read") return readSite(job.path, { allowInclude: job.allowInclude });
  if (job.type === "check") return checked(await readSite(job.path, { allowInclude: job.allowInclude }), job);
  const unpacked = await unpackUpload(job.upload);
  return unpacked.type === "unfit" ? unpacked : checked(await readUploadedSite(unpacked.files), job);
}

function checked(reading: SiteReading, { findings }: ReportJob): CheckOutcome {
  return { type: "checked", report: siteReport(reading, findings) };
}

if (parentPort !== null) await work(parentPort);
