import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import type { LampName } from "#sim/lamps/lamp";
import { burningAt, LAMP_TABLES, type LampPattern } from "#sim/lamps/lamp-patterns";

// Collected from the vendor's manuals and configuration files; lies beside a developer's checkout, or the comparison is skipped.
const LED_TABLE = join(packageRoot, "../shared/reference/polycom-led.csv");

const STATES: Readonly<Record<string, LampName>> = {
  idle: "idle",
  "in use": "busy",
  ringing: "ringing",
  held: "held",
  "in use + ringing": "busyRinging",
};

/** Steps as the table writes them: "steady", "on 250 / off 250", "red 1000 / green 250". */
function stepsOf(colours: string, pattern: string): string[] {
  if (pattern === "off") return ["off"];
  if (pattern.startsWith("steady")) return [colours];
  return pattern.split(" / ").map((step) => {
    const [what = "", ms = ""] = step.split(" ");
    return `${what === "on" ? colours : what} ${ms}`;
  });
}

function shown({ steps }: LampPattern): string[] {
  return steps.length === 1 ? steps.map(({ colour }) => colour) : steps.map(({ colour, ms }) => `${colour} ${ms}`);
}

describe("how lamps burn", () => {
  it("is what the vendor's table says of watched keys", function () {
    if (!existsSync(LED_TABLE)) {
      if (this.test !== undefined) this.test.title += " (skipped: the vendor's table is not beside this checkout)";
      this.skip();
    }
    let compared = 0;
    for (const line of readFileSync(LED_TABLE, "utf8").split("\n")) {
      const [family = "", role, state = "", colours = "", pattern = "", condition = ""] = line.split(",");
      const table = family.startsWith("VVX 300-450") ? LAMP_TABLES.vvx : LAMP_TABLES.soundPoint;
      const lamp = STATES[state];
      const isOurs = family.startsWith("VVX 300-450") || family.startsWith("SoundPoint");
      // A phone that is not told to show held calls is given "busy" by the rules, not by the table.
      if (!isOurs || role !== "attendant (BLF)" || lamp === undefined || condition.includes("enable=0")) continue;
      if (pattern === "alternating flash") {
        const steps = table[lamp].steps;
        assert.deepEqual(
          steps.map(({ colour }) => colour),
          colours.split(" and "),
          line,
        );
        assert.equal(steps[0]?.ms, steps[1]?.ms, line);
      } else assert.deepEqual(shown(table[lamp]), stepsOf(colours, pattern), line);
      compared += 1;
    }
    assert.ok(compared >= 9, `only ${compared} rows were compared`);
  });

  it("knows every lamp of every family", () => {
    for (const table of Object.values(LAMP_TABLES)) {
      for (const { steps, words } of Object.values(table)) {
        assert.ok(steps.length > 0 && steps.every(({ ms }) => ms > 0));
        assert.ok(words !== "");
      }
      assert.deepEqual(table.idle, table.unknown);
    }
  });

  it("gives the colour of a moment and how long it stays", () => {
    const { held, ringing } = LAMP_TABLES.vvx;
    for (const [atMs, colour, forMs] of [
      [0, "red", 1000],
      [999, "red", 1],
      [1000, "off", 1000],
      [1999, "off", 1],
      [2000, "red", 1000],
    ] as const)
      assert.deepEqual(burningAt(held, atMs), { colour, forMs });
    assert.deepEqual(burningAt(ringing, 700), { colour: "red", forMs: 300 });
    assert.deepEqual(burningAt(LAMP_TABLES.vvx.busy, 700), { colour: "red", forMs: Infinity });
  });
});
