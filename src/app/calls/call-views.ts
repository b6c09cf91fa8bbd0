import type { CallJson, CallsPort, LegJson, LineJson, LinesPort } from "#admin/call-ports";
import type { Listing } from "#admin/ports";
import type { Line } from "#domain/line/line";
import { keyState } from "#domain/line/line-lamps";
import { ringRules } from "#domain/line/ring-rules";
import type { Site, Trunk } from "#domain/site/site";
import type { LegRecord } from "./call-board.ts";
import { CAUSES } from "./causes.ts";
import type { CallRooms } from "./make-calls.ts";

/** Calls as the API shows and ends them. */
export function callsPort({ board, calls, records }: Pick<CallRooms, "board" | "calls" | "records">): CallsPort {
  const legsOf = (id: string): readonly LegRecord[] => board.list().filter(({ call }) => call === id);
  return {
    list: () => callListing(board.list()),
    get: async (id) => {
      const call = callJson(id, legsOf(id));
      if (call === undefined) return undefined;
      const legs = call.legs.map(async (leg): Promise<LegJson> => {
        const own = calls.voice(leg.id)?.leg;
        const sound = await own?.statistics();
        return { ...leg, ...(own?.isDirect === true && { direct: true }), ...(sound !== undefined && { sound }) };
      });
      return { ...call, legs: await Promise.all(legs) };
    },
    end: (id) => {
      const legs = legsOf(id);
      if (legs.length === 0) return "unknown";
      const voices = legs.flatMap((leg) => calls.voice(leg.id) ?? []);
      for (const voice of voices) voice.hangUp({ cause: CAUSES.normal, text: "ended by the administrator" });
      return voices.length === 0 ? "elsewhere" : "ended";
    },
    records: () => records.recent(),
  };
}

/** A leg as the API shows it. */
export function legJson({ id, node, account, direction, phase, isHeld, remote, since, answeredAt }: LegRecord): LegJson {
  return {
    ...{ id, node, direction, phase, held: isHeld, remote, since: iso(since) },
    ...(account === undefined ? {} : { account }),
    ...(answeredAt === undefined ? {} : { answeredAt: iso(answeredAt) }),
  };
}

/** Lines as the API shows them; `line`: what is on a trunk. */
export function linesPort(site: () => Site, line: (trunk: string) => Line): LinesPort {
  const show = (name: string): LineJson | undefined => {
    const trunk = site().trunks.find((one) => one.name === name);
    return trunk === undefined ? undefined : lineJson(site(), trunk, line(name));
  };
  return { list: () => ({ keys: () => site().trunks.map(({ name }) => name), get: show }), get: show };
}

function callListing(legs: readonly LegRecord[]): Listing<CallJson> {
  const byCall = new Map<string, LegRecord[]>();
  for (const leg of [...legs].sort((left, right) => left.since - right.since)) {
    const others = byCall.get(leg.call);
    if (others === undefined) byCall.set(leg.call, [leg]);
    else others.push(leg);
  }
  return { keys: () => [...byCall.keys()], get: (id) => callJson(id, byCall.get(id) ?? []) };
}

function callJson(id: string, legs: readonly LegRecord[]): CallJson | undefined {
  if (legs.length === 0) return undefined;
  const answered = legs.flatMap(({ answeredAt }) => answeredAt ?? []);
  const line = legs.find((leg) => leg.line !== undefined)?.line;
  return {
    id,
    since: iso(Math.min(...legs.map(({ since }) => since))),
    ...(answered.length === 0 ? {} : { answeredAt: iso(Math.min(...answered)) }),
    ...(line === undefined ? {} : { line }),
    legs: legs.map(legJson),
  };
}

function lineJson(site: Site, { name, device, autocontext, ringtimeout, barge, hold }: Trunk, line: Line): LineJson {
  const stations = site.stations.filter(({ keys }) => keys.some(({ trunk }) => trunk === name));
  return {
    ...{ trunk: name, device, ringtimeout, barge, hold, phase: line.phase },
    ...(autocontext === undefined ? {} : { autocontext }),
    ...callOn(line),
    keys: stations.map((station) => {
      const rules = ringRules(site, station);
      const key = rules.keys.find(({ trunk }) => trunk === name);
      return {
        station: station.name,
        state: keyState(line, station.name),
        ringtimeout: (key === undefined || key.timeoutMs === 0 ? rules.timeoutMs : key.timeoutMs) / 1000,
        ringdelay: (key?.delayMs ?? 0) / 1000,
      };
    }),
  };
}

function callOn(line: Line): Pick<LineJson, "since" | "call" | "node" | "direction" | "party" | "connected" | "holders"> {
  if (line.phase === "idle") return { connected: [], holders: [] };
  const { leg, node, direction, party } = line.trunk;
  const holders = line.phase === "up" ? line.holders : [];
  return {
    ...{ since: iso(line.since), call: leg, node, direction },
    ...(party === undefined ? {} : { party: { number: party.number, name: party.name ?? "" } }),
    connected: talking(line).map(({ station }) => station),
    holders: holders.map(({ station, isPrivate, since }) => ({ station, private: isPrivate, since: iso(since) })),
  };
}

function talking(line: Exclude<Line, { phase: "idle" }>): readonly { readonly station: string }[] {
  if (line.phase === "dialling") return line.waiting;
  return line.phase === "up" ? line.connected : [];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
