import { unzipSync } from "fflate";
import { Problem } from "./problem.ts";
import { checkedName, FILES_MAX, tooMany, UNPACKED_MAX_BYTES, uploadedFiles } from "./uploaded-files.ts";

/** Entries that packers add and nobody asked for. */
const NOISE = /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|\._)/;

/**
 * The files of a ZIP archive by name. Sizes are checked before anything is unpacked, and an entry never gets longer than it says: an archive
 * that lies about them yields less, not more.
 */
export function readZip(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  let [entries, bytes] = [0, 0];
  try {
    const unpacked = unzipSync(archive, {
      filter: ({ name, originalSize, size }) => {
        entries += 1;
        bytes += Math.max(originalSize, size);
        if (entries > FILES_MAX || bytes > UNPACKED_MAX_BYTES) throw tooMany();
        if (name.endsWith("/") || NOISE.test(name)) return false;
        checkedName(name);
        return true;
      },
    });
    return uploadedFiles(Object.entries(unpacked).map(([name, content]) => ({ name, bytes: content })));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(422, `The ZIP archive cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
