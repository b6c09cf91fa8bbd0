import type { SipRequest } from "./message.ts";

/** Why a message cannot be used. `request` holds what is needed to answer it without state; undefined: say nothing. */
export interface ParseFailure {
  readonly status: number;
  readonly reason: string;
  readonly request?: AnswerableRequest;
}

/** The pieces of a request that every answer copies. */
export type AnswerableRequest = Pick<SipRequest, "via" | "from" | "to" | "callId" | "cseq" | "headers" | "method">;
