import { headersOf, headerOf, type SipResponse } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { printRequest } from "#sip/message/print-message";

/** The ACK of a failure answer (RFC 3261 §17.1.1.3): top Via, From, Call-ID and Route of the INVITE, To of the answer. */
export function ackOf(invite: string, response: SipResponse): string {
  const parsed = parseMessage(invite);
  if (!parsed.ok || parsed.value.kind !== "request") throw new Error("our own INVITE cannot be read");
  const request = parsed.value;
  const to = headerOf(response, "to");
  return printRequest({
    method: "ACK",
    uri: request.uri,
    headers: [
      ["Via", request.via.text],
      ["Max-Forwards", "70"],
      ...headersOf(request, "route").map((route) => ["Route", route] as const),
      ["From", request.from.text],
      // A NUL is legal in what we hear and is not written.
      ["To", to === undefined || to.includes("\0") ? request.to.text : to],
      ["Call-ID", request.callId],
      ["CSeq", `${request.cseq.number} ACK`],
    ],
  });
}
