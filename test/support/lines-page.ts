import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import type { LineEffect } from "#domain/line/line-effect";
import type { LineEvent } from "#domain/line/line-event";
import { lineLamps } from "#domain/line/line-lamps";
import type { LineRules } from "#domain/line/line-rules";
import { advanceLine } from "#domain/line/line-table";
import { IDLE_LINE, type Line } from "#domain/line/line";

/** Where the page of the table of lines lies. */
export const LINES_PAGE_PATH = join(packageRoot, "docs", "lines-table.md");

const RULES: LineRules = {
  name: "line1",
  device: "Local/disa@outbound",
  barge: true,
  hold: "open",
  ringTimeoutMs: 20_000,
  dialTimeoutMs: 120_000,
  attemptCallerId: true,
  stations: ["A", "B", "C"].map((name) => ({ name, hold: "open", holdMode: "keep" })),
};

const PARTY = { number: "5551234" };
const B_ASKS = { at: 200_000, station: "B", leg: "B2", node: "n", newLeg: "trunk2" };
const A_TALKS = [pressedBy("A", "A1"), { type: "trunkAnswered", at: 1, leg: "trunk", party: PARTY }] as const;
const B_TALKS = pressedBy("B", "B1");
const A_HOLDS = { type: "held", at: 2, leg: "A1" } as const;

/** Lines as they stand, by what made them so. */
const STANDS: readonly (readonly [string, readonly LineEvent[]])[] = [
  ["idle", []],
  ["dialling for A", [pressedBy("A", "A1")]],
  ["ringing", [{ type: "incoming", at: 0, leg: "trunk", node: "n", party: PARTY }]],
  ["A talks", A_TALKS],
  ["A and B talk", [...A_TALKS, B_TALKS]],
  ["A holds", [...A_TALKS, A_HOLDS]],
  ["A holds, B talks", [...A_TALKS, B_TALKS, A_HOLDS]],
];

const EVENTS: readonly (readonly [string, LineEvent])[] = [
  ["B lifts the handset", { type: "offHook", ...B_ASKS }],
  ["B presses the key", { type: "press", isOwnDevice: true, ...B_ASKS }],
  ["a stranger presses it", { type: "press", isOwnDevice: false, ...B_ASKS }],
  ["a caller comes", { type: "incoming", at: 200_000, leg: "caller", node: "n" }],
  ["the trunk rings", { type: "trunkProgress", at: 200_000, leg: "trunk", status: "ringing" }],
  ["the trunk answers", { type: "trunkAnswered", at: 200_000, leg: "trunk", party: PARTY }],
  ["the trunk is busy", { type: "trunkFailed", at: 200_000, leg: "trunk", sipStatus: 486 }],
  ["B's phone, rung, answers", { type: "stationAnswered", at: 200_000, station: "B", leg: "B3", node: "n" }],
  ["B's phone declines", { type: "ringFailed", at: 200_000, station: "B", why: "declined" }],
  ["A holds", { ...A_HOLDS, at: 200_000 }],
  ["A takes off hold", { type: "resumed", at: 200_000, leg: "A1" }],
  ["A hangs up", { type: "left", at: 200_000, leg: "A1" }],
  ["A's phone is lost", { type: "left", at: 200_000, leg: "A1", why: "lost" }],
  ["B hangs up", { type: "left", at: 200_000, leg: "B1" }],
  ["the trunk hangs up", { type: "left", at: 200_000, leg: "trunk" }],
  ["the far end is another", { type: "identity", at: 200_000, party: { number: "7" } }],
  ["time is over", { type: "timePassed", at: 200_000 }],
];

/** The table of lines, as it behaves: every kind of line × every event. What changes nothing is left out. */
export function linesPage(): string {
  const parts = STANDS.map(([title, events]) => {
    const line = lineAfter(events);
    const rows = EVENTS.flatMap(([name, event]) => row(line, name, event));
    return `## ${title}: ${lamps(line)}\n\n| event | what is done, in order | keys of A, B, C after it |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `${HEAD}\n${parts.join("\n")}`;
}

const HEAD = `# What a shared line does

Printed from \`src/domain/line/line-table.ts\` by \`test/support/write-lines-page.ts\`; a test checks that it is fresh.

A, B and C have a key of the line (barge, open holds, kept calls). Legs: A1, B1 are on the line; \`trunk\` is the call outside. What is not listed changes nothing.
`;

function row(line: Line, name: string, event: LineEvent): readonly string[] {
  const { state, effects } = advanceLine(RULES, line, event);
  if (state === line && effects.length === 0) return [];
  return [`| ${name} | ${effects.map(inWords).join(", ")} | ${lamps(state)} |`];
}

function lamps(line: Line): string {
  return lineLamps(RULES, line, String)
    .map(({ state }) => state)
    .join(" ");
}

function inWords(effect: LineEffect): string {
  const { type } = effect;
  if (type === "stationResult" || type === "trunkResult") {
    const told = effect.refusal === undefined ? "" : ` (${String(effect.refusal.status)} ${effect.refusal.text})`;
    return `${effect.leg} ends ${effect.status}${told}`;
  }
  if (type === "release") return `release ${effect.leg} (${effect.why})`;
  if (type === "ringing") return `${String(effect.status)} to ${effect.leg}`;
  return type === "music" ? `music ${effect.on ? "on" : "off"} ${effect.leg}` : `${type} ${effect.leg}`;
}

function lineAfter(events: readonly LineEvent[]): Line {
  return events.reduce((line: Line, event) => advanceLine(RULES, line, event).state, IDLE_LINE);
}

function pressedBy(station: string, leg: string): LineEvent {
  return { type: "press", at: 0, station, leg, node: "n", newLeg: "trunk", isOwnDevice: true };
}
