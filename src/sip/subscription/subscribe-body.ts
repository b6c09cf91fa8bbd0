import { headerOf, type SipRequest } from "#sip/message/message";
import type { Answer, ServerTransaction } from "#sip/transaction/user";
import type { EventPackage } from "./package.ts";
import type { ResourceDirectory } from "./ports.ts";

/** The refusal that the body of a SUBSCRIBE deserves: most packages take none. */
export function bodyRefusal(request: SipRequest, { commandTypes = [] }: EventPackage<unknown>): Answer | undefined {
  const type = (headerOf(request, "content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return request.body === "" || commandTypes.includes(type)
    ? undefined
    : { status: 415, headers: [["Accept", commandTypes.join(", ")]] };
}

/** Does what the body of a SUBSCRIBE asks of its resource. False: it was refused, and is answered. */
export async function takeBody(
  transaction: ServerTransaction,
  { package: eventPackage, resource }: { readonly package: EventPackage<unknown>; readonly resource: string },
  directory: Pick<ResourceDirectory, "command">,
  toTag?: string,
): Promise<boolean> {
  const { request } = transaction;
  const refusal = bodyRefusal(request, eventPackage) ?? (await directory.command(resource, request.body));
  if (refusal !== undefined) transaction.respond(toTag === undefined ? refusal : { ...refusal, toTag });
  return refusal === undefined;
}
