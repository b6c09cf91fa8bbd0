import assert from "node:assert/strict";
import { Parser } from "sip.js/lib/core/messages/parser.js";
import type { IncomingRequestMessage } from "sip.js/lib/core/messages/incoming-request-message.js";
import type { IncomingResponseMessage } from "sip.js/lib/core/messages/incoming-response-message.js";
import { Grammar } from "sip.js/lib/grammar/grammar.js";
import type { URI } from "sip.js/lib/grammar/uri.js";

/** How sip.js, which shares no line with us, reads things; in the same form as ours so that the two can be compared. */
export interface ReadUri {
  readonly scheme: string;
  /** Escapes decoded. */
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ReadAddress {
  readonly name: string;
  readonly uri: ReadUri;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A message as sip.js has read it. */
export type Incoming = IncomingRequestMessage | IncomingResponseMessage;

/** Reads a message or says why not. */
export function readBySipJs(text: string): Incoming {
  const complaints: string[] = [];
  const complain = (complaint: unknown): void => {
    complaints.push(String(complaint));
  };
  const logger = { warn: complain, error: complain };
  const message = Parser.parseMessage(text, logger as never);
  return message ?? assert.fail(`sip.js: ${complaints.join("; ")}\n${JSON.stringify(text)}`);
}

/** The top Via, with what the types of sip.js do not tell. */
export function viaOfSipJs(message: Incoming): { transport: string; host: string; port?: number; received?: string } {
  return message.via as { transport: string; host: string; port?: number; received?: string };
}

/** A URI as sip.js has read it: hosts are lower case there, parameter values may be. */
export function uriOfSipJs(uri: URI): ReadUri {
  return {
    scheme: uri.scheme,
    user: uri.user,
    host: uri.host.replace(/^\[|\]$/g, ""),
    port: uri.port,
    parameters: lowerValues(uri.parameters),
  };
}

/** All values of From, To, Contact, Route or Record-Route in one line. */
export function addressesBySipJs(value: string, rule: "Contact" | "Record_Route"): ReadAddress[] {
  const parsed: unknown = Grammar.parse(value, rule);
  if (!Array.isArray(parsed)) return assert.fail(`sip.js cannot read the ${rule} ${JSON.stringify(value)}`);
  return parsed.map(({ parsed: one }) => addressOfSipJs(one));
}

/** A name-addr as sip.js has read it: escapes and quotes stand in its names and values. */
export function addressOfSipJs(one: {
  readonly uri: URI;
  readonly displayName: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
}): ReadAddress {
  return {
    name: withoutEscapes(one.displayName ?? ""),
    uri: uriOfSipJs(one.uri),
    parameters: Object.fromEntries(
      Object.entries(one.parameters).map(([name, value]) => [name, withoutQuotes(typeof value === "string" ? value : "")]),
    ),
  };
}

function lowerValues(parameters: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, typeof value === "string" ? value.toLowerCase() : ""]),
  );
}

function withoutQuotes(value: string): string {
  return value.length > 1 && value.startsWith('"') ? withoutEscapes(value.slice(1, -1)) : value;
}

function withoutEscapes(value: string): string {
  return value.replace(/\\([\s\S])/g, "$1");
}
