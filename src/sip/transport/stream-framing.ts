/** Limits of one stream connection (presence.md §7.2). */
export const HEADERS_MAX_BYTES = 16 * 1024;
export const BODY_MAX_BYTES = 64 * 1024;

/** Why a stream cannot be read on: `head` is the header section that says so, as far as there is one. */
export interface FramingError {
  readonly status: number;
  readonly reason: string;
  readonly head: string;
}

/** What a chunk brought: whole messages, and keep-alives to answer; an error ends the connection (S-14). */
export interface Framed {
  readonly messages: readonly string[];
  /** Double CRLFs: each is answered by one CRLF (S-16). */
  readonly pings: number;
  readonly error?: FramingError;
}

const PING = "\r\n\r\n";

/** Cuts a stream of binary strings into SIP messages by Content-Length (RFC 3261 §18.3). Any cutting of the same bytes gives the same messages. */
export class StreamFraming {
  #buffer = "";
  /** Length of the message at the start of the buffer, once its header section is there; -1 = not known yet. */
  #wholeBytes = -1;
  /** No end of the header section before this. */
  #searchedTo = 0;
  #failed = false;

  /** Is half a message waiting? Blank lines are none: many phones keep connections alive with single CRLFs. */
  get isPending(): boolean {
    return !PING.startsWith(this.#buffer);
  }

  push(chunk: string): Framed {
    const messages: string[] = [];
    let pings = 0;
    if (this.#failed) return { messages, pings };
    this.#buffer += chunk;
    for (;;) {
      pings += this.#skipPings();
      const error = this.#measure();
      if (error !== undefined) {
        this.#failed = true;
        this.#buffer = "";
        return { messages, pings, error };
      }
      if (this.#wholeBytes === -1 || this.#buffer.length < this.#wholeBytes) return { messages, pings };
      messages.push(this.#buffer.slice(0, this.#wholeBytes));
      this.#drop(this.#wholeBytes);
    }
  }

  #drop(bytes: number): void {
    this.#buffer = this.#buffer.slice(bytes);
    this.#wholeBytes = -1;
    this.#searchedTo = 0;
  }

  /** Takes keep-alives off the start; a single CRLF goes once it is clear that it is not the first half of one. */
  #skipPings(): number {
    let pings = 0;
    while (this.#buffer.startsWith(PING)) {
      this.#drop(PING.length);
      pings += 1;
    }
    if (this.#buffer.startsWith("\r\n") && !PING.startsWith(this.#buffer)) this.#drop("\r\n".length);
    return pings;
  }

  /** Finds out how long the message is; undefined also when it is too early to say. */
  #measure(): FramingError | undefined {
    if (this.#wholeBytes !== -1) return undefined;
    const headersEnd = this.#buffer.indexOf("\r\n\r\n", this.#searchedTo);
    if (headersEnd === -1 || headersEnd > HEADERS_MAX_BYTES) {
      this.#searchedTo = Math.max(0, this.#buffer.length - 3);
      if (this.#buffer.length <= HEADERS_MAX_BYTES + PING.length) return undefined;
      // The lines that came whole: they say where an answer goes.
      const head = this.#buffer.slice(0, this.#buffer.lastIndexOf("\r\n", HEADERS_MAX_BYTES) + 2);
      return { status: 513, reason: "Message Too Large", head: `${head}\r\n` };
    }
    const head = this.#buffer.slice(0, headersEnd + 4);
    const length = contentLength(head);
    if (length === undefined) return { status: 400, reason: "Missing or bad Content-Length", head };
    if (length > BODY_MAX_BYTES) return { status: 513, reason: "Message Too Large", head };
    this.#wholeBytes = headersEnd + 4 + length;
    return undefined;
  }
}

const LENGTH = /\r\n(?:Content-Length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r\n/i;
const LENGTH_NAME = /\r\n(?:Content-Length|l)[ \t]*:/i;

function contentLength(head: string): number | undefined {
  const match = LENGTH.exec(head);
  // Of two lengths others may take the other one, and see another message begin.
  const isAmbiguous =
    match !== null && (LENGTH_NAME.exec(head)?.index !== match.index || LENGTH_NAME.test(head.slice(match.index + 2)));
  return match === null || isAmbiguous ? undefined : Number(match[1]);
}
