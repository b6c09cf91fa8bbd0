import { parseMessage } from "#sip/message/parse-message";
import { printResponse } from "#sip/message/print-message";
import type { Flow } from "./flow.ts";
import type { FramingError } from "./stream-framing.ts";

/** The answer to what cannot be read as a message of its transport; undefined when it is none of a request, or too little of one. */
export function refusalOf(
  { status, reason, head }: FramingError,
  { remoteHost, remotePort }: Pick<Flow, "remoteHost" | "remotePort">,
): string | undefined {
  const parsed = parseMessage(head);
  const request = parsed.ok ? parsed.value : parsed.error.request;
  if (request === undefined || !("method" in request) || request.method === "ACK") return undefined;
  return printResponse(request, { status, reason }, { host: remoteHost, port: remotePort });
}
