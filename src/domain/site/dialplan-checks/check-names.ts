import { splitArguments } from "../../dialplan/application-call.ts";
import { parseDestination } from "../../dialplan/destination.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { Suggestions } from "../nearest.ts";
import { show } from "../shown.ts";
import { dialDestinations } from "./call-targets.ts";
import { placeOf, sayOf, type DialplanView, type PlacedStep } from "./dialplan-view.ts";

/** Names in steps that the site does not have: stations and trunks (SLA-W17), accounts (EXT-W20, EXT-I04). Those with `${…}` are not judged. */
export function checkNames(view: DialplanView): Diagnostic[] {
  const { trunks, stations, accounts } = view.site;
  const stationNames = stations.flatMap(({ name, keys }) => [name, ...keys.map(({ trunk }) => `${name}_${trunk}`)]);
  const names: Names = {
    stations: new NameList(stationNames),
    trunks: new NameList(trunks.map(({ name }) => name)),
    accounts: new NameList(accounts.map(({ name }) => name)),
    told: new Set(),
  };
  const found: Diagnostic[] = [];
  for (const placed of view.writtenSteps) {
    if (placed.application === "SLAStation") found.push(...checkStation(placed, names));
    else if (placed.application === "SLATrunk") found.push(...checkTrunk(placed, names));
    else if (placed.application === "Dial")
      found.push(...dialDestinations(placed.step.args).flatMap((device) => checkAccount(device, placed, names)));
  }
  return found;
}

interface Names {
  readonly stations: NameList;
  readonly trunks: NameList;
  readonly accounts: NameList;
  /** Peers that were told of: one note for all calls through one provider. */
  readonly told: Set<string>;
}

/** Names that are compared without regard to case. */
class NameList {
  readonly #names: ReadonlySet<string>;
  readonly #suggestions: Suggestions;

  constructor(names: readonly string[]) {
    this.#names = new Set(names.map((name) => name.toLowerCase()));
    this.#suggestions = new Suggestions(names);
  }

  has(name: string): boolean {
    return this.#names.has(name.toLowerCase());
  }

  nearest(name: string): string {
    return this.#suggestions.for(name);
  }
}

/** The whole argument is a station or a key: as every station and every key is known, the longest match of R7 is the only one. */
function checkStation(placed: PlacedStep, { stations }: Names): Diagnostic[] {
  const name = placed.step.args.trim();
  if (name === "" || name.includes("$") || stations.has(name)) return [];
  const message = `SLAStation(${show(name)}) names no station and no key${stations.nearest(name)}: write STATION or STATION_TRUNK of sla.conf`;
  return [sayOf(placed.step, "SLA-W17", message)];
}

function checkTrunk(placed: PlacedStep, { trunks }: Names): Diagnostic[] {
  const name = (splitArguments(placed.step.args)[0] ?? "").trim();
  if (name === "" || name.includes("$") || trunks.has(name)) return [];
  const message = `SLATrunk(${show(name)}) names no trunk${trunks.nearest(name)}: write a trunk of sla.conf`;
  return [sayOf(placed.step, "SLA-W17", message)];
}

/** A phone that is no account is never reached; a number through one may be meant for a host of that name. */
function checkAccount(device: string, placed: PlacedStep, { accounts, told }: Names): Diagnostic[] {
  const destination = parseDestination(device);
  if (destination?.kind !== "peer") return [];
  const { peer, number } = destination;
  if (peer === "" || /[$.:]/.test(peer) || accounts.has(peer)) return [];
  if (number === undefined) {
    const message = `${placeOf(placed)} dials ${show(device)}, but there is no such account${accounts.nearest(peer)}: add [${show(peer)}] to sip.conf`;
    return [sayOf(placed.step, "EXT-W20", message)];
  }
  if (told.has(peer.toLowerCase())) return [];
  told.add(peer.toLowerCase());
  const message = `${show(peer)} is no account${accounts.nearest(peer)}: calls through it fail, write its section in sip.conf or a host name`;
  return [sayOf(placed.step, "EXT-I04", message)];
}
