import { localContact, remoteTargetOf, requestRoute, type Dialog } from "#sip/dialog/dialog";
import type { SipMessage } from "#sip/message/message";
import { printRequest, printVia } from "#sip/message/print-message";
import type { OutgoingHeader } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";

/** What a request in a dialog says besides what the dialog says. */
export interface RequestInDialog {
  readonly method: string;
  readonly cseq: number;
  readonly branch: string;
  readonly headers: readonly OutgoingHeader[];
  readonly body?: string | undefined;
}

/** A dialog of a call with the numbers that it counts (RFC 3261 §12.2). */
export class CallDialog {
  dialog: Dialog;
  /** Of the last request of ours. */
  localCSeq: number;
  /** Of the last request of theirs; 0 = none yet. */
  remoteCSeq: number;
  /** RSeq of the last reliable provisional answer of theirs. */
  remoteRSeq: number | undefined = undefined;
  /** A final answer ended it while it was early: what is not answered in it is not asked again. */
  isOver = false;
  readonly #contactUser: string | undefined;

  constructor(
    dialog: Dialog,
    numbers: { readonly localCSeq: number; readonly remoteCSeq: number },
    contactUser: string | undefined,
  ) {
    this.dialog = dialog;
    this.localCSeq = numbers.localCSeq;
    this.remoteCSeq = numbers.remoteCSeq;
    this.#contactUser = contactUser;
  }

  nextCSeq(): number {
    this.localCSeq += 1;
    return this.localCSeq;
  }

  /** A target refresh (RFC 3261 §12.2.1.2): without a Contact that can be used, everything stays. */
  refreshTarget(message: SipMessage): void {
    const target = remoteTargetOf(message);
    if (target.ok) this.dialog = { ...this.dialog, remoteTarget: target.value };
  }

  /** Request-URI of requests of ours. */
  get uri(): string {
    return requestRoute(this.dialog).uri;
  }

  contact(flow: Flow): string {
    return `<${localContact(this.dialog, flow, this.#contactUser)}>`;
  }

  print({ method, cseq, branch, headers, body }: RequestInDialog, flow: Flow): string {
    const { dialog } = this;
    const { uri, routes } = requestRoute(dialog);
    return printRequest({
      method,
      uri,
      headers: [
        ["Via", printVia(flow.transport, flow.sentBy, branch)],
        ["Max-Forwards", "70"],
        ...routes.map((route) => ["Route", route] as const),
        ["From", `${dialog.localAddress};tag=${dialog.localTag}`],
        ["To", dialog.remoteAddress],
        ["Call-ID", dialog.callId],
        ["CSeq", `${cseq} ${method}`],
        ...(method === "ACK" || method === "BYE" ? [] : [["Contact", this.contact(flow)] as const]),
        ...headers,
      ],
      ...(body === undefined ? {} : { body }),
    });
  }
}
