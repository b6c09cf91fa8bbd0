import { insideOf, parseNetwork, type Network } from "#base/network";
import { RecentMap } from "#base/recent-map";
import type { Flow } from "#sip/transport/flow";
import { StartRefused } from "./config.ts";

/** Addresses whose answer is remembered: looking one up costs as much as reading its message. */
const KNOWN_MAX = 20_000;

/** The sources that need no digest (--trust). Never true for WebSockets: a browser on a trusted network runs foreign pages. */
export function trustPolicy(blocks: readonly string[]): { trusted(flow: Pick<Flow, "transport" | "remoteHost">): boolean } {
  const isListed = insideOf(blocks.map(networkOf));
  const known = new RecentMap<boolean>({ lifeMs: Infinity, entriesMax: KNOWN_MAX });
  return {
    trusted(flow) {
      if (blocks.length === 0 || flow.transport === "ws" || flow.transport === "wss") return false;
      const remembered = known.get(flow.remoteHost);
      if (remembered !== undefined) return remembered;
      const answer = isListed(flow.remoteHost);
      // The list never changes, so only the count bounds what is remembered.
      known.set(flow.remoteHost, answer, 0);
      return answer;
    },
  };
}

function networkOf(block: string): Network {
  const network = parseNetwork(block);
  if (network !== undefined) return network;
  throw new StartRefused(`--trust ${block}: give a network as ADDRESS/BITS, for example 192.168.1.0/24 or 127.0.0.1/32`);
}
