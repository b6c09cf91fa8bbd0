import type { SipHeader, SipRequest } from "./message.ts";

/** Start line besides method and Request-URI, and the empty line. */
const FRAME_BYTES = "  SIP/2.0\r\n\r\n".length;
/** ": " and the line end. */
const HEADER_FRAME_BYTES = 4;

/** Bytes of a request as it would be written without folds and compact names: near enough to what was heard. */
export function messageBytes({ method, uri, headers, body }: Pick<SipRequest, "method" | "uri" | "headers" | "body">): number {
  return method.length + uri.length + FRAME_BYTES + headerSectionBytes(headers) + body.length;
}

/** Bytes of its headers. */
export function headerSectionBytes(headers: readonly SipHeader[]): number {
  let bytes = 0;
  for (const { name, value } of headers) bytes += name.length + value.length + HEADER_FRAME_BYTES;
  return bytes;
}

/** Bytes of the headers that an answer copies. */
export function copiedBytes({ headers }: Pick<SipRequest, "headers">): number {
  return headerSectionBytes(headers.filter(({ name }) => COPIED.has(name)));
}

const COPIED = new Set(["via", "from", "to", "call-id", "cseq"]);
