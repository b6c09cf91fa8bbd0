import { fail, ok, type Result } from "#base/result";
import { parseExpires } from "#sip/message/expires";
import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { parseNameAddressList, type NameAddress } from "#sip/message/name-addr";
import { parseUri } from "#sip/message/uri";
import type { Answer } from "#sip/transaction/user";
import type { FlowRecord } from "#sip/transport/flow";
import type { ContactAsk, RegisterAsk, RegistrarLimits } from "./registrar-rules.ts";

/** Contacts looked at in one REGISTER (presence.md §7.2). */
const CONTACTS_MAX = 50;

/** Reads a REGISTER into what it asks for; "query" when it has no Contact. */
export function readRegister(request: SipRequest, flow: FlowRecord, limits: RegistrarLimits, at: number): Result<RegisterAsk | "query", Answer> {
  const addresses: NameAddress[] = [];
  for (const line of headersOf(request, "contact")) {
    const parsed = parseNameAddressList(line, CONTACTS_MAX);
    if (!parsed.ok) return bad("Bad Contact");
    addresses.push(...parsed.value);
  }
  if (addresses.length === 0) return ok("query");
  if (addresses.length > CONTACTS_MAX) return bad("Too many contacts");
  const common = { callId: request.callId, cseq: request.cseq.number, at };
  const expires = parseExpires(headerOf(request, "expires"));
  if (addresses.some(({ uri }) => uri === "*")) {
    // Only alone and with Expires 0.
    return addresses.length === 1 && expires === 0 ? ok({ contacts: "all", ...common }) : bad("Contact * needs Expires 0 and no other Contact");
  }
  const path = readPath(request, limits);
  if (!path.ok) return path;
  const contacts: ContactAsk[] = [];
  for (const address of addresses) {
    if (!parseUri(address.uri).ok) return bad("Bad Contact");
    // A malformed expires counts as none (RFC 3261 §10.3 step 7).
    const seconds = parseExpires(address.parameters.get("expires")) ?? expires ?? limits.expiryDefaultSeconds;
    contacts.push({ seconds, binding: bindingOf(request, address, flow, path.value) });
  }
  return ok({ contacts, ...common });
}

function bindingOf(request: SipRequest, address: NameAddress, flow: FlowRecord, path: readonly string[]): ContactAsk["binding"] {
  const instance = address.parameters.get("+sip.instance")?.toLowerCase();
  const regId = address.parameters.get("reg-id");
  const q = address.parameters.get("q");
  return {
    contact: address.uri,
    flow,
    path,
    userAgent: headerOf(request, "user-agent") ?? "",
    ...(instance === undefined || instance === "" ? {} : { instance }),
    ...(regId === undefined || regId === "" ? {} : { regId }),
    ...(q === undefined || q === "" ? {} : { q }),
  };
}

function readPath(request: SipRequest, limits: RegistrarLimits): Result<readonly string[], Answer> {
  const path: string[] = [];
  for (const line of headersOf(request, "path")) {
    const parsed = parseNameAddressList(line, limits.pathsMax);
    if (!parsed.ok || parsed.value.some(({ uri }) => !parseUri(uri).ok)) return bad("Bad Path");
    path.push(...parsed.value.map(({ uri }) => `<${uri}>`));
  }
  return path.length > limits.pathsMax ? bad("Too many Path values") : ok(path);
}

function bad(reason: string): Result<never, Answer> {
  return fail({ status: 400, reason });
}
