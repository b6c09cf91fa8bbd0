import { parseHostPort } from "#sip/message/uri";
import type { Flow } from "#sip/transport/flow";

/** The host of our addresses as somebody over this flow knows it. */
export type DomainFor = (flow?: Pick<Flow, "sentBy">) => string;

/** Ours where neither a name nor a peer says better. */
const NAMELESS = "lamplighter";

/** `named`: what the configuration says; without it each peer is told the address that it reaches us at. */
export function ownDomain(named: string | undefined): DomainFor {
  return (flow) => named ?? parseHostPort(flow?.sentBy ?? "")?.host ?? NAMELESS;
}
