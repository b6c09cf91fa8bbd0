import { escapeAttribute } from "#base/xml/escape-xml";
import type { Dialog } from "#sip/dialog/dialog";
import { localContact, requestRoute } from "#sip/dialog/dialog";
import { inOnePiece } from "#sip/message/own-text";
import { formatHost, parseUri } from "#sip/message/uri";
import type { Flow } from "#sip/transport/flow";
import { entityTag } from "./conditional.ts";
import type { MemberVersions } from "./list.ts";
import type { BodyHole, BodyTemplate } from "./package.ts";
import type { NotifyHead } from "./subscription.ts";

/** What a head is made of, beside the flow. */
export interface NotifyFacts {
  readonly dialog: Dialog;
  readonly event: string;
  readonly entity: string;
  readonly list?: true;
}

/**
 * The text of NOTIFYs (presence.md §1.5), in the order of its table; what is left out there is left out here.
 * The head is made once per dialog and flow, each NOTIFY is a splice.
 */
export function notifyHead({ dialog, event, entity, list }: NotifyFacts, flow: Flow): NotifyHead {
  const { uri, routes } = requestRoute(dialog);
  const transport = flow.transport.toUpperCase();
  // Every NOTIFY of a list has it, the last one too (L-1).
  const require = list === true ? "Require: eventlist\r\n" : "";
  const routeLines = routes.map((route) => `Route: ${route}\r\n`).join("");
  return {
    toBranch: inOnePiece(`NOTIFY ${uri} SIP/2.0\r\nVia: SIP/2.0/${transport} ${flow.sentBy};rport;branch=`),
    toCSeq: inOnePiece(
      `\r\nMax-Forwards: 70\r\n${routeLines}From: ${dialog.localAddress};tag=${dialog.localTag}\r\n` +
        `To: ${dialog.remoteAddress}\r\nCall-ID: ${dialog.callId}\r\nCSeq: `,
    ),
    toState: inOnePiece(
      ` NOTIFY\r\nContact: <${localContact(dialog, flow)}>\r\n${require}Event: ${event}\r\nSubscription-State: `,
    ),
    entity: escapeAttribute(entity),
    watcher: escapeAttribute(dialog.remoteTarget),
    entityText: entity,
    host: hostOf(entity),
    target: dialog.remoteTarget,
  };
}

function hostOf(entity: string): string {
  const uri = parseUri(entity);
  return uri.ok ? formatHost(uri.value.host) : "";
}

/** One NOTIFY. `state` is the value of Subscription-State; no document, or one without a type: an empty body. */
export function notifyText(
  head: NotifyHead,
  numbers: { readonly branch: string; readonly cseq: number },
  state: string,
  document: BodyTemplate | undefined,
  body: string,
): string {
  const start = head.toBranch + numbers.branch + head.toCSeq + String(numbers.cseq) + head.toState + state;
  if (document === undefined) return `${start}\r\nContent-Length: 0\r\n\r\n`;
  const tag = entityTag(document);
  const more = (tag === "" ? "" : `SIP-ETag: ${tag}\r\n`) + (document.headers ?? "") + (document.ownHeaders?.(head.host) ?? "");
  if (document.contentType === undefined) return `${start}\r\n${more}Content-Length: 0\r\n\r\n`;
  return `${start}\r\n${more}Content-Type: ${document.contentType}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Fills the holes of a body. */
export function spliceBody(
  template: BodyTemplate,
  head: Pick<NotifyHead, "entity" | "watcher" | "entityText">,
  version: number,
  members?: MemberVersions,
): string {
  let body = template.pieces[0] ?? "";
  for (let hole = 0; hole < template.holes.length; hole += 1) {
    const name = template.holes[hole];
    const value = typeof name === "object" ? String(members?.take(name.member) ?? version) : valueOf(name, head, version);
    body += value + (template.pieces[hole + 1] ?? "");
  }
  return body;
}

function valueOf(
  name: Exclude<BodyHole, object> | undefined,
  head: Pick<NotifyHead, "entity" | "watcher" | "entityText">,
  version: number,
): string {
  return name === undefined || name === "version" ? String(version) : head[name];
}
