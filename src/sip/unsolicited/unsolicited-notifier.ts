import type { Random } from "#base/random";
import { DigestClient, type Credentials } from "#sip/auth/digest-client";
import { localContact } from "#sip/dialog/dialog";
import { parseDigest } from "#sip/message/auth-header";
import { headersOf, type SipResponse } from "#sip/message/message";
import { printRequest, printVia } from "#sip/message/print-message";
import type { ClientTransactions, OutgoingHeader } from "#sip/transaction/user";
import type { Flow, FlowDirectory, FlowRecord } from "#sip/transport/flow";

/** What is said, and to whom. Strings are binary strings. */
export interface UnsolicitedNotify {
  /** Contact URI as it was registered, the way there, and Path in received order. */
  readonly contact: string;
  readonly flow: FlowRecord;
  readonly path: readonly string[];
  /** Address of record, as URI: whom it comes from and goes to. */
  readonly aor: string;
  readonly event: string;
  readonly subscriptionState: "active" | "terminated";
  readonly body?: { readonly type: string; readonly text: string };
  /** For a phone that challenges; undefined = we cannot answer it. */
  readonly credentials: Credentials | undefined;
}

/** What became of a NOTIFY. */
export type NotifyOutcome =
  | { readonly type: "answered"; readonly status: number; readonly reason: string }
  | { readonly type: "timeout" }
  /** Its connection is gone. */
  | { readonly type: "unreachable" }
  /** The phone challenged, and not as somebody whose secret we hold, or it refused our answer. */
  | { readonly type: "challenged" };

export interface UnsolicitedNotifierParts {
  readonly clients: ClientTransactions;
  readonly flows: Pick<FlowDirectory, "find">;
  readonly random: Random;
  /** The realm that our accounts' secrets are of: no other challenge is answered (X-7). */
  readonly realm: () => string;
}

const TAG_BITS = 64;
const CALL_ID_BITS = 96;

/** One exchange: the same Call-ID and tag for the NOTIFY and its repeat with an answer. */
interface Exchange {
  readonly notify: UnsolicitedNotify;
  readonly flow: Flow;
  readonly callId: string;
  readonly tag: string;
  readonly digest: DigestClient | undefined;
}

/** Sends NOTIFYs outside of subscriptions to registered contacts, over their flows only. */
export class UnsolicitedNotifier {
  readonly #parts: UnsolicitedNotifierParts;

  constructor(parts: UnsolicitedNotifierParts) {
    this.#parts = parts;
  }

  /** Resolves when there is a final answer, or none will come. */
  async send(notify: UnsolicitedNotify): Promise<NotifyOutcome> {
    const { flows, random } = this.#parts;
    const flow = flows.find(notify.flow);
    if (flow === undefined) return { type: "unreachable" };
    const digest = notify.credentials === undefined ? undefined : new DigestClient(notify.credentials, random);
    const exchange = { notify, flow, callId: random.token(CALL_ID_BITS), tag: random.token(TAG_BITS), digest };
    const first = await this.#ask(exchange, 1, []);
    if (!isChallenge(first)) return outcomeOf(first);
    const answer = this.#answerTo(first, exchange);
    if (answer === undefined) return { type: "challenged" };
    const second = await this.#ask(exchange, 2, [answer]);
    return isChallenge(second) ? { type: "challenged" } : outcomeOf(second);
  }

  #ask(exchange: Exchange, cseq: number, more: readonly OutgoingHeader[]): Promise<SipResponse | "timeout" | "unreachable"> {
    const { clients } = this.#parts;
    const branch = clients.newBranch();
    const message = textOf(exchange, branch, cseq, more);
    return new Promise((resolve) => {
      clients.start(
        { method: "NOTIFY", branch, message, flow: exchange.flow },
        {
          onResponse: (response) => {
            if (response.status >= 200) resolve(response);
          },
          onTimeout: () => {
            resolve("timeout");
          },
          onTransportError: () => {
            resolve("unreachable");
          },
        },
      );
    });
  }

  #answerTo(response: SipResponse, { notify, digest }: Exchange): OutgoingHeader | undefined {
    const isProxy = response.status === 407;
    const realm = this.#parts.realm();
    const challenges = headersOf(response, isProxy ? "proxy-authenticate" : "www-authenticate").filter(
      (header) => parseDigest(header)?.get("realm") === realm,
    );
    if (digest?.accept(challenges, false) !== true) return undefined;
    const value = digest.answer("NOTIFY", notify.contact);
    return value === undefined ? undefined : [isProxy ? "Proxy-Authorization" : "Authorization", value];
  }
}

function textOf({ notify, flow, callId, tag }: Exchange, branch: string, cseq: number, more: readonly OutgoingHeader[]): string {
  const { contact, path, aor, event, subscriptionState, body } = notify;
  return printRequest({
    method: "NOTIFY",
    uri: contact,
    headers: [
      ["Via", printVia(flow.transport, flow.sentBy, branch)],
      ["Max-Forwards", "70"],
      ...path.map((route): OutgoingHeader => ["Route", route]),
      ["From", `<${aor}>;tag=${tag}`],
      ["To", `<${aor}>`],
      ["Call-ID", callId],
      ["CSeq", `${cseq} NOTIFY`],
      ["Contact", `<${localContact({ remoteTarget: contact, routeSet: path }, flow)}>`],
      ["Event", event],
      ["Subscription-State", subscriptionState],
      ...more,
      ...(body === undefined ? [] : [["Content-Type", body.type] as const]),
    ],
    ...(body === undefined ? {} : { body: body.text }),
  });
}

function isChallenge(response: SipResponse | "timeout" | "unreachable"): response is SipResponse {
  return typeof response === "object" && (response.status === 401 || response.status === 407);
}

function outcomeOf(response: SipResponse | "timeout" | "unreachable"): NotifyOutcome {
  if (typeof response === "string") return { type: response };
  return { type: "answered", status: response.status, reason: response.reason };
}
