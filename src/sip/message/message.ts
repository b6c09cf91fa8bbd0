/**
 * What a SIP message is inside this stack (RFC 3261 §7).
 *
 * Every string of the SIP layers is a *binary string*: one character per byte of the wire (latin1). Bytes are never reinterpreted on
 * the way through, so From, To and entity are echoed byte for byte, and a Content-Length is a string length. Text for people
 * (labels, caller names) crosses with `wire-text.ts`.
 */
export type SipMessage = SipRequest | SipResponse;

export interface SipHeader {
  /** Long name in lower case: "via", "call-id", … whatever form the peer wrote. */
  readonly name: string;
  /** Unfolded, without blanks around. Comma lists are not split. */
  readonly value: string;
}

export interface SipRequest {
  readonly kind: "request";
  readonly method: string;
  /** Request-URI as written. */
  readonly uri: string;
  /** In order of arrival. */
  readonly headers: readonly SipHeader[];
  readonly body: string;
  readonly via: Via;
  readonly callId: string;
  readonly from: AddressWithTag;
  readonly to: AddressWithTag;
  readonly cseq: CSeq;
}

/** A response. Only what every response needs is scanned on arrival; `headers` and `body` are cut out when asked for. */
export interface SipResponse {
  readonly kind: "response";
  readonly status: number;
  readonly reason: string;
  readonly via: Via;
  readonly callId: string;
  readonly cseq: CSeq;
  readonly headers: readonly SipHeader[];
  readonly body: string;
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** The topmost Via. */
export interface Via {
  /** Upper case: "UDP", "TCP", "TLS", "WS", "WSS". */
  readonly transport: string;
  readonly host: string;
  /** undefined = not written, the transport's default. */
  readonly port: number | undefined;
  /** undefined = missing (RFC 2543 peer). */
  readonly branch: string | undefined;
  /** Was `rport` there (with or without a value)? */
  readonly rport: boolean;
  /** The whole first Via value as written, for echo and repair. */
  readonly text: string;
}

/** From or To: the value as written and its tag. */
export interface AddressWithTag {
  readonly text: string;
  /** The URI inside, as written. */
  readonly uri: string;
  readonly tag: string | undefined;
}

/** First value of a header, by its long lower-case name. */
export function headerOf(message: SipMessage, name: string): string | undefined {
  for (const header of message.headers) if (header.name === name) return header.value;
  return undefined;
}

/** All values of a header in order, one per line of the message (comma lists not split). */
export function headersOf(message: SipMessage, name: string): string[] {
  const values: string[] = [];
  for (const header of message.headers) if (header.name === name) values.push(header.value);
  return values;
}
