import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { CheckedSite, CheckOutcome } from "#admin/ports";
import { isBelow } from "./disk-folder.ts";
import { readSite, readUploadedSite } from "./read-site.ts";
import type { SiteRunner } from "./site-runner.ts";

/**
 * Checks a site for whoever asks over the API; what runs is not touched. Of the server's disk only the running site and what lies below it may
 * be checked: findings quote lines, so any other path would let the API read files.
 */
export async function checkAgainst({ source }: SiteRunner, wanted: CheckedSite): Promise<CheckOutcome> {
  if (wanted.type === "files") return { type: "checked", reading: await readUploadedSite(wanted.files) };
  const own = await realpath(source.path).catch(() => source.path);
  const isYaml = /\.ya?ml$/i.test(own);
  const path = await realpath(resolve(isYaml ? dirname(own) : own, wanted.path)).catch(() => undefined);
  if (path === undefined || !isBelow(path, own)) {
    const reason =
      "The path must be there and be the running site's own or lie below it; relative ones begin there. Send the files of any other site.";
    return { type: "refused", reason };
  }
  return { type: "checked", reading: await readSite(path, { allowInclude: source.allowInclude }) };
}
