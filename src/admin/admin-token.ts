import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "#base/random";

const TOKEN_BITS = 256;
const FILE_NAME = "admin-token";

/** Where the token lies in a data folder. */
export function adminTokenPath(dataFolder: string): string {
  return join(dataFolder, FILE_NAME);
}

/** The admin's token: made on the first start, readable by the owner only, kept from then on. */
export async function loadAdminToken(dataFolder: string, random: Random): Promise<string> {
  const path = adminTokenPath(dataFolder);
  await mkdir(dataFolder, { recursive: true });
  try {
    const file = await open(path, "wx", 0o600);
    const token = random.token(TOKEN_BITS);
    await file.writeFile(`${token}\n`);
    await file.sync();
    await file.close();
    return token;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const token = (await readFile(path, "utf8")).trim();
  if (token.length < 16)
    throw new Error(`${path} holds no token of 16 characters or more: delete it, the next start makes a new one`);
  return token;
}
