import { insideOf, parseNetwork } from "#base/network";

/** One line of an access list: who comes from this network is let in or not. */
export interface AddressRule {
  readonly action: "permit" | "deny";
  /** "192.168.0.0/16". */
  readonly network: string;
}

/**
 * Whether an account may come from an address: the last rule that fits decides, and where none fits it may (as Asterisk's lists are read).
 * IPv4 rules say nothing of IPv6 addresses and the other way round.
 */
export function admission(rules: readonly AddressRule[]): (host: string) => boolean {
  const known = rules.map(({ action, network }) => {
    const parsed = parseNetwork(network);
    // The readers of sites let no such rule pass; one that cannot be read must not open a door.
    return { action: parsed === undefined ? "deny" : action, isInside: parsed === undefined ? () => true : insideOf([parsed]) };
  });
  return (host) => known.findLast(({ isInside }) => isInside(host))?.action !== "deny";
}
