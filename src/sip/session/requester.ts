import { DigestClient, type Credentials } from "#sip/auth/digest-client";
import type { Random } from "#base/random";
import type { WheelTimer } from "#base/timer-wheel";
import { headersOf, type SipResponse } from "#sip/message/message";
import type { OutgoingHeader } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";
import type { CallDialog } from "./call-dialog.ts";
import { RE_INVITE_MAX_MS, TRIES_MAX } from "./limits.ts";
import type { SessionParts } from "./session-parts.ts";

/** What became of a request of ours. */
export type Reply = { readonly type: "response"; readonly response: SipResponse } | { readonly type: "timeout" | "transport" };

/** The status that a reply stands for (RFC 3261 §8.1.3.1). */
export function statusOfReply(reply: Reply): number {
  if (reply.type === "response") return reply.response.status;
  return reply.type === "timeout" ? 408 : 503;
}

/** Answers challenges with one account's password; without one it answers none. */
export class Keys {
  readonly #clients: Readonly<Record<"401" | "407", DigestClient>> | undefined;

  constructor(credentials: Credentials | undefined, random: Random) {
    this.#clients =
      credentials === undefined
        ? undefined
        : { "401": new DigestClient(credentials, random), "407": new DigestClient(credentials, random) };
  }

  /** Headers for a request, as far as challenges are known. */
  headers(method: string, uri: string): OutgoingHeader[] {
    const [own, proxy] = [this.#clients?.["401"].answer(method, uri), this.#clients?.["407"].answer(method, uri)];
    return [
      ...(own === undefined ? [] : [["Authorization", own] as const]),
      ...(proxy === undefined ? [] : [["Proxy-Authorization", proxy] as const]),
    ];
  }

  /** Takes a challenge. False: it cannot be answered, or was answered wrongly. */
  accept(response: SipResponse, sent: readonly OutgoingHeader[]): boolean {
    const isProxy = response.status === 407;
    if (this.#clients === undefined || (response.status !== 401 && !isProxy)) return false;
    const hadAnswered = sent.some(([name]) => name === (isProxy ? "Proxy-Authorization" : "Authorization"));
    const challenges = headersOf(response, isProxy ? "proxy-authenticate" : "www-authenticate");
    return this.#clients[isProxy ? "407" : "401"].accept(challenges, hadAnswered);
  }
}

/** A request to send in a dialog. */
export interface Ask {
  readonly method: string;
  readonly headers: readonly OutgoingHeader[];
  readonly body?: string | undefined;
}

/** What requests are sent on. */
export interface RequestGrounds extends Pick<SessionParts, "clients" | "wheel"> {
  readonly keys: Keys;
  readonly flow: () => Flow;
  /** False: the session is over, only a BYE is still sent again. */
  readonly isOpen: () => boolean;
}

/** Sends requests in dialogs: numbers, challenges, the ACK of each 2xx to an INVITE. */
export class Requester {
  readonly #grounds: RequestGrounds;

  constructor(grounds: RequestGrounds) {
    this.#grounds = grounds;
  }

  /** `answered` hears once what became of it. */
  send(dialog: CallDialog, ask: Ask, answered: (reply: Reply) => void, tries = 1): void {
    const { clients, keys, isOpen, wheel } = this.#grounds;
    const flow = this.#grounds.flow();
    const secrets = keys.headers(ask.method, dialog.uri);
    const branch = clients.newBranch();
    const cseq = dialog.nextCSeq();
    const headers = [...ask.headers, ...secrets];
    const message = dialog.print({ ...ask, cseq, branch, headers }, flow);
    const isWanted = (): boolean => ask.method === "BYE" || (isOpen() && !dialog.isOver);
    let ack: string | undefined;
    let patience: WheelTimer | undefined;
    const onFinal = (response: SipResponse): void => {
      if (ack !== undefined) {
        this.#grounds.flow().send(ack);
        return;
      }
      wheel.stop(patience);
      if (ask.method === "INVITE" && response.status < 300) {
        dialog.refreshTarget(response);
        ack = this.acknowledge(dialog, cseq, secrets);
      } else if (tries < TRIES_MAX && isWanted() && keys.accept(response, secrets)) {
        this.send(dialog, ask, answered, tries + 1);
        return;
      }
      answered({ type: "response", response });
    };
    const user = {
      onResponse: (response: SipResponse): void => {
        if (response.status >= 200) onFinal(response);
        // Once provisionally answered, an INVITE has no timer that ends it.
        else if (ask.method === "INVITE")
          patience ??= wheel.start(RE_INVITE_MAX_MS, () => {
            clients.abandon(branch);
            answered({ type: "timeout" });
          });
      },
      onTimeout: (): void => {
        answered({ type: "timeout" });
      },
      onTransportError: (): void => {
        wheel.stop(patience);
        answered({ type: "transport" });
      },
      get isOver(): boolean {
        return !isWanted();
      },
    };
    clients.start({ method: ask.method, branch, message, flow }, user);
  }

  /** Sends the ACK of a 2xx; the same text answers each repeat of it (B-2). */
  acknowledge(dialog: CallDialog, cseq: number, secrets: readonly OutgoingHeader[]): string {
    const flow = this.#grounds.flow();
    // A proxy that challenged the INVITE wants to see the same in its ACK (RFC 3261 §22.1).
    const ack = dialog.print({ method: "ACK", cseq, branch: this.#grounds.clients.newBranch(), headers: secrets }, flow);
    flow.send(ack);
    return ack;
  }
}
