import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { LineEffect } from "#domain/line/line-effect";
import type { LineEvent } from "#domain/line/line-event";
import { lineDefects } from "#domain/line/line-defects";
import { lineLamps } from "#domain/line/line-lamps";
import type { LineRules } from "#domain/line/line-rules";
import { advanceLine } from "#domain/line/line-table";
import { hasLeg, IDLE_LINE, stationLegs, type Line } from "#domain/line/line";

const STATIONS = ["s1", "s2", "s3", "s4"];

const someRules = fc.record({
  barge: fc.boolean(),
  hold: fc.constantFrom("open" as const, "private" as const),
  stations: fc.tuple(...STATIONS.map((name) => someStation(name))),
});

/** What happens next; `pick` chooses among what the world has then. */
const someMove = fc.record({
  trunk: fc.constantFrom(0, 1),
  kind: fc.constantFrom(
    ...(["press", "press", "offHook", "incoming", "ringAnswer", "ringFailed", "trunkAnswered", "trunkAnswered"] as const),
    ...(["trunkFailed", "trunkProgress", "held", "held", "resumed", "left", "left", "lateLeft", "timePassed", "lost"] as const),
  ),
  station: fc.constantFrom(...STATIONS),
  node: fc.constantFrom("a", "a", "a", "b"),
  pick: fc.nat(20),
});

type Move = typeof someMove extends fc.Arbitrary<infer M> ? M : never;

/** One trunk in a world that does what the line asks for, and keeps account of every leg. */
class World {
  line: Line = IDLE_LINE;
  /** Legs that the line is answerable for, and those that are over. */
  readonly open = new Map<string, "caller" | "dialled" | "pressed" | "rung">();
  readonly over: string[] = [];
  readonly inConference = new Set<string>();
  /** The leg that hears music. */
  music: string | undefined;
  made = 0;
  at = 0;
  readonly rules: LineRules;

  constructor(rules: LineRules) {
    this.rules = rules;
  }

  play(move: Move): void {
    this.at += move.kind === "timePassed" ? move.pick * 5000 : 1;
    const event = this.eventOf(move);
    if (event !== undefined) this.tell(event);
  }

  tell(event: LineEvent): void {
    const before = this.line;
    const { state, effects } = advanceLine(this.rules, before, event);
    this.line = state;
    if (event.type === "left") this.leave(event.leg);
    for (const effect of effects) this.apply(effect);
    this.check(before, event, effects);
  }

  leave(leg: string): void {
    const kind = this.open.get(leg);
    this.inConference.delete(leg);
    if (this.music === leg) this.music = undefined;
    // These two wait for no result.
    if (kind === "rung" || kind === "dialled") this.close(leg);
  }

  apply(effect: LineEffect): void {
    if (effect.type === "dialTrunk") this.open.set(effect.leg, "dialled");
    else equal(this.open.has(effect.leg), true, `${effect.type} of an unknown leg ${effect.leg}`);
    if (effect.type === "join") {
      equal(this.inConference.has(effect.leg), false, "joined twice");
      this.inConference.add(effect.leg);
    }
    if (effect.type === "part") this.inConference.delete(effect.leg);
    if (effect.type === "music") this.music = effect.on ? effect.leg : undefined;
    this.settle(effect);
  }

  settle(effect: LineEffect): void {
    const kind = this.open.get(effect.leg);
    const isOver =
      effect.type === "stationResult" ||
      effect.type === "trunkResult" ||
      effect.type === "unavailable" ||
      effect.type === "cancelTrunk" ||
      (effect.type === "release" && kind !== "pressed");
    if (isOver) this.close(effect.leg);
  }

  close(leg: string): void {
    equal(this.open.delete(leg), true, `${leg} ended twice`);
    this.inConference.delete(leg);
    this.over.push(leg);
  }

  check(before: Line, event: LineEvent, effects: readonly LineEffect[]): void {
    deepEqual(lineDefects(this.rules, this.line), []);
    for (const leg of this.open.keys()) equal(hasLeg(this.line, leg), true, `nobody owns ${leg} after ${event.type}`);
    for (const leg of this.over) equal(hasLeg(this.line, leg), false, `${leg} is over and still there after ${event.type}`);
    const talking = this.line.phase === "up" ? this.line.connected.map(({ leg }) => leg) : [];
    const trunk = this.line.phase === "up" ? [this.line.trunk.leg] : [];
    deepEqual([...this.inConference].sort(), [...trunk, ...talking].sort());
    equal(
      this.music,
      this.line.phase === "up" && talking.length === 0 ? this.line.trunk.leg : undefined,
      "music while nobody talks",
    );
    this.checkLamps();
    this.checkHolds(before, event, effects);
  }

  /** Worked out here from the legs and holds alone. */
  checkLamps(): void {
    const { line } = this;
    for (const lamp of lineLamps(this.rules, line, String)) {
      const isHolder = line.phase === "up" && line.holders.some(({ station }) => station === lamp.station);
      const isTalking = [...this.inConference].some((leg) =>
        stationLegs(line).some((s) => s.leg === leg && s.station === lamp.station),
      );
      const held = line.phase === "up" && line.holders.length > 0 && (isHolder || !isTalking);
      const lit = line.phase === "idle" ? "NOT_INUSE" : line.phase === "ringing" ? "RINGING" : held ? "ONHOLD" : "INUSE";
      equal(lamp.device, lit);
      equal(lamp.state === "ONHOLD_BYME", isHolder);
    }
  }

  checkHolds(before: Line, event: LineEvent, effects: readonly LineEffect[]): void {
    if (before.phase !== "up") return;
    const isTrunkGone = event.type === "left" && event.leg === before.trunk.leg;
    if (isTrunkGone || event.type === "nodeLost") return;
    const isOwn = (station: string): boolean =>
      ("station" in event && event.station === station) ||
      ("leg" in event && stationLegs(before).some((one) => one.leg === event.leg && one.station === station));
    const lost = before.holders.filter(({ station, isPrivate }) => isPrivate && !isOwn(station));
    for (const { station } of lost) equal(this.line.phase === "up" && this.line.holders.some((h) => h.station === station), true);
    const others = before.holders.filter(({ station }) => !isOwn(station));
    if (others.length > 0) equal(this.line.phase, "up", "a call that somebody holds is dropped");
    if (event.type === "press" && effects.some(({ type }) => type === "join"))
      equal(before.holders.some((h) => h.station === event.station) || before.holders.every((h) => !h.isPrivate), true);
  }

  eventOf(move: Move): LineEvent | undefined {
    const { at } = this;
    const { station, node, pick } = move;
    const choose = (legs: readonly string[]): string | undefined => legs[pick % Math.max(legs.length, 1)];
    const trunk = this.line.phase === "idle" ? choose(this.over) : this.line.trunk.leg;
    const one = choose([...this.open.keys()]);
    switch (move.kind) {
      case "press":
      case "offHook": {
        const ask = { at, station, leg: this.make("pressed"), node, newLeg: this.name() };
        return move.kind === "offHook" ? { type: "offHook", ...ask } : { type: "press", isOwnDevice: pick > 0, ...ask };
      }
      case "incoming":
        return { type: "incoming", at, leg: this.make("caller"), node };
      case "ringAnswer":
        return { type: "stationAnswered", at, station, leg: this.make("rung"), node };
      case "ringFailed":
        return { type: "ringFailed", at, station, why: pick % 2 === 0 ? "declined" : "unreachable" };
      case "trunkAnswered":
      case "trunkFailed":
        return this.trunkEvent(move.kind, trunk);
      case "trunkProgress":
        return trunk === undefined ? undefined : { type: "trunkProgress", at, leg: trunk, status: "ringing" };
      case "held": {
        const talking = choose(this.line.phase === "up" ? this.line.connected.map(({ leg }) => leg) : [...this.over]);
        return talking === undefined ? undefined : { type: "held", at, leg: talking };
      }
      case "resumed":
      case "left":
        return one === undefined ? undefined : { type: move.kind, at, leg: one };
      case "lateLeft": {
        const late = choose(this.over);
        return late === undefined ? undefined : { type: "left", at, leg: late };
      }
      case "timePassed":
        return { type: "timePassed", at };
      case "lost":
        return one === undefined ? undefined : { type: "left", at, leg: one, why: "lost" };
    }
  }

  trunkEvent(type: "trunkAnswered" | "trunkFailed", leg: string | undefined): LineEvent | undefined {
    if (leg === undefined) return undefined;
    // A dial that fails is over without a word of the line.
    if (type === "trunkFailed" && this.line.phase === "dialling") this.close(leg);
    return { type, at: this.at, leg };
  }

  make(kind: "caller" | "pressed" | "rung"): string {
    const leg = this.name();
    this.open.set(leg, kind);
    return leg;
  }

  name(): string {
    return `leg${String(this.made++)}`;
  }
}

describe("Shared lines in any order of events (sla.md #59)", () => {
  it("own every leg, drop no call that is held, give no private one away, and show the truth", () => {
    const seen = new Set<string>();
    const whole = fc.property(
      fc.array(someRules, { minLength: 2, maxLength: 2 }),
      fc.array(someMove, { maxLength: 100, size: "max" }),
      (rules, moves) => {
        const worlds = rules.map((some, at) => new World(ruleOf(`line${String(at + 1)}`, some)));
        for (const move of moves) {
          const world = worlds[move.trunk];
          world?.play(move);
          if (world !== undefined) seen.add(shapeOf(world.line));
        }
        for (const world of worlds) hangUpAll(world);
      },
    );
    fc.assert(whole, { numRuns: 2000 });
    // The walk has been where it is difficult.
    deepEqual(
      ["dialling of 2", "idle", "ringing", "up 0 + 2", "up 1 + 1", "up 2 + 0"].filter((shape) => !seen.has(shape)),
      [],
    );
  });

  it("lose a node and own every other leg", () => {
    const whole = fc.property(someRules, fc.array(someMove, { maxLength: 40, size: "max" }), (rules, moves) => {
      const world = new World(ruleOf("line1", rules));
      for (const move of moves) world.play(move);
      const { state } = advanceLine(world.rules, world.line, { type: "nodeLost", node: "b", at: world.at });
      const left = [...(state.phase === "idle" ? [] : [state.trunk]), ...stationLegs(state)];
      equal(
        left.some(({ node }) => node === "b"),
        false,
      );
      deepEqual(lineDefects(world.rules, state), []);
    });
    fc.assert(whole, { numRuns: 2000 });
  });
});

function hangUpAll(world: World): void {
  while (world.open.size > 0) {
    const [leg] = world.open.keys();
    world.tell({ type: "left", at: world.at, leg: leg ?? "" });
  }
  if (world.line.phase === "idle") return;
  // Held in mode `release`: nobody has a leg but the caller.
  equal(world.line.phase, "never", "a line without a leg is idle");
}

function someStation(name: string): fc.Arbitrary<LineRules["stations"][number]> {
  return fc.record({
    name: fc.constant(name),
    hold: fc.constantFrom("open" as const, "private" as const),
    holdMode: fc.constantFrom("keep" as const, "release" as const),
  });
}

function ruleOf(name: string, some: Pick<LineRules, "barge" | "hold" | "stations">): LineRules {
  return { name, device: "SIP/provider", ringTimeoutMs: 60_000, dialTimeoutMs: 90_000, attemptCallerId: true, ...some };
}

function shapeOf(line: Line): string {
  if (line.phase === "dialling") return `dialling of ${String(line.waiting.length)}`;
  return line.phase === "up" ? `up ${String(line.connected.length)} + ${String(line.holders.length)}` : line.phase;
}
