/** One destination of Dial(), or a device of a station or trunk: `technology/resource` (sla.md §2.6, §5.7). */
export type Destination =
  /** SIP/peer, SIP/number@peer, SIP/peer/number, PJSIP/number@endpoint; `number` is "" where it is written empty. */
  | { readonly kind: "peer"; readonly technology: "SIP" | "PJSIP"; readonly peer: string; readonly number?: string }
  /** Local/extension@context/options: our own dialplan. */
  | { readonly kind: "local"; readonly extension: string; readonly context: string; readonly options: string }
  /** DAHDI/1 and all else; technology in upper case. */
  | { readonly kind: "other"; readonly technology: string; readonly resource: string };

/** Where a Local device without `@context` goes. */
const LOCAL_CONTEXT = "default";

/** Takes a destination apart; undefined without technology or resource. */
export function parseDestination(text: string): Destination | undefined {
  const slash = text.indexOf("/");
  if (slash === -1) return undefined;
  const technology = text.slice(0, slash).trim().toUpperCase();
  const resource = text.slice(slash + 1).trim();
  if (technology === "" || resource === "") return undefined;
  if (technology === "LOCAL") return localDestination(resource);
  if (technology === "SIP" || technology === "PJSIP") return { kind: "peer", technology, ...peerOf(resource) };
  return { kind: "other", technology, resource };
}

function localDestination(resource: string): Destination {
  const slash = resource.lastIndexOf("/");
  const [path, options] = slash === -1 ? [resource, ""] : [resource.slice(0, slash), resource.slice(slash + 1)];
  const at = path.lastIndexOf("@");
  if (at === -1) return { kind: "local", extension: path, context: LOCAL_CONTEXT, options };
  return { kind: "local", extension: path.slice(0, at), context: path.slice(at + 1), options };
}

/** Whichever of `/` and `@` comes first decides: peer/number or number@peer. */
function peerOf(resource: string): { peer: string; number?: string } {
  const slash = resource.indexOf("/");
  const at = resource.indexOf("@");
  if (slash !== -1 && (at === -1 || slash < at)) return { peer: resource.slice(0, slash), number: resource.slice(slash + 1) };
  return at === -1 ? { peer: resource } : { peer: resource.slice(at + 1), number: resource.slice(0, at) };
}
