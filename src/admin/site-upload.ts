import type { Context } from "koa";
import type { CheckedSite, Packing } from "./ports.ts";
import { Problem } from "./problem.ts";
import { readBody } from "./read-body.ts";
import { BODY_MAX_BYTES, checkedJson } from "./read-json.ts";
import { siteBody } from "./unpack-upload.ts";
import { UPLOAD_MAX_BYTES } from "./uploaded-files.ts";

const PACKINGS: readonly (readonly [Packing, readonly string[]])[] = [
  ["json", ["json", "+json"]],
  ["zip", ["application/zip", "application/x-zip-compressed"]],
  ["form", ["multipart/form-data"]],
];

/**
 * The site that a request names, or sends: JSON, a ZIP archive, or a form with files. What is sent stays packed: taking 32 MiB apart can take
 * ten seconds, so that is for whoever reads it (unpackUpload).
 */
export async function readSiteUpload(context: Context): Promise<CheckedSite> {
  const [packing] = PACKINGS.find(([, types]) => context.is([...types]) !== false) ?? [];
  if (packing === undefined) throw new Problem(415, "Send application/json, application/zip or multipart/form-data.");
  const body = await readBody(context, UPLOAD_MAX_BYTES);
  if (packing === "json" && body.length <= BODY_MAX_BYTES) {
    const named = checkedJson(body, siteBody);
    if ("path" in named) return { type: "path", path: named.path };
  }
  return { type: "upload", upload: { packing, body, contentType: context.get("content-type") } };
}
