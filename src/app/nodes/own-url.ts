import { formatHostPort } from "#sip/message/uri";
import { firstAddress, isWildcard } from "#sip/transport/local-addresses";

const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/**
 * Where other nodes reach this one's HTTP: the address that it is bound to, when that is one of its own. Otherwise the advertised host, which
 * may be that of a proxy before all of them, else the first address that leads outside.
 */
export function ownUrl(bound: string, port: number, advertise: string | undefined): string {
  const isEverywhere = isWildcard(bound);
  const own = isEverywhere || LOOPBACK.test(bound) ? undefined : bound;
  return `http://${formatHostPort(own ?? advertise ?? (isEverywhere ? firstAddress(4) : bound), port)}`;
}
