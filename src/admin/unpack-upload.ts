import { z } from "zod";
import type { UnfitUpload, Upload } from "./ports.ts";
import { Problem } from "./problem.ts";
import { checkedJson } from "./read-json.ts";
import { readMultipart } from "./read-multipart.ts";
import { readZip } from "./read-zip.ts";
import { uploadedFiles } from "./uploaded-files.ts";

/** A site to be checked, as JSON. */
export const siteBody = z.union([
  z.strictObject({
    path: z.string().min(1).max(4096).describe("The running site's own path, or one below it; relative ones begin there"),
  }),
  z.strictObject({ files: z.record(z.string(), z.string()).describe("Texts by name: sla.conf, sip.conf, site.yaml …") }),
]);

/** The files that a request sent, by name, or what is wrong with them. */
export async function unpackUpload(upload: Upload): Promise<{ readonly type: "files"; readonly files: Files } | UnfitUpload> {
  try {
    return { type: "files", files: await filesOf(upload) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { type: "unfit", status: error.status, detail: error.message, fields: error.fields };
  }
}

type Files = ReadonlyMap<string, Uint8Array>;

async function filesOf({ packing, body, contentType }: Upload): Promise<Files> {
  if (packing === "zip") return readZip(body);
  if (packing === "form") return readMultipart(body, contentType);
  const sent = checkedJson(body, siteBody);
  if ("path" in sent) throw new Problem(422, "A body that names a path is shorter: leave the blanks out.");
  return uploadedFiles(Object.entries(sent.files).map(([name, text]) => ({ name, bytes: Buffer.from(text, "utf8") })));
}
