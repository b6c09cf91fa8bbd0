import { ContextSearch } from "../dialplan/context-search.ts";
import { parseDestination } from "../dialplan/destination.ts";
import { matchesExtension } from "../dialplan/pattern.ts";
import { positionOf, type Diagnostic, type Origin } from "./diagnostic.ts";
import { dahdiChannel } from "./dahdi.ts";
import type { SiteSettings } from "./settings.ts";
import { show } from "./shown.ts";
import type { Site, Trunk } from "./site.ts";

/** Numbers that limits never stop, where the site names none. */
const EMERGENCY_NUMBERS: readonly string[] = ["112", "911"];

/** Numbers that are never stopped by limits (B-29). */
export function emergencyNumbers({ emergency }: Pick<SiteSettings, "emergency">): readonly string[] {
  return emergency ?? EMERGENCY_NUMBERS;
}

/** Contexts that phones call from, each with one of its accounts. One with a host is a provider or a gateway, no phone. */
export function callerContexts({ accounts }: Pick<Site, "accounts">): ReadonlyMap<string, Origin> {
  return new Map(accounts.filter(({ host }) => host === undefined).map(({ context, origin }) => [context, origin]));
}

/** Tells whether a number leads somewhere from a context; every context is looked through once. */
export function takenBy(
  { dialplan, extensions }: Pick<Site, "dialplan" | "extensions">,
  dialled: string,
): (context: string) => boolean {
  const search = new ContextSearch(dialplan);
  const places = new Set(extensions.filter(({ number }) => number === dialled).map(({ context }) => context));
  for (const { name, extensions: written } of dialplan.contexts)
    if (written.some((extension) => matchesExtension(extension.name, dialled))) places.add(name);
  return (context) => search.from(context).some((name) => places.has(name));
}

/**
 * How the outside is dialled for an emergency number, past all lines: one destination of Dial a trunk, in the order of the site. Those whose own
 * dialplan does not know the number are none.
 */
export function emergencyRoutes(site: Site, number: string): readonly string[] {
  const leads = takenBy(site, number);
  const routes = site.trunks.flatMap(({ device }) => routeThrough(device, number, site, leads) ?? []);
  return [...new Set(routes)];
}

function routeThrough(
  device: Trunk["device"],
  number: string,
  { settings }: Pick<Site, "settings">,
  leads: (context: string) => boolean,
): string | undefined {
  const destination = parseDestination(device);
  if (destination?.kind === "peer") return `${destination.technology}/${destination.peer}/${number}`;
  if (destination?.kind === "local") return leads(destination.context) ? `Local/${number}@${destination.context}` : undefined;
  const channel = dahdiChannel(device);
  return settings.dahdi.some((one) => one.channel === channel) ? `DAHDI/${channel ?? ""}/${number}` : undefined;
}

/** Emergency numbers of the site that phones cannot dial (EXT-W21): no trunk is known to take them, and the dialplan does not say it. */
export function checkEmergency(site: Site): readonly Diagnostic[] {
  return (site.settings.emergency ?? []).flatMap((number) => {
    const leads = takenBy(site, number);
    return [...callerContexts(site)].flatMap(([context, origin]) => {
      if (leads(context)) return [];
      const message = `phones in context ${show(context)} cannot dial the emergency number ${show(number)}: add exten => ${show(number)},1,Dial(SIP/${show(number)}@PROVIDER) there, or to the context of a trunk`;
      return [{ ...positionOf(origin), code: "EXT-W21", message }];
    });
  });
}
