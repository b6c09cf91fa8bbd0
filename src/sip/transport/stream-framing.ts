/** Limits of one stream connection (presence.md §7.2). */
export const HEADERS_MAX_BYTES = 16 * 1024;
export const BODY_MAX_BYTES = 64 * 1024;

/** What a chunk brought: whole messages, and keep-alives to answer; an error ends the connection (S-14). */
export interface Framed {
  readonly messages: readonly string[];
  /** Double CRLFs: each is answered by one CRLF (S-16). */
  readonly pings: number;
  readonly error?: { readonly status: number; readonly reason: string };
}

/** Cuts a stream of binary strings into SIP messages by Content-Length (RFC 3261 §18.3). Any cutting of the same bytes gives the same messages. */
export class StreamFraming {
  #buffer = "";
  #failed = false;

  /** Is half a message waiting? */
  get isPending(): boolean {
    return this.#buffer !== "";
  }

  push(chunk: string): Framed {
    const messages: string[] = [];
    let pings = 0;
    if (this.#failed) return { messages, pings };
    this.#buffer += chunk;
    for (;;) {
      while (this.#buffer.startsWith("\r\n\r\n")) {
        this.#buffer = this.#buffer.slice(4);
        pings += 1;
      }
      const skipped = this.#skipBlankLine();
      if (skipped === "wait") return { messages, pings };
      const cut = cutMessage(this.#buffer);
      if (cut === undefined) return { messages, pings };
      if ("error" in cut) {
        this.#failed = true;
        return { messages, pings, error: cut.error };
      }
      messages.push(this.#buffer.slice(0, cut.end));
      this.#buffer = this.#buffer.slice(cut.end);
    }
  }

  /** A single CRLF between messages is skipped once it is clear that it is not the first half of a keep-alive. */
  #skipBlankLine(): "wait" | "go" {
    if (this.#buffer === "" || "\r\n\r\n".startsWith(this.#buffer)) return "wait";
    if (this.#buffer.startsWith("\r\n")) this.#buffer = this.#buffer.slice(2);
    return "go";
  }
}

function cutMessage(
  text: string,
): { readonly end: number } | { readonly error: { readonly status: number; readonly reason: string } } | undefined {
  const headersEnd = text.indexOf("\r\n\r\n");
  if (headersEnd === -1 || headersEnd > HEADERS_MAX_BYTES) {
    return text.length > HEADERS_MAX_BYTES ? { error: { status: 513, reason: "Message Too Large" } } : undefined;
  }
  const length = contentLength(text.slice(0, headersEnd + 2));
  if (length === undefined) return { error: { status: 400, reason: "Missing or bad Content-Length" } };
  if (length > BODY_MAX_BYTES) return { error: { status: 513, reason: "Message Too Large" } };
  const end = headersEnd + 4 + length;
  return end > text.length ? undefined : { end };
}

function contentLength(head: string): number | undefined {
  const match = /\r\n(?:Content-Length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r\n/i.exec(head);
  return match === null ? undefined : Number(match[1]);
}
