import type { SipMessage, SipRequest, SipResponse } from "#sip/message/message";
import { isDeviceAddress } from "#sip/message/contact-address";
import { headerOf, headersOf } from "#sip/message/message";
import { parseNameAddressList, readAddressWithTag, type NameAddress } from "#sip/message/name-addr";
import { parseUri } from "#sip/message/uri";
import type { Flow } from "#sip/transport/flow";
import { fail, ok, type Result } from "#base/result";

/**
 * The part of a dialog that does not change with every request (RFC 3261 §12), seen from us, who were asked (UAS) or asked (UAC).
 * All strings are binary strings, as received.
 */
export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** The To of their request without its tag, or the From of ours: our From in requests of ours, byte for byte. */
  readonly localAddress: string;
  /** The From of their request with its tag, or the To of their answer: our To. */
  readonly remoteAddress: string;
  /** The Contact's URI: where requests of ours are addressed to. */
  readonly remoteTarget: string;
  /** Record-Route, for an answer reversed (S-24): "<sip:proxy;lr>". */
  readonly routeSet: readonly string[];
}

/** Record-Route values kept of one request (presence.md §7.2). */
const ROUTES_MAX = 20;

/** The dialog that a request outside of one asks for. The error is a reason phrase for a 400. */
export function dialogOf(request: SipRequest, localTag: string): Result<Dialog, string> {
  const target = remoteTargetOf(request);
  if (!target.ok) return target;
  const routeSet = routeSetOf(request);
  if (!routeSet.ok) return routeSet;
  return ok({
    callId: request.callId,
    localTag,
    remoteTag: request.from.tag ?? "",
    localAddress: request.to.text,
    remoteAddress: request.from.text,
    remoteTarget: target.value,
    routeSet: routeSet.value,
  });
}

/** The request of ours that an answer makes a dialog of. */
export interface AskedDialog {
  readonly callId: string;
  readonly localTag: string;
  /** Our From without its tag. */
  readonly localAddress: string;
  readonly uri: string;
}

/** The dialog that an answer to a request of ours makes (RFC 3261 §12.1.2). The error says what is wrong with the answer. */
export function dialogOfAnswer(asked: AskedDialog, response: SipResponse): Result<Dialog, string> {
  const remoteAddress = headerOf(response, "to") ?? "";
  const remoteTag = readAddressWithTag(remoteAddress)?.tag;
  if (remoteTag === undefined || remoteAddress.includes("\0")) return fail("Bad To");
  const routeSet = routeSetOf(response);
  if (!routeSet.ok) return routeSet;
  const target = remoteTargetOf(response);
  const { callId, localTag, localAddress, uri } = asked;
  return ok({
    callId,
    localTag,
    remoteTag,
    localAddress,
    remoteAddress,
    // Provisional answers may lack a Contact: until one names it, the peer is where it was asked.
    remoteTarget: target.ok ? target.value : uri,
    routeSet: [...routeSet.value].reverse(),
  });
}

/** The remote target that a target refresh request names (S-23, S-58). */
export function remoteTargetOf(message: SipMessage): Result<string, string> {
  const text = headerOf(message, "contact");
  if (text === undefined) return fail("Missing Contact");
  const contacts = parseNameAddressList(text, 1);
  const contact = contacts.ok ? contacts.value[0] : undefined;
  const uri = contact === undefined ? undefined : parseUri(contact.uri);
  if (contact === undefined || uri?.ok !== true || !isDeviceAddress(uri.value)) return fail("Bad Contact");
  return ok(contact.uri);
}

function routeSetOf(message: SipMessage): Result<readonly string[], string> {
  const routes: NameAddress[] = [];
  for (const text of headersOf(message, "record-route")) {
    const parsed = parseNameAddressList(text, ROUTES_MAX);
    if (!parsed.ok || routes.length + parsed.value.length > ROUTES_MAX) return fail("Bad Record-Route");
    routes.push(...parsed.value);
  }
  if (routes.some((route) => !parseUri(route.uri).ok)) return fail("Bad Record-Route");
  return ok(routes.map((route) => `<${route.uri}>`));
}

/** Request-URI and Route values of a request in the dialog: loose routing, or strict when the first hop has no lr (RFC 3261 §12.2.1.1). */
export function requestRoute(dialog: Pick<Dialog, "remoteTarget" | "routeSet">): {
  readonly uri: string;
  readonly routes: readonly string[];
} {
  const first = dialog.routeSet[0];
  if (first === undefined) return { uri: dialog.remoteTarget, routes: [] };
  const firstUri = first.slice(1, -1);
  const parsed = parseUri(firstUri);
  if (parsed.ok && parsed.value.parameters.has("lr")) return { uri: dialog.remoteTarget, routes: dialog.routeSet };
  return { uri: firstUri, routes: [...dialog.routeSet.slice(1), `<${dialog.remoteTarget}>`] };
}

/**
 * Our address for requests of the peer in this dialog: same transport, the address it talks to (S-83), `user` before it. Where the first hop is a sips URI, ours
 * is one too (RFC 3261 §12.1.1), as far as the flow is inside TLS; TLS is then not named again (RFC 5630 §3.1.4).
 */
export function localContact(
  { routeSet, remoteTarget }: Pick<Dialog, "routeSet" | "remoteTarget">,
  flow: Flow,
  user?: string,
): string {
  const { transport, sentBy } = flow;
  const isInTls = transport === "tls" || transport === "wss";
  const scheme = isInTls && /^<?sips:/i.test(routeSet[0] ?? remoteTarget) ? "sips" : "sip";
  // WebSockets inside TLS have no name of their own in URIs (RFC 7118 §5.2.3).
  const name = transport === "wss" ? "ws" : transport;
  const isSaid = transport === "udp" || (transport === "tls" && scheme === "sips");
  return `${scheme}:${user === undefined ? "" : `${user}@`}${sentBy}${isSaid ? "" : `;transport=${name}`}`;
}
