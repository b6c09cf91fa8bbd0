import { BlockList, isIP } from "node:net";
import type { Flow } from "#sip/transport/flow";
import { StartRefused } from "./config.ts";

/** The sources that need no digest (--trust). Never true for WebSockets: a browser on a trusted network runs foreign pages. */
export function trustPolicy(blocks: readonly string[]): { trusted(flow: Flow): boolean } {
  const list = new BlockList();
  for (const block of blocks) addBlock(list, block);
  return {
    trusted(flow) {
      if (flow.transport === "ws" || flow.transport === "wss") return false;
      const host = flow.remoteHost.replace(/^::ffff:/, "");
      const family = isIP(host);
      return family !== 0 && list.check(host, family === 6 ? "ipv6" : "ipv4");
    },
  };
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
