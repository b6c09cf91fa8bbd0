import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { StationStatus } from "#domain/dialplan/leg-event";
import { firstIdle, lineLegs, type Line, type Party as LineParty } from "#domain/line/line";
import type { Refusal } from "#domain/line/line-effect";
import { lineRules, type LineRules } from "#domain/line/line-rules";
import { lineDeadline } from "#domain/line/line-table";
import { SharedLines } from "#domain/site/shared-lines";
import { EMPTY_SITE, type Site, type Station, type Trunk } from "#domain/site/site";
import type { Store } from "#store/store";
import type { LampRunner } from "../lamp-runner.ts";
import type { SiteRunner } from "../site-runner.ts";
import type { CallBoard } from "./call-board.ts";
import type { Callees } from "./callees.ts";
import { CAUSES, causeOfStatus } from "./causes.ts";
import type { Calls } from "./calls.ts";
import type { Channel, ChannelWorld, Errand } from "./channel.ts";
import type { Attempt } from "./dialler.ts";
import { LineLamps } from "./line-lamps.ts";
import { stationOfArgument, type LineMember } from "./line-members.ts";
import { LinePerformer } from "./line-performer.ts";
import { LineStore } from "./line-store.ts";
import { DEAF, type CalleeListener } from "./party.ts";
import { TrunkDialler } from "./trunk-dialler.ts";
import { StationBells } from "./station-bells.ts";

export interface LineCallsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly node: string;
  readonly site: SiteRunner;
  readonly lamps: LampRunner;
  readonly callees: Callees;
  readonly calls: Calls;
  readonly board: CallBoard;
  readonly domain: () => string;
}

type StationDone = Parameters<ChannelWorld["station"]>[2];
type TrunkDone = Parameters<ChannelWorld["trunk"]>[3];

const NO_STATION: Refusal = { status: 404, text: "no such station" };
const ALL_BUSY: Refusal = { status: 486, text: "line in use" };
const LEG_BITS = 64;

/** Brings lines what happens to their legs, and does what they decide (sla.md §3). */
export class LineCalls {
  readonly #parts: LineCallsParts;
  readonly #lines: LineStore;
  readonly #lamps: LineLamps;
  readonly #bells: StationBells;
  readonly #members = new Map<string, LineMember>();
  readonly #deadlines = new Map<string, StopTimer>();
  readonly #trunks: TrunkDialler;
  #site: Site = EMPTY_SITE;
  #rules = new Map<string, LineRules>();
  /** Of trunks that the site has no more and that have a call. */
  readonly #leaving = new Map<string, LineRules>();
  #shared = new SharedLines(EMPTY_SITE);

  constructor(parts: LineCallsParts) {
    this.#parts = parts;
    const { store, clock, log } = parts;
    this.#lamps = new LineLamps(parts.lamps, parts.domain);
    this.#lines = new LineStore({
      ...{ store, clock, log },
      rules: (trunk) => this.#rulesOf(trunk),
      perform: (trunk, effects) => {
        for (const effect of effects) performer.perform(trunk, effect);
      },
      changed: (trunk, line, before) => {
        this.#changed(trunk, line);
        this.#seat(trunk, line, before);
      },
    });
    const common = { ...parts, lines: this.#lines, members: this.#members };
    this.#trunks = new TrunkDialler({ ...common, siteNow: () => this.#site });
    const performer = new LinePerformer({ ...common, trunks: this.#trunks });
    this.#bells = new StationBells({
      ...{ clock, callees: parts.callees, node: parts.node },
      line: (trunk) => this.#lines.line(trunk),
      attemptsCallerId: () => this.#site.settings.attemptCallerId,
      answered: (station, trunk, attempt, shown) => this.#stationAnswered(station, trunk, attempt, shown),
      failed: (station, trunk, why) => {
        void this.#lines.feed(trunk, { type: "ringFailed", at: clock.now(), station, why });
      },
    });
  }

  async start(): Promise<Stop> {
    const stop = await this.#lines.start();
    await this.nodeLost(this.#parts.node);
    return async () => {
      for (const stopTimer of this.#deadlines.values()) stopTimer();
      this.#bells.stop();
      await stop();
    };
  }

  /** Takes over a reading of the site; calls go on under its rules (R8). */
  setSite(site: Site): void {
    this.#site = site;
    this.#shared = new SharedLines(site);
    // The call on a trunk that is gone goes on as it was, until it ends.
    for (const trunk of this.#lines.busy) this.#leaving.set(trunk, this.#rulesOf(trunk) ?? lineRules(site, goneTrunk(trunk)));
    this.#rules = new Map(site.trunks.map((trunk) => [trunk.name, lineRules(site, trunk)]));
    this.#lamps.setSite(this.#rules, (trunk) => this.#lines.line(trunk));
    this.#bells.setSite(site);
  }

  /** What is on a trunk. */
  line(trunk: string): Line {
    return this.#lines.line(trunk);
  }

  /** A node is gone, with its legs. */
  async nodeLost(node: string): Promise<void> {
    const at = this.#parts.clock.now();
    await Promise.all(this.#lines.busy.map((trunk) => this.#lines.feed(trunk, { type: "nodeLost", at, node })));
  }

  /** SLAStation (OP1, OP2). */
  station(channel: Channel, argument: string, done: StationDone): Errand {
    const leg = this.#newLeg();
    const found = stationOfArgument(this.#site.stations, argument);
    const ask = { leg, channel, done };
    if (found === undefined) this.#refuse(ask, "FAILURE", NO_STATION);
    else if (found.trunk === undefined) this.#offHook(found.station, ask);
    else this.#press(found.station, found.trunk, ask);
    return this.#errand(leg);
  }

  /** SLATrunk (OP5). */
  trunk(channel: Channel, name: string, musicClass: string | undefined, done: TrunkDone): Errand {
    const leg = this.#newLeg();
    const trunk = this.#trunkNamed(name);
    if (trunk === undefined) {
      this.#parts.log.warn("SLATrunk: there is no such trunk", { trunk: name });
      queueMicrotask(() => {
        done({ status: "FAILURE", cause: CAUSES.unallocated });
      });
      return NO_ERRAND;
    }
    const { identity } = this.#parts.calls.callerOf(channel);
    const { party } = channel;
    this.#members.set(leg, { trunk, voice: party, party, done: done as Required<LineMember>["done"] });
    void this.#lines.feed(trunk, {
      ...{ type: "incoming", at: this.#parts.clock.now(), leg, node: this.#parts.node },
      ...(identity.number === "" || identity.isPrivate === true
        ? {}
        : { party: { number: identity.number, name: identity.name } }),
      ...(musicClass === undefined ? {} : { musicClass }),
    });
    return this.#errand(leg);
  }

  #rulesOf(trunk: string): LineRules | undefined {
    return this.#rules.get(trunk) ?? this.#leaving.get(trunk);
  }

  #trunkNamed(name: string): string | undefined {
    if (this.#rules.has(name)) return name;
    const wanted = name.toLowerCase();
    return [...this.#rules.keys()].find((known) => known.toLowerCase() === wanted);
  }

  #errand(leg: string): Errand {
    const feed = async (type: "held" | "resumed" | "left"): Promise<void> => {
      const trunk = this.#members.get(leg)?.trunk;
      if (trunk !== undefined) await this.#lines.feed(trunk, { type, at: this.#parts.clock.now(), leg });
    };
    return {
      callerGone: () => {
        // Of a leg that we rang nothing is said when it leaves by itself.
        void feed("left").then(() => this.#members.delete(leg));
      },
      held: (isHeld) => {
        void feed(isHeld ? "held" : "resumed");
      },
      digit: (digit) => {
        this.#digit(leg, digit);
      },
    };
  }

  /** Digits of a station are heard by the dialplan behind the trunk; real trunks hear them through the bridge. */
  #digit(leg: string, digit: string): void {
    const trunk = this.#members.get(leg)?.trunk;
    const line = trunk === undefined ? undefined : this.#lines.line(trunk);
    if (line === undefined || line.phase !== "up" || !line.connected.some((one) => one.leg === leg)) return;
    this.#members.get(line.trunk.leg)?.digit?.(digit);
  }

  #offHook(station: Station, ask: Ask): void {
    const trunk = firstIdle(station.keys, (name) => this.#lines.line(name));
    if (trunk === undefined) this.#refuse(ask, "CONGESTION", ALL_BUSY);
    else this.#ask(station, trunk, ask, "offHook");
  }

  #press(station: Station, trunk: string, ask: Ask): void {
    const isKey = station.keys.some((key) => key.trunk === trunk);
    if (!isKey || !this.#rules.has(trunk)) this.#refuse(ask, "CONGESTION", NO_STATION);
    else this.#ask(station, trunk, ask, "press");
  }

  #ask(station: Station, trunk: string, { leg, channel, done }: Ask, type: "offHook" | "press"): void {
    const { clock, node, calls } = this.#parts;
    const { party } = channel;
    this.#members.set(leg, {
      ...{ trunk, voice: party, party, done: done as Required<LineMember>["done"] },
      again: () => {
        this.#members.delete(leg);
        this.#offHook(station, { leg, channel, done });
      },
    });
    const account = calls.callerOf(channel).account?.toLowerCase();
    const owners = this.#shared.keyOf([`SLA:${station.name}_${trunk}`])?.accounts ?? [];
    const asked = { at: clock.now(), station: station.name, leg, node, newLeg: this.#newLeg() };
    const isOwnDevice = account !== undefined && owners.includes(account);
    void this.#lines.feed(trunk, type === "press" ? { type, ...asked, isOwnDevice } : { type, ...asked });
  }

  #refuse({ channel, done }: Ask, status: StationStatus, refusal: Refusal): void {
    channel.party.refusal?.(refusal);
    queueMicrotask(() => {
      done({ status, cause: causeOfStatus(refusal.status) });
    });
  }

  #stationAnswered(station: string, trunk: string, attempt: Attempt, shown: LineParty | undefined): CalleeListener {
    const { clock, node } = this.#parts;
    const leg = this.#newLeg();
    this.#members.set(leg, { trunk, voice: attempt.voice });
    void this.#lines.feed(trunk, {
      ...{ type: "stationAnswered", at: clock.now(), station, leg, node },
      ...(shown === undefined ? {} : { shown }),
    });
    const errand = this.#errand(leg);
    return {
      ...DEAF,
      digit: (digit) => errand.digit?.(digit),
      held: (isHeld) => errand.held?.(isHeld),
      gone: (cause) => {
        errand.callerGone(cause);
      },
    };
  }

  #changed(trunk: string, line: Line): void {
    const rules = this.#rulesOf(trunk);
    if (line.phase === "idle") {
      this.#trunks.idle(trunk);
      this.#leaving.delete(trunk);
    }
    if (rules === undefined) return;
    this.#lamps.show(rules, line);
    this.#bells.review(trunk);
    this.#deadlines.get(trunk)?.();
    this.#deadlines.delete(trunk);
    const dueAt = line.phase !== "idle" && line.trunk.node === this.#parts.node ? lineDeadline(rules, line) : undefined;
    if (dueAt === undefined) return;
    const { clock } = this.#parts;
    const stopTimer = clock.after(Math.max(0, dueAt - clock.now()), () => {
      void this.#lines.feed(trunk, { type: "timePassed", at: clock.now() });
    });
    this.#deadlines.set(trunk, stopTimer);
  }

  /** The board of calls knows who is on a line. */
  #seat(trunk: string, line: Line, before: Line): void {
    const { board } = this.#parts;
    const now = new Set(lineLegs(line));
    for (const leg of [...lineLegs(before), ...now]) {
      const id = this.#members.get(leg)?.voice.legId;
      if (id === undefined) continue;
      if (now.has(leg) && line.phase !== "idle") board.seat(id, { line: trunk, call: line.trunk.leg });
      else board.seat(id, undefined);
    }
  }

  #newLeg(): string {
    return this.#parts.random.token(LEG_BITS);
  }
}

/** Somebody who asks for a line. */
interface Ask {
  readonly leg: string;
  readonly channel: Channel;
  readonly done: StationDone;
}

const NO_ERRAND: Errand = { callerGone: () => undefined };

/** A trunk of which nothing is known but that it has a call: another process knew it. */
function goneTrunk(name: string): Trunk {
  return { name, device: "", ringtimeout: 0, barge: true, hold: "open", origin: "gone" };
}
