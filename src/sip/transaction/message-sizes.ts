import type { SipRequest } from "#sip/message/message";
import { headerSectionBytes } from "#sip/message/message-bytes";
import type { Answer } from "./user.ts";

/** How large a request may be (presence.md §7.2). The parser has limits of its own, which are never exceeded. */
export interface MessageSizes {
  readonly headers: number;
  /** Of one header's value. */
  readonly headerBytes: number;
  readonly headerSectionBytes: number;
  readonly bodyBytes: number;
}

export const DEFAULT_MESSAGE_SIZES: MessageSizes = {
  headers: 256,
  headerBytes: 8192,
  headerSectionBytes: 16_384,
  bodyBytes: 65_536,
};

/** Why a request is too large, over whatever transport it came. */
export function sizeProblem({ headers, body }: SipRequest, sizes: MessageSizes): Answer | undefined {
  if (body.length > sizes.bodyBytes) return { status: 413 };
  if (headers.length > sizes.headers) return { status: 400, reason: "Too many headers" };
  if (headerSectionBytes(headers) > sizes.headerSectionBytes) return { status: 513 };
  return headers.some(({ value }) => value.length > sizes.headerBytes) ? { status: 400, reason: "Header too long" } : undefined;
}
