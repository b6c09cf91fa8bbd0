import type { Clock, StopTimer } from "#base/clock";
import { parseDestination } from "#domain/dialplan/destination";
import { IDLE_LINE, type Line, type Party } from "#domain/line/line";
import { ringRules, SILENT, type RingMoment, type RingRules, type StationRing } from "#domain/line/ring-rules";
import { answeredTrunk, planRing, ringEnded } from "#domain/line/station-ring";
import type { Site } from "#domain/site/site";
import type { Callees } from "./callees.ts";
import { CAUSES } from "./causes.ts";
import type { Attempt } from "./dialler.ts";
import { DEAF, HOPS_MAX, type CalleeListener, type Identity } from "./party.ts";

type WhyNot = "declined" | "busy" | "unreachable" | "noAnswer";

export interface StationBellsParts {
  readonly clock: Clock;
  readonly node: string;
  readonly callees: Callees;
  readonly line: (trunk: string) => Line;
  readonly attemptsCallerId: () => boolean;
  /** A phone answered for this trunk; gives who hears of its leg from then on. */
  readonly answered: (station: string, trunk: string, attempt: Attempt, shown: Party | undefined) => CalleeListener;
  /** A phone does not want this trunk, or cannot. */
  readonly failed: (station: string, trunk: string, why: WhyNot) => void;
}

/** The phone of one station, as it rings. */
interface Bell {
  readonly station: string;
  device: string;
  rules: RingRules;
  ring: StationRing;
  /** Of this ring; a later one has other attempts. */
  attempts: Set<Attempt>;
  whyNot: WhyNot;
  shown: Party | undefined;
  stopTimer: StopTimer | undefined;
}

/** Rings the phones of stations for the lines whose caller this node has (sla.md §3.4): looks again whenever something could have changed. */
export class StationBells {
  readonly #parts: StationBellsParts;
  #bells = new Map<string, Bell>();
  #byTrunk = new Map<string, Bell[]>();
  #isStopped = false;

  constructor(parts: StationBellsParts) {
    this.#parts = parts;
  }

  /** Takes over a reading of the site: what rings goes on under its rules. */
  setSite(site: Site): void {
    const before = this.#bells;
    this.#bells = new Map();
    this.#byTrunk = new Map();
    for (const station of site.stations) {
      const { name, device } = station;
      const rules = ringRules(site, station);
      const bell = before.get(name) ?? silentBell(name, device, rules);
      before.delete(name);
      Object.assign(bell, { device, rules });
      this.#bells.set(name, bell);
      for (const { trunk } of station.keys) this.#byTrunk.set(trunk, [...(this.#byTrunk.get(trunk) ?? []), bell]);
    }
    for (const gone of before.values()) this.#silence(gone, false);
    for (const bell of this.#bells.values()) this.#look(bell);
  }

  /** A line of this trunk is another. */
  review(trunk: string): void {
    for (const bell of this.#byTrunk.get(trunk) ?? []) this.#look(bell);
  }

  stop(): void {
    this.#isStopped = true;
    for (const bell of this.#bells.values()) this.#silence(bell, false);
  }

  #look(bell: Bell): void {
    bell.stopTimer?.();
    bell.stopTimer = undefined;
    if (this.#isStopped) return;
    const moment = this.#moment();
    const { ring, action, nextAt } = planRing(bell.rules, bell.ring, moment);
    bell.ring = ring;
    if (action.type === "start") void this.#start(bell, action.trunk);
    else if (action.type === "cancel") this.#silence(bell, action.isAnswered);
    if (nextAt === undefined) return;
    bell.stopTimer = this.#parts.clock.after(Math.max(0, nextAt - moment.at), () => {
      this.#look(bell);
    });
  }

  /** Every phone takes a second call (R27). Other nodes ring for their own callers. */
  #moment(): RingMoment {
    const lineOf = (trunk: string): Line => {
      const line = this.#parts.line(trunk);
      return line.phase === "ringing" && line.trunk.node !== this.#parts.node ? IDLE_LINE : line;
    };
    return { lineOf, otherCalls: 0, at: this.#parts.clock.now() };
  }

  async #start(bell: Bell, trunk: string): Promise<void> {
    const attempts = (bell.attempts = new Set<Attempt>());
    bell.whyNot = "unreachable";
    const destination = parseDestination(bell.device);
    const line = this.#parts.line(trunk);
    const { caller, shown } = this.#callerOf(bell, trunk, line);
    bell.shown = shown;
    const owner = { bridge: line.phase === "idle" ? "" : line.trunk.leg, hops: HOPS_MAX, play: () => undefined };
    const call = { caller, variables: [], owner };
    const heard = (attempt: Attempt): CalleeListener => {
      attempts.add(attempt);
      return this.#listener(bell, attempts, attempt);
    };
    const made = destination === undefined ? [] : await this.#parts.callees.call(destination, call, heard);
    if (bell.attempts !== attempts) for (const { voice } of made) voice.hangUp({ cause: CAUSES.normal });
    else if (made.length === 0) this.#ended(bell, attempts);
  }

  #listener(bell: Bell, attempts: Set<Attempt>, attempt: Attempt): CalleeListener {
    let connected: CalleeListener | undefined;
    return {
      ...DEAF,
      answered: () => {
        connected = this.#answered(bell, attempts, attempt);
      },
      failed: (status) => {
        if (!attempts.delete(attempt) || bell.attempts !== attempts) return;
        bell.whyNot = worse(bell.whyNot, whyNot(status));
        if (attempts.size === 0) this.#ended(bell, attempts);
      },
      gone: (cause) => connected?.gone(cause),
      held: (isHeld) => connected?.held(isHeld),
      digit: (digit) => connected?.digit(digit),
    };
  }

  #answered(bell: Bell, attempts: Set<Attempt>, attempt: Attempt): CalleeListener | undefined {
    const moment = this.#moment();
    const isPresent = bell.attempts === attempts && attempts.delete(attempt);
    const trunk = isPresent ? answeredTrunk(bell.rules, bell.ring, moment) : undefined;
    if (trunk === undefined) {
      attempt.voice.hangUp({ cause: CAUSES.elsewhere, isElsewhere: true });
      return undefined;
    }
    bell.ring = ringEnded(bell.ring, { isReached: true, at: moment.at });
    this.#silence(bell, true);
    return this.#parts.answered(bell.station, trunk, attempt, bell.shown);
  }

  /** All that were called have failed. */
  #ended(bell: Bell, attempts: Set<Attempt>): void {
    const { present } = bell.ring;
    if (bell.attempts !== attempts || present === undefined) return;
    const { clock, failed } = this.#parts;
    bell.ring = ringEnded(bell.ring, { isReached: bell.whyNot !== "unreachable", at: clock.now() });
    if (bell.whyNot === "unreachable") this.#look(bell);
    else failed(bell.station, present.trunk, bell.whyNot);
  }

  #silence(bell: Bell, isElsewhere: boolean): void {
    bell.stopTimer?.();
    const { attempts } = bell;
    bell.attempts = new Set();
    for (const { voice } of attempts) voice.hangUp({ cause: isElsewhere ? CAUSES.elsewhere : CAUSES.normal, isElsewhere });
  }

  /** Whom the phone shows: the caller, or its own key where callers are not passed on (sla.md §3.9). */
  #callerOf({ station }: Bell, trunk: string, line: Line): { readonly caller: Identity; readonly shown: Party | undefined } {
    const party = line.phase === "ringing" ? line.trunk.party : undefined;
    if (party === undefined || !this.#parts.attemptsCallerId()) {
      return { caller: { number: `${station}_${trunk}`, name: trunk }, shown: undefined };
    }
    return { caller: { number: party.number, name: party.name ?? "" }, shown: party };
  }
}

function silentBell(station: string, device: string, rules: RingRules): Bell {
  const attempts = new Set<Attempt>();
  return { station, device, rules, ring: SILENT, attempts, whyNot: "unreachable", shown: undefined, stopTimer: undefined };
}

function whyNot(status: number): WhyNot {
  if (status === 486 || status === 600) return "busy";
  if (status === 0 || status === 404 || status === 408 || status === 410 || status === 480 || status === 487)
    return "unreachable";
  return status >= 500 && status < 600 ? "unreachable" : "declined";
}

const ORDER: readonly WhyNot[] = ["unreachable", "noAnswer", "busy", "declined"];

function worse(left: WhyNot, right: WhyNot): WhyNot {
  return ORDER.indexOf(left) > ORDER.indexOf(right) ? left : right;
}
