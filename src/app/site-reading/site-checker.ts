import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { CheckedSite, CheckOutcome } from "#admin/ports";
import { isBelow } from "./disk-folder.ts";
import { readApart, ReadingFailed, type ReportJob } from "./read-apart.ts";
import type { SiteRunner } from "../site-runner.ts";

/**
 * Checks sites for whoever asks over the API; what runs is not touched. Of the server's disk only the running site and what lies below it may
 * be checked: findings quote lines, so any other path would let the API read files.
 */
export class SiteChecker {
  readonly #site: SiteRunner;
  #checking: Promise<unknown> = Promise.resolve();

  constructor(site: SiteRunner) {
    this.#site = site;
  }

  /** One at a time: each may take as much memory as a reading has. */
  async check(wanted: CheckedSite, findings: number): Promise<CheckOutcome> {
    const check = this.#checking.then(() => this.#check(wanted, findings));
    // Only to wait for: whoever asked hears of a failure.
    this.#checking = check.catch(() => undefined);
    return check;
  }

  async #check(wanted: CheckedSite, findings: number): Promise<CheckOutcome> {
    if (wanted.type === "upload") return reportOn({ type: "checkUpload", upload: wanted.upload, findings });
    const path = await this.#allowed(wanted.path);
    if (path === undefined) {
      const reason =
        "The path must be there and be the running site's own or lie below it; relative ones begin there. Send the files of any other site.";
      return { type: "refused", reason };
    }
    return reportOn({ type: "check", path, allowInclude: this.#site.source.allowInclude, findings });
  }

  async #allowed(wanted: string): Promise<string | undefined> {
    const { path: source } = this.#site.source;
    const own = await realpath(source).catch(() => source);
    const isYaml = /\.ya?ml$/i.test(own);
    const path = await realpath(resolve(isYaml ? dirname(own) : own, wanted)).catch(() => undefined);
    return path === undefined || !isBelow(path, own) ? undefined : path;
  }
}

async function reportOn(job: ReportJob): Promise<CheckOutcome> {
  try {
    return await readApart(job);
  } catch (error) {
    if (error instanceof ReadingFailed) return { type: "failed", reason: error.message };
    throw error;
  }
}
