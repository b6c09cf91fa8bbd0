import { parseDestination } from "../dialplan/destination.ts";
import type { SiteSettings } from "./settings.ts";
import type { Trunk } from "./site.ts";

/** Extension of the dial tone of a trunk, in a context of its own. */
export const DIAL_TONE_EXTENSION = "s";

/** The context in which a number is asked for before the trunk is dialled (R5); undefined: the trunk's device does that itself. */
export function dialToneContext({ name, device }: Pick<Trunk, "name" | "device">): string | undefined {
  const destination = parseDestination(device);
  return destination?.kind === "peer" && destination.number === undefined ? `dialtone_${name}` : undefined;
}

/** What is dialled when a phone takes the line: the device, or our own dial tone in front of a bare peer (R5), which Asterisk has not. */
export function seizedDevice(trunk: Pick<Trunk, "name" | "device">, { compat }: Pick<SiteSettings, "compat">): string {
  const context = compat.sla === "asterisk" ? undefined : dialToneContext(trunk);
  return context === undefined ? trunk.device : `Local/${DIAL_TONE_EXTENSION}@${context}`;
}
