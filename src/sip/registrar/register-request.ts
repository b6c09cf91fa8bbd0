import { fail, ok, type Result } from "#base/result";
import { parseExpires } from "#sip/message/expires";
import { isDeviceAddress } from "#sip/message/contact-address";
import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { parseNameAddressList, type NameAddress } from "#sip/message/name-addr";
import { formatHostPort, parseUri } from "#sip/message/uri";
import type { Answer } from "#sip/transaction/user";
import type { FlowRecord } from "#sip/transport/flow";
import type { ContactAsk, RegisterAsk, RegistrarLimits } from "./registrar-rules.ts";

/** Contacts looked at in one REGISTER (presence.md §7.2). */
const CONTACTS_MAX = 50;
/** What is kept of texts that only tell something to people or are compared with themselves. */
const TEXT_MAX_BYTES = 256;
const SIP_PORT = 5060;

/** How a REGISTER came. */
export interface RegisterSource {
  readonly flow: FlowRecord;
  /** This node's name. */
  readonly node: string;
  /** Our own address towards the sender, "host:port". */
  readonly sentBy: string;
  /** Does this node listen there, under any of its names? */
  readonly isOurs: (host: string, port: number) => boolean;
  /** A proxy that may put itself into Path. */
  readonly isTrusted: boolean;
  readonly at: number;
}

/** Reads a REGISTER into what it asks for; "query" when it has no Contact. */
export function readRegister(
  request: SipRequest,
  source: RegisterSource,
  limits: RegistrarLimits,
): Result<RegisterAsk | "query", Answer> {
  const addresses = readContacts(request);
  if (!addresses.ok) return addresses;
  if (addresses.value.length === 0) return ok("query");
  const common = { callId: request.callId, cseq: request.cseq.number, at: source.at };
  const expires = parseExpires(headerOf(request, "expires"));
  if (addresses.value.some(({ uri }) => uri === "*")) {
    // Only alone and with Expires 0.
    const isRight = addresses.value.length === 1 && expires === 0;
    return isRight ? ok({ contacts: "all", ...common }) : bad("Contact * needs Expires 0 and no other Contact");
  }
  const path = readPath(request, source, limits);
  if (!path.ok) return path;
  const refusal = addresses.value.map((address) => problemOf(address, source)).find((problem) => problem !== undefined);
  if (refusal !== undefined) return fail(refusal);
  const contacts = addresses.value.map((address): ContactAsk => {
    // A malformed expires counts as none (RFC 3261 §10.3 step 7).
    const seconds = parseExpires(address.parameters.get("expires")) ?? expires ?? limits.expiryDefaultSeconds;
    return { seconds, binding: bindingOf(request, address, source, path.value) };
  });
  return ok({ contacts, ...common });
}

function readContacts(request: SipRequest): Result<readonly NameAddress[], Answer> {
  const addresses: NameAddress[] = [];
  for (const line of headersOf(request, "contact")) {
    const parsed = parseNameAddressList(line, CONTACTS_MAX);
    if (!parsed.ok) return bad("Bad Contact");
    addresses.push(...parsed.value);
  }
  return addresses.length > CONTACTS_MAX ? bad("Too many contacts") : ok(addresses);
}

function problemOf({ uri: written }: NameAddress, { sentBy, isOurs }: RegisterSource): Answer | undefined {
  const uri = parseUri(written);
  if (!uri.ok) return { status: 400, reason: "Bad Contact" };
  if (!isDeviceAddress(uri.value)) return { status: 400, reason: "Contact is no address of a device" };
  const { host, port = SIP_PORT } = uri.value;
  // A request to such a contact would come back to us for ever.
  const isUs = formatHostPort(host.toLowerCase(), port) === sentBy.toLowerCase() || isOurs(host, port);
  return isUs ? { status: 403, reason: "Contact is this server" } : undefined;
}

function bindingOf(
  request: SipRequest,
  address: NameAddress,
  { flow, node }: RegisterSource,
  path: readonly string[],
): ContactAsk["binding"] {
  const instance = textOf(address.parameters.get("+sip.instance"))?.toLowerCase();
  const regId = address.parameters.get("reg-id");
  const q = address.parameters.get("q");
  const methods = textOf(headerOf(request, "allow"));
  return {
    contact: address.uri,
    flow,
    node,
    path,
    userAgent: textOf(headerOf(request, "user-agent")) ?? "",
    ...(methods === undefined ? {} : { methods }),
    ...(instance === undefined ? {} : { instance }),
    ...(regId === undefined || !REG_ID.test(regId) ? {} : { regId: String(Number(regId)) }),
    ...(q === undefined || !Q_VALUE.test(q) ? {} : { q }),
  };
}

/** 1 to 2^31 - 1; what is none counts as none (RFC 5626 §10). */
const REG_ID = /^0{0,9}[1-9]\d{0,9}$/;
const Q_VALUE = /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/;

function textOf(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text.slice(0, TEXT_MAX_BYTES);
}

function readPath(
  request: SipRequest,
  { isTrusted }: RegisterSource,
  limits: RegistrarLimits,
): Result<readonly string[], Answer> {
  const path: string[] = [];
  for (const line of headersOf(request, "path")) {
    const parsed = parseNameAddressList(line, limits.pathsMax);
    if (!parsed.ok || parsed.value.some(({ uri }) => !parseUri(uri).ok)) return bad("Bad Path");
    path.push(...parsed.value.map(({ uri }) => `<${uri}>`));
  }
  if (path.length > 0 && !isTrusted) return fail({ status: 403, reason: "Path from a source that is not trusted" });
  return path.length > limits.pathsMax ? bad("Too many Path values") : ok(path);
}

function bad(reason: string): Result<never, Answer> {
  return fail({ status: 400, reason });
}
