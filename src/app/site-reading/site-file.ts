import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

/** Larger files are no configuration. */
export const FILE_MAX_BYTES = 32 * 1024 * 1024;
/** A file with more lines that are not UTF-8 is taken for Latin-1 from there on. */
const ODD_LINES_MAX = 10_000;
const LINE_FEED = 10;

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
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error("it is no plain file");
    return decodeSiteFile(await readAll(file, Math.min(stat.size, FILE_MAX_BYTES)));
  } finally {
    await file.close();
  }
}

/** One read for a file that is as long as it says, more for one that grows meanwhile. */
async function readAll(file: FileHandle, size: number): Promise<Buffer> {
  let bytes = Buffer.alloc(size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    length += bytesRead;
    if (bytesRead === 0) return bytes.subarray(0, length);
    if (length > FILE_MAX_BYTES) throw new Error(`it has more than ${FILE_MAX_BYTES} bytes`);
    if (length === bytes.length)
      bytes = Buffer.concat([bytes, Buffer.alloc(Math.min(length + 4096, FILE_MAX_BYTES + 1 - length))]);
  }
}

/** UTF-8; a line that is not is taken for Latin-1, as older files are written. Throws for UTF-16. */
export function decodeSiteFile(bytes: Buffer): SiteFile {
  if (/^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString("latin1", 0, 2))) throw new Error("it is UTF-16: save it as UTF-8");
  if (isUtf8(bytes)) return { text: new TextDecoder().decode(bytes), oddLines: [] };
  const oddLines: number[] = [];
  const parts: string[] = [];
  // Neighbours of one kind are decoded at once.
  let [start, isOdd, at] = [0, false, 0];
  const flush = (end: number): void => {
    const part = bytes.subarray(start, end);
    parts.push(isOdd ? part.toString("latin1") : utf8(part));
    start = end;
  };
  for (let line = 1; at < bytes.length && oddLines.length < ODD_LINES_MAX; line += 1) {
    const feed = bytes.indexOf(LINE_FEED, at);
    const end = feed === -1 ? bytes.length : feed + 1;
    const isOddLine = !isUtf8(bytes.subarray(at, end));
    if (isOddLine) oddLines.push(line);
    if (isOddLine !== isOdd) flush(at);
    [isOdd, at] = [isOddLine, end];
  }
  flush(bytes.length);
  return { text: parts.join("").replace(/^\ufeff/, ""), oddLines };
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
