import { escapeAttribute } from "#base/xml/escape-xml";
import type { Dialog } from "#sip/dialog/dialog";
import { requestRoute } from "#sip/dialog/dialog";
import type { Flow } from "#sip/transport/flow";
import type { BodyTemplate } from "./package.ts";
import type { NotifyHead } from "./subscription.ts";

/** What a head is made of, beside the flow. */
export interface NotifyFacts {
  readonly dialog: Dialog;
  readonly event: string;
  readonly entity: string;
}

/**
 * The text of NOTIFYs (presence.md §1.5), in the order of its table; what is left out there is left out here.
 * The head is made once per dialog and flow, each NOTIFY is a splice.
 */
export function notifyHead({ dialog, event, entity }: NotifyFacts, flow: Flow): NotifyHead {
  const { uri, routes } = requestRoute(dialog);
  const transport = flow.transport.toUpperCase();
  const routeLines = routes.map((route) => `Route: ${route}\r\n`).join("");
  return {
    toBranch: inOnePiece(`NOTIFY ${uri} SIP/2.0\r\nVia: SIP/2.0/${transport} ${flow.sentBy};rport;branch=`),
    toCSeq: inOnePiece(
      `\r\nMax-Forwards: 70\r\n${routeLines}From: ${dialog.localAddress};tag=${dialog.localTag}\r\n` +
        `To: ${dialog.remoteAddress}\r\nCall-ID: ${dialog.callId}\r\nCSeq: `,
    ),
    toState: inOnePiece(` NOTIFY\r\nContact: <${localContact(dialog, flow)}>\r\nEvent: ${event}\r\nSubscription-State: `),
    entity: escapeAttribute(entity),
    watcher: escapeAttribute(dialog.remoteTarget),
    entityText: entity,
  };
}

/** The runtime keeps a put-together string as a tree of its parts; what lives for hours is better one piece (some 25 objects less a head). */
function inOnePiece(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

/**
 * Our address for requests of the peer in this dialog: same transport, the address it talks to (S-83). Where the first hop is a sips URI, ours
 * is one too (RFC 3261 §12.1.1), as far as the flow is inside TLS; TLS is then not named again (RFC 5630 §3.1.4).
 */
export function localContact({ routeSet, remoteTarget }: Pick<Dialog, "routeSet" | "remoteTarget">, flow: Flow): string {
  const { transport, sentBy } = flow;
  const isInTls = transport === "tls" || transport === "wss";
  const scheme = isInTls && /^<?sips:/i.test(routeSet[0] ?? remoteTarget) ? "sips" : "sip";
  // WebSockets inside TLS have no name of their own in URIs (RFC 7118 §5.2.3).
  const name = transport === "wss" ? "ws" : transport;
  const isSaid = transport === "udp" || (transport === "tls" && scheme === "sips");
  return `${scheme}:${sentBy}${isSaid ? "" : `;transport=${name}`}`;
}

/** One NOTIFY. `state` is the value of Subscription-State; no document, or one without a type: an empty body. */
export function notifyText(
  head: NotifyHead,
  numbers: { readonly branch: string; readonly cseq: number },
  state: string,
  document: Pick<BodyTemplate, "contentType" | "headers"> | undefined,
  body: string,
): string {
  const start = head.toBranch + numbers.branch + head.toCSeq + String(numbers.cseq) + head.toState + state;
  const more = document?.headers ?? "";
  if (document?.contentType === undefined) return `${start}\r\n${more}Content-Length: 0\r\n\r\n`;
  return `${start}\r\n${more}Content-Type: ${document.contentType}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Fills the holes of a body. */
export function spliceBody(
  template: BodyTemplate,
  head: Pick<NotifyHead, "entity" | "watcher" | "entityText">,
  version: number,
): string {
  let body = template.pieces[0] ?? "";
  for (let hole = 0; hole < template.holes.length; hole += 1) {
    const name = template.holes[hole];
    body += (name === undefined || name === "version" ? String(version) : head[name]) + (template.pieces[hole + 1] ?? "");
  }
  return body;
}
