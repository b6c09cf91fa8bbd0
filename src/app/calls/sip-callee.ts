import { CallLeg, type CallLegListener, type CallLegParts } from "#calls/call-leg";
import type { OutgoingCall, SessionEnd, Sessions } from "#sip/session/session";
import { causeOfEnd } from "./causes.ts";
import { diversionHeaders, fromOf, identityHeaders } from "./identity.ts";
import type { CalleeListener, Diversion, Identity } from "./party.ts";
import type { DomainFor } from "./own-domain.ts";
import { SipVoice } from "./sip-voice.ts";

/** Where one contact of a phone or a peer is reached. */
export interface SipTarget extends Pick<OutgoingCall, "flow" | "uri" | "routes" | "credentials" | "contactUser"> {
  /** Account that is called. */
  readonly account: string;
  readonly to: OutgoingCall["to"];
  /** Domain of our From; absent = ours. */
  readonly fromDomain?: string;
  /** User that is shown instead of the caller's number, as it stands in a URI. */
  readonly fromUser?: string;
  /** May it be told who calls by P-Asserted-Identity? */
  readonly trusts: boolean;
}

export interface SipCalleeParts extends CallLegParts {
  readonly sessions: Sessions;
  readonly domain: DomainFor;
}

export interface SipCall {
  readonly caller: Identity;
  /** Max-Forwards. */
  readonly hops: number;
  readonly diversions: readonly Diversion[];
}

/** Calls one contact. How it goes is told to whom its leg is given to listen before the present turn is over. */
export function callContact(target: SipTarget, call: SipCall, parts: SipCalleeParts): SipVoice {
  const domain = target.fromDomain ?? parts.domain(target.flow);
  const leg = CallLeg.outgoing(
    parts.sessions,
    {
      flow: target.flow,
      uri: target.uri,
      to: target.to,
      from: fromOf(call.caller, domain, target.fromUser),
      headers: [
        ["Max-Forwards", String(call.hops)],
        ...identityHeaders(call.caller, { domain, trusts: target.trusts }),
        ...(target.trusts ? diversionHeaders(call.diversions, domain) : []),
      ],
      ...(target.routes === undefined ? {} : { routes: target.routes }),
      ...(target.credentials === undefined ? {} : { credentials: target.credentials }),
      ...(target.contactUser === undefined ? {} : { contactUser: target.contactUser }),
    },
    parts,
  );
  return new SipVoice(leg, { domain: () => domain, trusts: target.trusts });
}

/** What a leg tells of somebody who is called. */
export function calleeLegListener(heard: CalleeListener): CallLegListener {
  let isAnswered = false;
  return {
    onProgress: (status, hasMedia) => {
      if (hasMedia) heard.earlyMedia();
      else if (status === 180) heard.ringing();
    },
    onAnswered: () => {
      isAnswered = true;
      heard.answered();
    },
    onHold: (isHeld) => {
      if (isAnswered) heard.held(isHeld);
    },
    onDigit: (digit) => {
      heard.digit(digit);
    },
    onPlayed: (isWhole) => {
      heard.played(isWhole);
    },
    onEnded: (end) => {
      if (isAnswered) heard.gone(causeOfEnd(end));
      else heard.failed(statusOf(end), causeOfEnd(end));
    },
  };
}

/** The status that says best how an attempt ended. */
function statusOf(end: SessionEnd): number {
  if (end.type === "refused") return end.status;
  if (end.type === "cancelled") return 487;
  return end.type === "lost" && end.reason === "transport" ? 503 : 408;
}
