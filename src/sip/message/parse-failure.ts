import type { SipRequest } from "./message.ts";

/** Why a message cannot be used. `request` holds what is needed to answer it without state; undefined: say nothing. */
export interface ParseFailure {
  readonly status: number;
  readonly reason: string;
  readonly request?: AnswerableRequest;
}

/** The pieces of a request that an answer copies; From, To, Call-ID and CSeq are copied from the headers as they were written. */
export type AnswerableRequest = Pick<SipRequest, "method" | "headers" | "via"> & {
  readonly to: { readonly tag: string | undefined };
};
