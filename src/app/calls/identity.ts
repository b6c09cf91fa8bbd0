import { headersOf, type SipRequest } from "#sip/message/message";
import { parseNameAddressList } from "#sip/message/name-addr";
import { parseCallerId } from "#domain/dialplan/caller-id";
import { escapeNumber } from "#domain/site/dial-target";
import { decodeUser, formatHost, parseUri } from "#sip/message/uri";
import { fromWire, printDisplayName, toWire } from "#sip/message/wire-text";
import type { OutgoingHeader } from "#sip/transaction/user";
import type { Diversion, Identity } from "./party.ts";

const NUMBER_MAX = 64;
const NAME_MAX = 100;
/** More have sent no call on (B-23). */
const DIVERSIONS_MAX = 5;
export const NOBODY: Identity = { number: "", name: "" };

/** A URI of ours for a number: "sip:+49123@pbx.example". */
export function numberUri(number: string, domain: string): string {
  return `sip:${escapeNumber(number)}@${formatHost(domain)}`;
}

/** From of a call on behalf of somebody (RFC 3323 §4.1 when he is not to be shown); `user`: what a peer wants to see instead of his number. */
export function fromOf(who: Identity, domain: string, user?: string): { readonly uri: string; readonly name?: string } {
  const isShown = who.isPrivate !== true && who.number !== "";
  if (!isShown && user === undefined) return { uri: "sip:anonymous@anonymous.invalid", name: "Anonymous" };
  const uri = user === undefined ? numberUri(who.number, domain) : `sip:${user}@${formatHost(domain)}`;
  const name = isShown ? shortText(who.name, NAME_MAX) : "";
  return { uri, ...(name === "" ? {} : { name: toWire(name) }) };
}

/** Tells the peer who is there (RFC 3325): to those who are trusted with it. */
export function identityHeaders(
  who: Identity,
  { domain, trusts }: { readonly domain: string; readonly trusts: boolean },
): readonly OutgoingHeader[] {
  if (who.isPrivate === true && !trusts) return [["Privacy", "id"]];
  if (!trusts || who.number === "") return [];
  const name = shortText(who.name, NAME_MAX);
  const asserted: OutgoingHeader = [
    "P-Asserted-Identity",
    `${name === "" ? "" : `${printDisplayName(name)} `}<${numberUri(who.number, domain)}>`,
  ];
  return who.isPrivate === true ? [asserted, ["Privacy", "id"]] : [asserted];
}

/** Who a message says is there: P-Asserted-Identity or Remote-Party-ID where its sender is trusted with them, else From. */
export function identityOf(message: SipRequest, isTrusted: boolean): Identity {
  const isPrivate = headersOf(message, "privacy").some((value) => /\b(?:id|user|header)\b/i.test(value));
  const asserted = isTrusted ? [...headersOf(message, "p-asserted-identity"), ...headersOf(message, "remote-party-id")] : [];
  for (const text of [...asserted, message.from.text]) {
    const identity = readIdentity(text);
    if (identity !== undefined) return isPrivate ? { ...identity, isPrivate } : identity;
  }
  return NOBODY;
}

/** Who sent the call on, as its message says it (RFC 5806, B-23); those who wish not to be known are left out. */
export function diversionsOf(message: SipRequest): readonly Diversion[] {
  return headersOf(message, "diversion")
    .slice(0, DIVERSIONS_MAX)
    .flatMap((text) => {
      const by = readIdentity(text);
      const reason = /;\s*reason\s*=\s*"?([\w-]{1,32})/i.exec(text)?.[1] ?? "";
      const isPrivate = /;\s*privacy\s*=\s*"?(?!off)/i.test(text);
      return by === undefined || isPrivate || by.number === "" ? [] : [{ by, reason }];
    });
}

export function diversionHeaders(diversions: readonly Diversion[], domain: string): readonly OutgoingHeader[] {
  return diversions.map(({ by, reason }) => {
    const name = shortText(by.name, NAME_MAX);
    const address = `${name === "" ? "" : `${printDisplayName(name)} `}<${numberUri(by.number, domain)}>`;
    return ["Diversion", reason === "" ? address : `${address};reason=${reason}`];
  });
}

/** `"Name" <number>`, or a number alone, as files have it. */
export function identityOfCallerId(callerid: string): Identity {
  const { number, name } = parseCallerId(callerid);
  // A text alone that nobody could dial is a name.
  const isName = name === "" && !/^[+\d*#]*$/.test(number);
  return { number: isName ? "" : shortText(number, NUMBER_MAX), name: shortText(isName ? number : name, NAME_MAX) };
}

function readIdentity(text: string): Identity | undefined {
  const parsed = parseNameAddressList(text, 2);
  const address = parsed.ok ? parsed.value[0] : undefined;
  if (address === undefined) return undefined;
  const uri = parseUri(address.uri);
  const tel = /^tel:([+\d*#A-D.()-]{1,64})/i.exec(address.uri)?.[1];
  const user = uri.ok ? decodeUser(uri.value.user ?? "") : (tel ?? "");
  const number = shortText(fromWire(user.split(";", 1)[0] ?? ""), NUMBER_MAX);
  if (number.toLowerCase() === "anonymous") return { ...NOBODY, isPrivate: true };
  return { number, name: shortText(fromWire(address.name), NAME_MAX) };
}

/** One line without controls. */
function shortText(text: string, max: number): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, max);
}
