import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** Larger files are no configuration. */
export const FILE_MAX_BYTES = 4 * 1024 * 1024;

/** The text of a file of a site; `oddLines` are those that are not UTF-8 and were read as Latin-1. */
export interface SiteFile {
  readonly text: string;
  readonly oddLines: readonly number[];
}

/** Reads a whole file. Throws for what is no plain file of a bearable size, without waiting for a writer that may never come. */
export async function readSiteFile(path: string): Promise<SiteFile> {
  // A FIFO opened without O_NONBLOCK would wait for somebody to write.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error("it is no plain file");
    const bytes = Buffer.alloc(FILE_MAX_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = (await file.read(bytes, length, bytes.length - length)).bytesRead;
    if (length > FILE_MAX_BYTES) throw new Error(`it has more than ${FILE_MAX_BYTES} bytes`);
    return decode(bytes.subarray(0, length));
  } finally {
    await file.close();
  }
}

/** UTF-8; a line that is not is taken for Latin-1, as older files are written. */
function decode(bytes: Buffer): SiteFile {
  if (/^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString("latin1", 0, 2))) throw new Error("it is UTF-16: save it as UTF-8");
  const whole = utf8(bytes);
  if (whole !== undefined) return { text: whole, oddLines: [] };
  const oddLines: number[] = [];
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .map((line, index) => {
      const text = utf8(Buffer.from(line, "latin1"));
      if (text === undefined) oddLines.push(index + 1);
      return text ?? line;
    });
  return { text: lines.join("\n"), oddLines };
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
