import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSite, type SiteOnDisk } from "#app/site-reading/read-site";

/** The site of all nodes, read once: each extension shows the device `Custom:<extension>`, and anybody may watch it. */
export async function readSimSite(extensions: readonly string[]): Promise<SiteOnDisk> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-sim-site-"));
  try {
    const hints = extensions.map((extension) => `exten => ${extension},hint,Custom:${extension}\n`);
    await writeFile(join(folder, "extensions.conf"), `[phones]\n${hints.join("")}`);
    return await readSite(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
