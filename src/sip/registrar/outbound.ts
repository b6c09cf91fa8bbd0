import { fail, ok, type Result } from "#base/result";
import { headersOf, type SipRequest } from "#sip/message/message";
import { splitList } from "#sip/message/split-list";
import { parseUri } from "#sip/message/uri";
import type { Answer, OutgoingHeader } from "#sip/transaction/user";
import type { RegisterAsk } from "./registrar-rules.ts";

/** What we want to hear at least every so often on a flow; presence.md §7.2 gives a silent connection as long. */
export const FLOW_TIMER_SECONDS = 120;

/** The flow of an outbound registration is kept by the device, and it is told how (RFC 5626 §6). */
export const OUTBOUND_HEADERS: readonly OutgoingHeader[] = [
  ["Require", "outbound"],
  ["Flow-Timer", String(FLOW_TIMER_SECONDS)],
];

/** Does this REGISTER use outbound (RFC 5626 §6)? The error: it asks for what cannot be done. */
export function usesOutbound(request: SipRequest, { contacts }: RegisterAsk): Result<boolean, Answer> {
  if (contacts === "all" || !supportsOutbound(request)) return ok(false);
  const flows = contacts.filter(
    ({ seconds, binding }) => seconds > 0 && binding.regId !== undefined && binding.instance !== undefined,
  );
  if (flows.length === 0) return ok(false);
  // One request comes over one flow.
  if (flows.length > 1) return fail({ status: 400, reason: "More than one reg-id" });
  return isFirstHop(request) || firstHopKeepsFlow(flows[0]?.binding.path ?? [])
    ? ok(true)
    : fail({ status: 439, reason: "First Hop Lacks Outbound Support" });
}

function supportsOutbound(request: SipRequest): boolean {
  const tags = [...headersOf(request, "supported"), ...headersOf(request, "require")].flatMap((value) => splitList(value));
  return tags.some((tag) => tag.toLowerCase() === "outbound");
}

/** Did nobody stand between the device and us? */
function isFirstHop(request: SipRequest): boolean {
  return headersOf(request, "via").flatMap((value) => splitList(value)).length === 1;
}

/** The proxy next to the device is the last of Path and says so with ob. */
function firstHopKeepsFlow(path: readonly string[]): boolean {
  const uri = parseUri(path.at(-1)?.slice(1, -1) ?? "");
  return uri.ok && uri.value.parameters.has("ob");
}
