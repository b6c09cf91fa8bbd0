import { headerOf, headersOf, type SipMessage } from "#sip/message/message";
import { splitList } from "#sip/message/split-list";

/** Does a comma list of the message (Require, Supported, Allow) have this word? */
export function lists(message: SipMessage, header: string, word: string): boolean {
  return headersOf(message, header).some((value) => splitList(value).some((one) => one.toLowerCase() === word.toLowerCase()));
}

/** Does it say who the peer is? */
export function namesParty(message: SipMessage): boolean {
  return headerOf(message, "p-asserted-identity") !== undefined || headerOf(message, "remote-party-id") !== undefined;
}

/** What the peer is and can, as its messages say. */
export class Peer {
  userAgent = "";
  #allow: readonly string[] = [];
  readonly #forbidden = new Set<string>();

  hear(message: SipMessage): void {
    const name = headerOf(message, "user-agent") ?? headerOf(message, "server");
    if (name !== undefined) this.userAgent = name;
    const allow = headersOf(message, "allow");
    if (allow.length > 0) this.#allow = allow.flatMap((value) => splitList(value).map((method) => method.toUpperCase()));
  }

  /** It does not take this method after all. */
  forbid(method: string): void {
    this.#forbidden.add(method);
  }

  allows(method: string): boolean {
    return this.#allow.includes(method) && !this.#forbidden.has(method);
  }
}
