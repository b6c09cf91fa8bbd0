import { join } from "node:path";
import { adminTokenPath } from "#admin/admin-token";

/** Where the admin's token lies in a data folder. */
export function tokenPath(dataFolder: string): string {
  return adminTokenPath(dataFolder);
}

/** Where a server writes how it is reached on this machine, for commands that are given its data folder. */
export function httpUrlPath(dataFolder: string): string {
  return join(dataFolder, "http-url");
}
