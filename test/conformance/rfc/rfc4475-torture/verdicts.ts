import type { INVALID, OTHERS, VALID } from "./messages.ts";
import type { Torture } from "./server-under-torture.ts";

/** What each message must be answered; undefined = nothing. Of a stack that serves no calls: an INVITE that can be read is told 405. */
export type Verdict = readonly [status: number | undefined, why: string, torture?: Torture];

export const VALID_VERDICTS: Readonly<Record<keyof typeof VALID, Verdict>> = {
  wsinv: [405, "folds, blanks, short and long names: all of it is legal"],
  intmeth: [501, "every character that a token may have; the method is nobody's"],
  esc01: [405, "escapes in URIs"],
  escnull: [200, "an escaped NUL is a character like others"],
  esc02: [501, "a percent sign escapes nothing outside of URIs: RE%47IST%45R is not REGISTER"],
  lwsdisp: [200, "no blank before the bracket"],
  longreq: [405, "long values, 34 Vias"],
  dblreq: [200, "what follows a body in a datagram is dropped"],
  semiuri: [200, "the semicolon belongs to the user"],
  transports: [200, "the transports of other hops are not ours to judge"],
  mpart01: [405, "a binary body"],
  unreason: [undefined, "a response that matches nothing"],
  noreason: [undefined, "a response that matches nothing"],
};

export const INVALID_VERDICTS: Readonly<Record<keyof typeof INVALID, Verdict>> = {
  badinv01: [405, "empty values and parameters are left out, the rest is clear"],
  clerr: [400, "the datagram is shorter than its Content-Length"],
  ncl: [400, "a negative Content-Length"],
  scalar02: [400, "a CSeq beyond 2^32"],
  scalarlg: [undefined, "a response whose CSeq nobody asked with"],
  quotbal: [400, "an open quote in To"],
  ltgtruri: [400, "a Request-URI in brackets"],
  lwsruri: [400, "a blank in the Request-URI"],
  lwsstart: [400, "two blanks in the request line"],
  trws: [400, "blanks behind the version"],
  escruri: [405, "headers in the Request-URI are not looked at"],
  baddate: [405, "Date is not looked at"],
  regbadct: [400, "URI headers without brackets: whose are they?"],
  badaspec: [200, "blanks inside the brackets are taken off"],
  baddn: [200, "a From holds one value, so the comma can only belong to the name"],
  badvers: [undefined, "nobody to answer: its Via is of another version too"],
  mismatch01: [400, "CSeq names another method"],
  mismatch02: [400, "CSeq names another method, and the method is nobody's"],
  bigcode: [undefined, "a response without a status"],
};

export const OTHER_VERDICTS: Readonly<Record<keyof typeof OTHERS, Verdict>> = {
  badbranch: [200, "the cookie alone is no branch: RFC 2543 matching"],
  insuf: [400, "no From, To and Call-ID"],
  unkscm: [416, "a scheme that nobody knows"],
  novelsc: [416, "a scheme that we do not serve"],
  unksm2: [404, "an address of record that is no SIP URI is none of ours"],
  bext01: [420, "extensions that nobody supports"],
  invut: [405, "calls are not served, whatever their body"],
  regaut01: [401, "a scheme that nobody knows counts as no credentials", { isStranger: true }],
  multi01: [400, "values that may stand once stand twice"],
  mcl01: [400, "two lengths"],
  bcast: [undefined, "a response that is not for us"],
  zeromf: [200, "no hop is left, and none is needed: it is for us"],
  cparam01: [200, "the parameter is the header's"],
  cparam02: [200, "the parameter is the URI's"],
  regescrt: [200, "an escaped Route in a contact, in brackets"],
  sdp01: [405, "calls are not served, whatever they accept"],
  inv2543: [405, "no branch, no From tag, no Content-Length"],
};
