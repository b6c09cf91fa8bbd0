import type { SipRequest, SipResponse } from "#sip/message/message";
import type { Answer, OutgoingHeader, ServerTransaction } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";

/** Why a session is over; `by`: who ended it. Exactly one of these per session. */
export type SessionEnd =
  /** An INVITE of ours was answered with a final failure, or theirs by us. `response` of the peer, when it was one. */
  | { readonly type: "refused"; readonly by: "us" | "them"; readonly status: number; readonly response?: SipResponse }
  /** CANCEL before an answer. `request`: the peer's CANCEL (its Reason). */
  | { readonly type: "cancelled"; readonly by: "us" | "them"; readonly request?: SipRequest }
  | { readonly type: "bye"; readonly by: "us" | "them"; readonly request?: SipRequest }
  /** Nobody answered (timer B, 64·T1), no ACK came, the session timer ran out, a request in the dialog got 408 or 481, or the flow is gone. */
  | { readonly type: "lost"; readonly reason: "timeout" | "no-ack" | "session-timer" | "no-such-dialog" | "transport" };

/** How an offer of ours in a running session ended. `refused`: the session goes on as it was (RFC 6141). */
export type OfferOutcome =
  | { readonly type: "answered"; readonly sdp: string }
  | { readonly type: "refused"; readonly status: number }
  | { readonly type: "over" };

/** Value of a Reason header: protocol "SIP" or "Q.850" (RFC 3326). */
export interface Reason {
  readonly protocol: "SIP" | "Q.850";
  readonly cause: number;
  readonly text?: string;
}

/** One side of a call of ours: an INVITE dialog (RFC 3261 §12 to §15). SDP and all other strings are binary strings. */
export interface Session {
  /** Our tag: names the session within this node. */
  readonly id: string;
  readonly callId: string;
  readonly phase: "early" | "confirmed" | "over";
  readonly flow: Flow;
  /** User-Agent or Server of the peer, "" = unknown. */
  readonly userAgent: string;
  /** Does the peer's Allow name this method? */
  allows(method: string): boolean;
  /** Sends an offer: re-INVITE, or UPDATE while early. Glare is waited out inside (RFC 3261 §14.1). Never rejects. */
  offer(sdp: string, headers?: readonly OutgoingHeader[]): Promise<OfferOutcome>;
  /** Tells the peer who it talks to: UPDATE without SDP where allowed, else a re-INVITE with the present SDP. Never rejects. */
  identify(headers: readonly OutgoingHeader[]): Promise<void>;
  /** Its peer is reached over this flow from now on, as after it has registered anew. */
  heardOn(flow: Flow): void;
  /** A request of another method in the dialog (INFO, NOTIFY, OPTIONS); the final status, 408 when there is none. */
  request(method: string, headers: readonly OutgoingHeader[], body?: string): Promise<number>;
  /**
   * Ends it, whatever its phase: a CANCEL (sent once a provisional answer came) or a refusal with `status` (default 487) while it is early, a
   * BYE after that. A 2xx that crosses a CANCEL is acknowledged and ended (B-5). Doing it twice is harmless.
   */
  end(why?: {
    readonly status?: number;
    readonly reasons?: readonly Reason[];
    readonly headers?: readonly OutgoingHeader[];
  }): void;
}

/** A call that somebody makes to us, until and after it is answered. */
export interface IncomingSession extends Session {
  /** The INVITE. */
  readonly invite: SipRequest;
  /** 180 to 183; reliable where the peer requires it (RFC 3262). With SDP once at most. */
  progress(status: 180 | 181 | 182 | 183, parts?: { readonly sdp?: string; readonly headers?: readonly OutgoingHeader[] }): void;
  /** 200, repeated until its ACK. `sdp`: the answer, or the offer when the INVITE had none. */
  accept(sdp: string, headers?: readonly OutgoingHeader[]): void;
}

/** Who is told of a session. Callbacks never come from inside a call of the session's own methods. */
export interface SessionUser {
  /** Outgoing: 180 to 199 came. SDP where the answer had one (early media). */
  onProgress?(status: number, sdp: string | undefined, response: SipResponse): void;
  /** Outgoing: 2xx came and is acknowledged. `sdp`: its answer; the offer is always ours. */
  onAnswered?(sdp: string, response: SipResponse): void;
  /** Incoming: the ACK came. `sdp`: its answer, where our 200 carried the offer. */
  onAcknowledged?(sdp: string | undefined): void;
  /** The peer offers anew (re-INVITE or UPDATE); answer with SDP, or refuse with a status (488). */
  onOffer(sdp: string, request: SipRequest): Promise<{ readonly sdp: string } | { readonly status: number }>;
  /** A re-INVITE without SDP: our offer. Its answer comes with `onAcknowledged`. */
  onOfferWanted(): string;
  /** An answered re-INVITE or UPDATE, or a 2xx, names another party (P-Asserted-Identity, Remote-Party-ID): read it from there. */
  onIdentity?(message: SipRequest | SipResponse): void;
  /** INFO in the dialog. The answer; without this method 405 with Allow, as for every method that is not served. */
  onRequest?(request: SipRequest): Answer;
  onEnded(end: SessionEnd): void;
}

/** A call of ours to somebody. */
export interface OutgoingCall {
  readonly flow: Flow;
  /** Request-URI. */
  readonly uri: string;
  /** Route values, first hop first: "<sip:proxy;lr>". */
  readonly routes?: readonly string[];
  /** URIs; display names as binary strings, unquoted. */
  readonly from: { readonly uri: string; readonly name?: string };
  readonly to: { readonly uri: string; readonly name?: string };
  /** User part of our Contact. */
  readonly contactUser?: string;
  readonly sdp: string;
  /** More headers: P-Asserted-Identity, Alert-Info, Max-Forwards (default 70). */
  readonly headers?: readonly OutgoingHeader[];
  /** Answers challenges (401, 407). */
  readonly credentials?: { readonly user: string; readonly password: string };
}

/** Makes and takes calls. One per node. */
export interface Sessions {
  /** Sends an INVITE; one session per contact that is rung (B-3). */
  invite(call: OutgoingCall, user: SessionUser): Session;
  /** The session with this dialog, for Replaces and Join (RFC 3891 §3): tags as our peer sees them. */
  find(callId: string, localTag: string, remoteTag: string): Session | undefined;
  readonly count: number;
}

/** Decides on new calls. */
export interface CallTaker {
  /**
   * A new INVITE, after 100 was sent. Gives the user of the session, which then rings, accepts or ends it; or undefined when the transaction
   * was answered (challenged or refused) without a session, or will be: guessers wait for their answer (G-11).
   */
  take(transaction: ServerTransaction, makeSession: () => IncomingSession): SessionUser | undefined;
}
