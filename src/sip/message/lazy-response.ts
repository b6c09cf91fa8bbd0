import { fail, ok, type Result } from "#base/result";
import { cutBody, cutHeaders, parseCSeq, valueOf } from "./cut-message.ts";
import type { CSeq, SipHeader, SipResponse, Via } from "./message.ts";
import type { ParseFailure } from "./parse-failure.ts";
import { splitList } from "./split-list.ts";
import { parseVia } from "./via.ts";

const NO_VIA: Via = { transport: "UDP", host: "", port: undefined, branch: undefined, rport: false, text: "" };
const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i;

/**
 * A response that is cut only as far as somebody asks. The 200s to NOTIFYs, the most frequent messages of all, are matched by `branch` and
 * judged by `status` alone; nothing else of them is ever looked at.
 */
export class LazyResponse implements SipResponse {
  readonly kind = "response";
  readonly status: number;
  readonly reason: string;
  readonly #text: string;
  readonly #headersAt: number;
  #cut: { readonly headers: readonly SipHeader[]; readonly body: string } | undefined;

  private constructor(status: number, reason: string, text: string, headersAt: number) {
    this.status = status;
    this.reason = reason;
    this.#text = text;
    this.#headersAt = headersAt;
  }

  static parse(startLine: string, text: string, headersAt: number): Result<LazyResponse, ParseFailure> {
    if (startLine === "SIP/2.0 200 OK") return ok(new LazyResponse(200, "OK", text, headersAt));
    const match = STATUS_LINE.exec(startLine);
    if (match === null) return fail({ status: 400, reason: "Bad status line" });
    return ok(new LazyResponse(Number(match[1]), match[2] ?? "", text, headersAt));
  }

  /** Branch of the top Via when it is one of this RFC, found without cutting anything. */
  get branch(): string | undefined {
    return firstBranch(this.#text, this.#headersAt);
  }

  get via(): Via {
    const text = valueOf(this.headers, "via");
    const top = text === undefined ? undefined : splitList(text)[0];
    return (top === undefined ? undefined : parseVia(top)) ?? NO_VIA;
  }

  get callId(): string {
    return valueOf(this.headers, "call-id") ?? "";
  }

  get cseq(): CSeq {
    return parseCSeq(valueOf(this.headers, "cseq") ?? "") ?? { number: 0, method: "" };
  }

  get headers(): readonly SipHeader[] {
    return this.#whole().headers;
  }

  get body(): string {
    return this.#whole().body;
  }

  #whole(): { readonly headers: readonly SipHeader[]; readonly body: string } {
    if (this.#cut !== undefined) return this.#cut;
    const { headers, bodyAt } = cutHeaders(this.#text, this.#headersAt);
    const body = cutBody(this.#text, bodyAt, headers);
    this.#cut = { headers, body: body.ok ? body.value : "" };
    return this.#cut;
  }
}

/** Branches are made by us, of token characters, so the end is easy to find; a peer that hides another one before it only fools itself. */
function firstBranch(text: string, start: number): string | undefined {
  const found = text.indexOf("branch=z9hG4bK", start);
  if (found === -1) return undefined;
  const branchAt = found + "branch=".length;
  let end = branchAt;
  while (end < text.length && isBranchCode(text.charCodeAt(end))) end += 1;
  return text.slice(branchAt, end);
}

/** Letters, digits, ".", "-": what branches of ours are made of. */
function isBranchCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x2e ||
    code === 0x2d
  );
}
