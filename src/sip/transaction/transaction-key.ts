import { inOnePiece } from "#sip/message/own-text";
import type { SipRequest } from "#sip/message/message";
import { BRANCH_COOKIE } from "./branches.ts";

/**
 * What a repeat has in common with the first sending (RFC 3261 §17.2.3): branch, sent-by and method. Call-ID too: branches of some phones
 * are no surprise, and their private addresses are the same everywhere; one must not swallow what another asks. Without a branch of that RFC, the
 * RFC 2543 way (S-5). An ACK matches its INVITE. Keys outlive their request, so they are strings of their own.
 */
export function transactionKey(request: Pick<SipRequest, "method" | "via" | "uri" | "from" | "callId" | "cseq">): string {
  const method = request.method === "ACK" ? "INVITE" : request.method;
  const { branch, host, port, text } = request.via;
  if (branch !== undefined && branch.length > BRANCH_COOKIE.length && branch.startsWith(BRANCH_COOKIE)) {
    return inOnePiece(`${branch} ${host.toLowerCase()}:${port ?? ""} ${method} ${request.callId}`);
  }
  return inOnePiece(`${request.callId}\n${request.from.tag ?? ""}\n${request.cseq.number} ${method}\n${request.uri}\n${text}`);
}

/** What the copies of one request have in common that came over two paths (RFC 3261 §8.2.2.2). */
export function mergeKeyOf(request: SipRequest): string {
  return inOnePiece(`${request.callId}\n${request.from.tag ?? ""}\n${request.cseq.number} ${request.cseq.method}`);
}
