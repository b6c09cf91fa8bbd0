import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listPhones, NoPhones, type ServerPhone } from "./server-phones.ts";
import { showLive } from "./show-live.ts";
import { showOnce } from "./show-once.ts";
import { reasonOf, type SimParts } from "./sim-parts.ts";

export interface SimOptions {
  /** "all", or MAC addresses. */
  readonly phones: "all" | readonly string[];
  readonly url: string;
  /** Read from the data folder when it is not given. */
  readonly token?: string;
  readonly data: string;
  /** Boot, print every lamp once, end. */
  readonly once: boolean;
}

/** `lamplighter sim`: boots the phones of a server and shows their lamps. Resolves with the exit code. */
export async function runSim(options: SimOptions, parts: SimParts): Promise<number> {
  try {
    const token = options.token ?? (await readToken(options.data));
    const found = choose(await listPhones({ url: options.url, token }), options);
    if (options.once) return await showOnce(found, parts);
    await showLive(found, options.url, parts);
    return 0;
  } catch (error) {
    if (!(error instanceof NoPhones)) throw error;
    parts.complain(`lamplighter sim: ${error.message}`);
    return 1;
  }
}

async function readToken(data: string): Promise<string> {
  const file = join(data, "admin-token");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new NoPhones(
      `no admin token (${reasonOf(error)}). The server writes it at its first start: start it with npm start; with another data folder give --data DIR, or --token TOKEN`,
      error,
    );
  }
}

function choose(phones: readonly ServerPhone[], { phones: wanted, url }: SimOptions): readonly ServerPhone[] {
  if (phones.length === 0) {
    throw new NoPhones(
      `the site at ${url} has no phones: name a section of sip.conf by a phone's MAC address (12 hexadecimal digits), or add it to phones of site.yaml or with the API`,
    );
  }
  if (wanted === "all") return phones;
  const byMac = new Map(phones.map((phone) => [plainMac(phone.mac), phone]));
  return wanted.map((mac) => {
    const phone = byMac.get(plainMac(mac));
    if (phone === undefined) throw new NoPhones(`the site at ${url} has no phone ${mac}; it has ${[...byMac.keys()].join(", ")}`);
    return phone;
  });
}

function plainMac(mac: string): string {
  return mac.replace(/[-:.]/g, "").toLowerCase();
}
