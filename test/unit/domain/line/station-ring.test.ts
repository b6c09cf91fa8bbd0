import { deepEqual, equal } from "node:assert/strict";
import { IDLE_LINE, type Line } from "#domain/line/line";
import { advanceLine } from "#domain/line/line-table";
import { SILENT, type RingKey, type RingRules, type StationRing } from "#domain/line/ring-rules";
import { answeredTrunk, planRing, ringEnded } from "#domain/line/station-ring";
import { LINE1 } from "./line-story.ts";

const KEY: RingKey = { trunk: "line1", delayMs: 0, timeoutMs: 0 };
const RULES: RingRules = { station: "station1", keys: [KEY], timeoutMs: 0, callWaiting: true, isCompatible: false };

/** A phone in a test: time passes, and what it does is written down as "5 start line1". */
class RingStory {
  readonly log: string[] = [];
  readonly lines: Record<string, Line> = {};
  readonly rules: RingRules;
  ring: StationRing = SILENT;
  at = 0;
  otherCalls = 0;

  constructor(rules: Partial<RingRules> = {}) {
    this.rules = { ...RULES, ...rules };
  }

  call(trunk: string): void {
    this.lines[trunk] = { phase: "ringing", since: this.at, trunk: { leg: `to-${trunk}`, node: "a", direction: "in" }, done: [] };
    this.look();
  }

  put(trunk: string, line: Line): void {
    this.lines[trunk] = line;
  }

  look(): number | undefined {
    const plan = planRing(this.rules, this.ring, this.moment());
    this.ring = plan.ring;
    const { action } = plan;
    const seconds = String(this.at / 1000);
    if (action.type === "start") this.log.push(`${seconds} start ${action.trunk}`);
    if (action.type === "cancel") this.log.push(`${seconds} cancel${action.isAnswered ? " answered" : ""}`);
    return plan.nextAt;
  }

  /** Looks again whenever the plan says so. */
  until(seconds: number): void {
    for (let next = this.look(); next !== undefined && next <= seconds * 1000; next = this.look()) this.at = next;
    this.at = seconds * 1000;
  }

  unreachable(): void {
    this.ring = ringEnded(this.ring, { isReached: false, at: this.at });
  }

  answers(): string | undefined {
    return answeredTrunk(this.rules, this.ring, this.moment());
  }

  moment(): { lineOf: (trunk: string) => Line; otherCalls: number; at: number } {
    return { lineOf: (trunk) => this.lines[trunk] ?? IDLE_LINE, otherCalls: this.otherCalls, at: this.at };
  }
}

function logOf(rules: Partial<RingRules>): string[] {
  const story = new RingStory(rules);
  story.call("line1");
  story.until(60);
  return story.log;
}

describe("The phone of a station that is rung", () => {
  it("starts after its delay and ends after its limit (sla.md #31)", () => {
    deepEqual(logOf({ keys: [{ ...KEY, delayMs: 5000 }] }), ["5 start line1"]);
    deepEqual(logOf({ timeoutMs: 10_000 }), ["0 start line1", "10 cancel"]);
  });

  it("adds delay and limit of a key (sla.md #32, R11)", () => {
    const keys = [{ ...KEY, delayMs: 5000, timeoutMs: 10_000 }];
    deepEqual(logOf({ keys }), ["5 start line1", "15 cancel"]);
    deepEqual(logOf({ keys, isCompatible: true }), ["5 start line1", "10 cancel"]);
  });

  it("obeys the key's limit before the station's (sla.md #33, R11)", () => {
    const rules = { keys: [{ ...KEY, timeoutMs: 20_000 }], timeoutMs: 5000 };
    deepEqual(logOf(rules), ["0 start line1", "20 cancel"]);
    deepEqual(logOf({ ...rules, isCompatible: true }), ["0 start line1", "5 cancel"]);
  });

  it("rings for an instant in Asterisk's way when the limit is over with the delay (sla.md §3.6)", () => {
    const keys = [{ ...KEY, delayMs: 10_000, timeoutMs: 10_000 }];
    deepEqual(logOf({ keys, isCompatible: true }), ["10 start line1", "10 cancel"]);
  });

  it("has one call for two lines, answers the first, and rings again when it is free (sla.md #34, B46)", () => {
    const story = new RingStory({ keys: [KEY, { ...KEY, trunk: "line2" }] });
    story.call("line1");
    story.at = 2000;
    story.call("line2");
    equal(story.answers(), "line1");
    story.ring = ringEnded(story.ring, { isReached: true, at: story.at });
    const answered = { type: "stationAnswered", station: "station1", leg: "r1", node: "a", at: story.at } as const;
    story.put("line1", advanceLine(LINE1, story.moment().lineOf("line1"), answered).state);
    story.until(9);
    story.put("line1", advanceLine(LINE1, story.moment().lineOf("line1"), { type: "left", leg: "r1", at: 9000 }).state);
    story.until(10);
    deepEqual(story.log, ["0 start line1", "9 start line2"]);
  });

  it("is not rung while it is on a line, and is while it keeps one on hold (sla.md #35, R25)", () => {
    const story = new RingStory({ keys: [KEY, { ...KEY, trunk: "line2" }] });
    const press = { type: "press", station: "station1", leg: "s1", node: "a", newLeg: "n", isOwnDevice: true, at: 0 } as const;
    const dialled = advanceLine(LINE1, IDLE_LINE, press).state;
    story.put("line2", dialled);
    story.call("line1");
    deepEqual(story.log, []);
    const up = advanceLine(LINE1, dialled, { type: "trunkAnswered", leg: "n", at: 0 }).state;
    story.put("line2", advanceLine(LINE1, up, { type: "held", leg: "s1", at: 0 }).state);
    story.look();
    deepEqual(story.log, ["0 start line1"]);
  });

  it("is not rung again after it declined (sla.md #36, R19)", () => {
    const story = new RingStory();
    story.call("line1");
    story.ring = ringEnded(story.ring, { isReached: true, at: 0 });
    const declined = { type: "ringFailed", station: "station1", why: "declined", at: 0 } as const;
    story.put("line1", advanceLine(LINE1, story.moment().lineOf("line1"), declined).state);
    story.until(30);
    deepEqual(story.log, ["0 start line1"]);
    equal(story.answers(), undefined);
  });

  it("is tried again, ever more seldom, while it cannot be reached (sla.md #37, R19)", () => {
    const story = new RingStory();
    story.call("line1");
    const tries = [0];
    while (tries.length < 7) {
      story.unreachable();
      const next = story.look();
      if (next === undefined) break;
      story.at = next;
      story.look();
      tries.push(next / 1000);
    }
    deepEqual(tries, [0, 1, 3, 7, 15, 25, 35]);
    equal(story.log.length, 7);
  });

  it("stops when another answered, and says so (sla.md #26, B-4)", () => {
    const story = new RingStory();
    story.call("line1");
    const answered = { type: "stationAnswered", station: "station2", leg: "r2", node: "a", at: 0 } as const;
    story.put("line1", advanceLine(LINE1, story.moment().lineOf("line1"), answered).state);
    story.look();
    story.put("line1", IDLE_LINE);
    story.call("line1");
    story.put("line1", IDLE_LINE);
    story.look();
    deepEqual(story.log, ["0 start line1", "0 cancel answered", "0 start line1", "0 cancel"]);
  });

  it("does not go on for a line that it is done with (R20, B16)", () => {
    const story = new RingStory({
      keys: [
        { ...KEY, timeoutMs: 20_000 },
        { ...KEY, trunk: "line2" },
      ],
    });
    story.call("line1");
    story.until(25);
    story.call("line2");
    equal(story.answers(), "line2");
    story.put("line2", IDLE_LINE);
    story.look();
    deepEqual(story.log, ["0 start line1", "20 cancel", "25 start line2", "25 cancel"]);
  });

  it("is rung in a call of another kind only with call waiting (R27)", () => {
    for (const callWaiting of [true, false]) {
      const story = new RingStory({ callWaiting });
      story.otherCalls = 1;
      story.call("line1");
      equal(story.log.length, callWaiting ? 1 : 0);
    }
  });
});
