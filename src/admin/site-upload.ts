import type { Context } from "koa";
import { z } from "zod";
import type { CheckedSite } from "./ports.ts";
import { Problem } from "./problem.ts";
import { readBody } from "./read-body.ts";
import { readJson } from "./read-json.ts";
import { readMultipart } from "./read-multipart.ts";
import { UPLOAD_MAX_BYTES, uploadedFiles } from "./uploaded-files.ts";
import { readZip } from "./read-zip.ts";

/** A site to be checked, as JSON. */
export const siteBody = z.union([
  z.strictObject({
    path: z.string().min(1).max(4096).describe("The running site's own path, or one below it; relative ones begin there"),
  }),
  z.strictObject({ files: z.record(z.string(), z.string()).describe("Texts by name: sla.conf, sip.conf, site.yaml …") }),
]);

const ZIP_TYPES = ["application/zip", "application/x-zip-compressed"];

/** The site that a request sends or names: JSON, a ZIP archive, or a form with files. Anything out of bounds is a problem. */
export async function readSiteUpload(context: Context): Promise<CheckedSite> {
  if (context.is("json", "+json") !== false) {
    const body = await readJson(context, siteBody, UPLOAD_MAX_BYTES);
    if ("path" in body) return { type: "path", path: body.path };
    const files = Object.entries(body.files).map(([name, text]) => ({ name, bytes: Buffer.from(text, "utf8") }));
    return { type: "files", files: uploadedFiles(files) };
  }
  if (context.is(ZIP_TYPES) !== false) return { type: "files", files: readZip(await readBody(context, UPLOAD_MAX_BYTES)) };
  if (context.is("multipart/form-data") !== false) {
    const body = await readBody(context, UPLOAD_MAX_BYTES);
    return { type: "files", files: await readMultipart(body, context.get("content-type")) };
  }
  throw new Problem(415, "Send application/json, application/zip or multipart/form-data.");
}
