import { localContact, type AskedDialog } from "#sip/dialog/dialog";
import { printRequest, printVia } from "#sip/message/print-message";
import { quote } from "#sip/message/scan-text";
import type { OutgoingHeader } from "#sip/transaction/user";
import { cleanHeaders } from "./own-headers.ts";
import type { OutgoingCall } from "./session.ts";
import { LOOP_HEADER } from "./session-parts.ts";

/** One sending of an INVITE of ours, as its CANCEL must repeat it (RFC 3261 §9.1). */
export interface SentInvite {
  readonly branch: string;
  readonly cseq: number;
  readonly secrets: readonly OutgoingHeader[];
}

/** The INVITE of a call and its CANCEL. */
export class OutgoingInvite {
  readonly asked: AskedDialog;
  readonly #call: OutgoingCall;
  readonly #loopToken: string;

  constructor(call: OutgoingCall, names: { readonly callId: string; readonly localTag: string }, loopToken: string) {
    this.#call = call;
    this.#loopToken = loopToken;
    this.asked = { ...names, localAddress: printAddress(call.from), uri: call.uri };
  }

  /** Max-Forwards of the user's replaces ours, so that hops are counted through us (B-24). */
  invite({ branch, cseq, secrets }: SentInvite, abilities: readonly OutgoingHeader[]): string {
    const { flow, contactUser, routes = [], headers = [], uri, sdp } = this.#call;
    const contact = localContact({ routeSet: routes, remoteTarget: uri }, flow, contactUser);
    return printRequest({
      method: "INVITE",
      uri,
      headers: [
        ...this.#head("INVITE", { branch, cseq }),
        ["Contact", `<${contact}>`],
        ...abilities,
        [LOOP_HEADER, this.#loopToken],
        ...cleanHeaders(headers.filter(([name]) => !isHops(name))),
        ...secrets,
        ["Content-Type", "application/sdp"],
      ],
      body: sdp,
    });
  }

  cancel({ branch, cseq }: SentInvite, headers: readonly OutgoingHeader[]): string {
    return printRequest({
      method: "CANCEL",
      uri: this.#call.uri,
      headers: [...this.#head("CANCEL", { branch, cseq }), ...headers],
    });
  }

  #head(method: string, { branch, cseq }: Pick<SentInvite, "branch" | "cseq">): OutgoingHeader[] {
    const { flow, to, routes = [], headers = [] } = this.#call;
    const { localAddress, localTag, callId } = this.asked;
    const hops = headers.find(([name]) => isHops(name))?.[1] ?? "70";
    return [
      ["Via", printVia(flow.transport, flow.sentBy, branch)],
      ["Max-Forwards", hops],
      ...routes.map((route) => ["Route", route] as const),
      ["From", `${localAddress};tag=${localTag}`],
      ["To", printAddress(to)],
      ["Call-ID", callId],
      ["CSeq", `${cseq} ${method}`],
    ];
  }
}

function isHops(name: string): boolean {
  return name.toLowerCase() === "max-forwards";
}

function printAddress({ uri, name }: { readonly uri: string; readonly name?: string }): string {
  return name === undefined || name === "" ? `<${uri}>` : `${quote(name)} <${uri}>`;
}
