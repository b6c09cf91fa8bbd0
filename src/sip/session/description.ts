import { fail, ok, type Result } from "#base/result";
import { headerOf, type SipMessage } from "#sip/message/message";
import { parameterOf } from "#sip/message/parameters";
import type { Answer } from "#sip/transaction/user";
import { SDP_MAX_BYTES } from "./limits.ts";

const SDP_TYPE = "application/sdp";
/** Parts of a multipart body that are looked at. */
const MULTIPART_MAX = 8;

/** The session description of a message, undefined = none. The error is the refusal that a request deserves. */
export function descriptionOf(message: SipMessage): Result<string | undefined, Answer> {
  const { body } = message;
  if (body === "") return ok(undefined);
  if (body.length > SDP_MAX_BYTES) return fail({ status: 413 });
  const typeText = headerOf(message, "content-type") ?? "";
  const type = mediaType(typeText);
  if (type === SDP_TYPE) return body.startsWith("v=0") ? ok(body) : fail({ status: 488 });
  const part = type === "multipart/mixed" || type === "multipart/alternative" ? sdpPart(typeText, body) : undefined;
  return part === undefined ? fail({ status: 415, headers: [["Accept", SDP_TYPE]] }) : ok(part);
}

/** The description of an answer; what cannot be read counts as none. */
export function descriptionIn(message: SipMessage): string | undefined {
  const description = descriptionOf(message);
  return description.ok ? description.value : undefined;
}

function mediaType(text: string): string {
  return (text.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** Some trunks send SDP beside other things (RFC 5621). */
function sdpPart(typeText: string, body: string): string | undefined {
  const boundary = parameterOf(typeText, typeText.indexOf(";"), "boundary") ?? "";
  if (boundary === "") return undefined;
  for (const part of body.split(`--${boundary}`, MULTIPART_MAX + 1).slice(1)) {
    const headersEnd = part.indexOf("\r\n\r\n");
    const head = part.slice(0, Math.max(0, headersEnd));
    const type = /^(?:content-type|c)[ \t]*:[ \t]*(.*)$/im.exec(head)?.[1] ?? "";
    if (mediaType(type) === SDP_TYPE) return part.slice(headersEnd + 4);
  }
  return undefined;
}
