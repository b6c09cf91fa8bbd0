import { Problem } from "./problem.ts";
import { readZip } from "./read-zip.ts";
import { FILES_MAX, tooMany, uploadedFiles, type UploadedFile } from "./uploaded-files.ts";

/** The files of a form by name: those of its file fields, and texts under the names of other fields; or those of one ZIP archive. */
export async function readMultipart(sent: Uint8Array, contentType: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const body = Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength);
  const boundary = /boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))/i.exec(contentType);
  if (boundary === null) throw new Problem(400, "The form names no boundary.");
  if (countOf(body, `--${boundary[1] ?? boundary[2] ?? ""}`) > FILES_MAX + 1) throw tooMany();
  // Deprecated for servers because it takes any amount; body and parts are counted above.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const form = await new Response(body, { headers: { "Content-Type": contentType } }).formData().catch(() => {
    throw new Problem(400, "The form cannot be read.");
  });
  const files: UploadedFile[] = [];
  for (const [name, value] of form) {
    if (typeof value === "string") files.push({ name, bytes: Buffer.from(value, "utf8") });
    else files.push({ name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  const archive = files.find(({ name }) => /\.zip$/i.test(name));
  if (archive === undefined) return uploadedFiles(files);
  // Archives are counted one at a time: many in one form would multiply what one may unpack.
  if (files.length > 1) throw new Problem(422, "A ZIP archive comes alone: send it without other files.");
  return readZip(archive.bytes);
}

function countOf(body: Buffer, text: string): number {
  let count = 0;
  for (let at = body.indexOf(text); at !== -1 && count <= FILES_MAX + 1; at = body.indexOf(text, at + text.length)) count += 1;
  return count;
}
