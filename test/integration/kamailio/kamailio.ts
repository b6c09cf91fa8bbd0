import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ForeignProgram, needsProgram } from "#test/support/foreign-program";

/** Skips, with a word, where Kamailio or its presence modules are missing. */
export function needsKamailio(context: Mocha.Context): void {
  needsProgram(context, "kamailio", "kamailio");
  if (spawnSync("sh", ["-c", "ls /usr/lib/*/kamailio/modules/pua_dialoginfo.so"], { stdio: "ignore" }).status === 0) return;
  console.log("  Kamailio's presence modules are not installed (Debian package kamailio-presence-modules)");
  context.skip();
}

/** Starts Kamailio with one of the configurations of this folder, its @NAMES@ filled in. */
export async function startKamailio(file: string, values: Readonly<Record<string, string | number>>): Promise<ForeignProgram> {
  const folder = await ForeignProgram.folder();
  let text = await readFile(`test/integration/kamailio/${file}`, "utf8");
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`@${name}@`, String(value));
  const config = join(folder, "kamailio.cfg");
  await writeFile(config, text);
  return ForeignProgram.start(folder, {
    command: "kamailio",
    args: ["-DD", "-E", "-f", config, "-w", folder, "-Y", folder],
    ready: /processes \(at least\)/,
  });
}
