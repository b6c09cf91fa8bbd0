import { BlockList, isIP } from "node:net";
import { RecentMap } from "#base/recent-map";
import type { Flow } from "#sip/transport/flow";
import { StartRefused } from "./config.ts";

/** Addresses whose answer is remembered: looking one up costs as much as reading its message. */
const KNOWN_MAX = 20_000;

/** The sources that need no digest (--trust). Never true for WebSockets: a browser on a trusted network runs foreign pages. */
export function trustPolicy(blocks: readonly string[]): { trusted(flow: Flow): boolean } {
  const list = new BlockList();
  for (const block of blocks) addBlock(list, block);
  const known = new RecentMap<boolean>({ lifeMs: Infinity, entriesMax: KNOWN_MAX });
  return {
    trusted(flow) {
      if (blocks.length === 0 || flow.transport === "ws" || flow.transport === "wss") return false;
      const remembered = known.get(flow.remoteHost);
      if (remembered !== undefined) return remembered;
      const answer = isListed(list, flow.remoteHost);
      // The list never changes, so only the count bounds what is remembered.
      known.set(flow.remoteHost, answer, 0);
      return answer;
    },
  };
}

function isListed(list: BlockList, remoteHost: string): boolean {
  const host = remoteHost.replace(/^::ffff:/, "");
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 6 ? "ipv6" : "ipv4");
}

function addBlock(list: BlockList, block: string): void {
  const [address = "", bits] = block.split("/");
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : Number(bits);
  if (family === 0 || !/^\d{1,3}$/.test(bits ?? "0") || prefix > most) {
    throw new StartRefused(`--trust ${block}: give a network as ADDRESS/BITS, for example 192.168.1.0/24 or 127.0.0.1/32`);
  }
  list.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
}
