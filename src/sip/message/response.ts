import { fail, ok, type Result } from "#base/result";
import type { CSeq, SipHeader, SipResponse, Via } from "./message.ts";
import { cutBody, cutHeaders, parseCSeq } from "./cut-message.ts";
import type { ParseFailure } from "./parse-failure.ts";
import { splitList } from "./split-list.ts";
import { parseVia } from "./via.ts";

const NO_VIA: Via = { transport: "UDP", host: "", port: undefined, branch: undefined, rport: false, text: "" };

/**
 * A response that is cut only as far as somebody asks. The 200s to NOTIFYs, the most frequent messages of all, are matched by the branch
 * alone (`branchOf`) and never cut.
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

  static parse(startLine: string, text: string, headersAt: number): Result<SipResponse, ParseFailure> {
    const match = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i.exec(startLine);
    if (match === null) return fail({ status: 400, reason: "Bad status line" });
    return ok(new LazyResponse(Number(match[1]), match[2] ?? "", text, headersAt));
  }

  /** Branch of the top Via, found without cutting anything; undefined when it is not to be seen. */
  get branch(): string | undefined {
    return branchOf(this.#text, this.#headersAt);
  }

  get via(): Via {
    const text = this.#value("via");
    const top = text === undefined ? undefined : splitList(text)[0];
    return (top === undefined ? undefined : parseVia(top)) ?? NO_VIA;
  }

  get callId(): string {
    return this.#value("call-id") ?? "";
  }

  get cseq(): CSeq {
    return parseCSeq(this.#value("cseq") ?? "") ?? { number: 0, method: "" };
  }

  get headers(): readonly SipHeader[] {
    return this.#whole().headers;
  }

  get body(): string {
    return this.#whole().body;
  }

  #value(name: string): string | undefined {
    return this.#whole().headers.find((header) => header.name === name)?.value;
  }

  #whole(): { readonly headers: readonly SipHeader[]; readonly body: string } {
    if (this.#cut !== undefined) return this.#cut;
    const cut = cutHeaders(this.#text, this.#headersAt);
    const headers = cut.ok ? cut.value.headers : [];
    const body = cut.ok ? cutBody(this.#text, cut.value.bodyAt, headers) : ok("");
    this.#cut = { headers, body: body.ok ? body.value : "" };
    return this.#cut;
  }
}

/** Our own branches start with the magic cookie and hold token characters only; the first one in the text is the top Via's. */
function branchOf(text: string, headersAt: number): string | undefined {
  const found = text.indexOf("branch=z9hG4bK", headersAt);
  if (found === -1) return undefined;
  const start = found + 7;
  let end = start;
  while (end < text.length && !BRANCH_ENDS.has(text.charCodeAt(end))) end += 1;
  return text.slice(start, end);
}

const BRANCH_ENDS = new Set([..."\r\n;, \t"].map((char) => char.charCodeAt(0)));
