import { parseDestination } from "../dialplan/destination.ts";
import type { Account } from "./account.ts";
import { dahdiChannel } from "./dahdi.ts";
import { show } from "./shown.ts";
import type { Site } from "./site.ts";

/** Where a device string leads when it is dialled (sla.md §2.6, §5.7). */
export type DialTarget =
  /** An account's phones, or the provider or gateway that stands at it; `number`: what it is asked for. */
  | { readonly type: "account"; readonly account: Account; readonly number?: string }
  /** Our own dialplan. */
  | { readonly type: "local"; readonly extension: string; readonly context: string }
  /** Somebody whom no account names. */
  | { readonly type: "address"; readonly uri: string }
  /** Nothing is dialled; the sentence says why. */
  | { readonly type: "unknown"; readonly reason: string };

export interface DialRules {
  /** May a device name a host that is no account? Default no: a typing error must not send calls into the world. */
  readonly mayDialAddresses?: boolean;
}

const DEVICE_MAX_CHARACTERS = 256;
const SCHEME = /^sips?:/i;
const ADDRESS = /^(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i;
/** What a number may have in it to become the user of a URI; the rest is escaped on the way out, controls never leave. */
const BAD_NUMBER = /[\p{Cc}\s<>"]/u;

/** Takes a device string apart and finds whom it means. Technologies and names of accounts are compared without case, the exact one first. */
export function dialTarget(device: string, site: Pick<Site, "accounts" | "settings">, rules: DialRules = {}): DialTarget {
  if (device.length > DEVICE_MAX_CHARACTERS) return unknown("the device string is too long");
  const destination = parseDestination(device.trim());
  if (destination === undefined)
    return unknown(`${show(device)} is no device: write Technology/resource, for example SIP/provider`);
  if (destination.kind === "local") {
    const { extension, context } = destination;
    if (extension === "") return unknown(`${show(device)} names no extension`);
    return { type: "local", extension, context };
  }
  if (destination.kind === "peer") return peerTarget({ ...destination, device }, site, rules);
  const channel = dahdiChannel(device.trim());
  if (channel !== undefined) return dahdiTarget(channel, destination.resource, site);
  return unknown(`${destination.technology} is not in this server`);
}

function peerTarget(
  { peer, number, device }: { readonly peer: string; readonly number?: string; readonly device: string },
  site: Pick<Site, "accounts">,
  { mayDialAddresses = false }: DialRules,
): DialTarget {
  const written = number === undefined ? undefined : numberOf(number, device.endsWith(`/${number}`));
  const account = findAccount(peer, site);
  if (account !== undefined) return withNumber(account, written);
  if (!mayDialAddresses || !ADDRESS.test(peer)) return unknown(`${show(device)} names no account`);
  if (written !== undefined && BAD_NUMBER.test(written)) return unknown(`${show(device)} holds a number that cannot be dialled`);
  return {
    type: "address",
    uri: written === undefined || written === "" ? `sip:${peer}` : `sip:${escapeNumber(written)}@${peer}`,
  };
}

/** Of PJSIP/endpoint/sip:user@host the user, "" where it has none; a number as written. */
function numberOf(number: string, isBehindPeer: boolean): string {
  if (!SCHEME.test(number)) return number;
  const [user = "", ...host] = number.replace(SCHEME, "").split("@");
  return host.length === 0 && isBehindPeer ? "" : user;
}

/** "1" and "1/5551212"; an FXO port takes the digits behind the slash. */
function dahdiTarget(channel: string, resource: string, site: Pick<Site, "accounts" | "settings">): DialTarget {
  const mapped = site.settings.dahdi.find((one) => one.channel === channel);
  if (mapped === undefined) return unknown(`DAHDI/${channel} stands for no account: map it under dahdi in site.yaml`);
  const account = findAccount(mapped.account, site);
  if (account === undefined) return unknown(`DAHDI/${channel} is mapped to ${show(mapped.account)}, which is no account`);
  const slash = resource.indexOf("/");
  return withNumber(account, slash === -1 ? undefined : resource.slice(slash + 1).trim());
}

function withNumber(account: Account, number: string | undefined): DialTarget {
  if (number === undefined || number === "") return { type: "account", account };
  if (BAD_NUMBER.test(number)) return unknown("the number cannot be dialled: it holds blanks or control characters");
  return { type: "account", account, number };
}

/** The account of a name; where several differ in case only, the exact one. */
export function findAccount(name: string, { accounts }: Pick<Site, "accounts">): Account | undefined {
  const wanted = name.toLowerCase();
  return accounts.find((one) => one.name === name) ?? accounts.find((one) => one.name.toLowerCase() === wanted);
}

/** A number as the user part of a URI (RFC 3261 §25.1). */
export function escapeNumber(number: string): string {
  return encodeURIComponent(number.replace(/\p{Cs}/gu, "\ufffd")).replace(/%(2B|24|26|2C|3B|3D|3F|2F)/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function unknown(reason: string): DialTarget {
  return { type: "unknown", reason };
}
