import type { LampName } from "./lamp.ts";

export type LampColour = "red" | "green" | "off";

/** How a lamp burns: its steps follow one another for ever. One step is a steady lamp. */
export interface LampPattern {
  /** For people: "steady red". */
  readonly words: string;
  readonly steps: readonly { readonly colour: LampColour; readonly ms: number }[];
}

/** The patterns of one family of phones. */
export type LampTable = Readonly<Record<LampName, LampPattern>>;

const off: LampPattern = { words: "off", steps: [{ colour: "off", ms: 1000 }] };
const steadyRed: LampPattern = { words: "steady red", steps: [{ colour: "red", ms: 1000 }] };
/** The manuals say "alternating" without times; 500 ms a colour is the vendor's pattern named flash. */
const greenRedFlash: LampPattern = {
  words: "green/red flash",
  steps: [
    { colour: "green", ms: 500 },
    { colour: "red", ms: 500 },
  ],
};

/** VVX 300 to 450 and the expansion modules. */
const vvx: LampTable = {
  unknown: off,
  idle: off,
  busy: steadyRed,
  ringing: greenRedFlash,
  busyRinging: greenRedFlash,
  held: {
    words: "slow red flash",
    steps: [
      { colour: "red", ms: 1000 },
      { colour: "off", ms: 1000 },
    ],
  },
};

/** SoundPoint IP: a held call looks like one in use. */
const soundPoint: LampTable = {
  unknown: off,
  idle: off,
  busy: steadyRed,
  ringing: {
    words: "fast green flash",
    steps: [
      { colour: "green", ms: 250 },
      { colour: "off", ms: 250 },
    ],
  },
  busyRinging: {
    words: "red/green flash",
    steps: [
      { colour: "red", ms: 1000 },
      { colour: "green", ms: 250 },
    ],
  },
  held: steadyRed,
};

/** Lamps by family: what the vendor's manuals and configuration files say of attendant keys. */
export const LAMP_TABLES = { vvx, soundPoint } as const;

/** What a lamp shows at a moment, and for how much longer; a steady one for ever. */
export function burningAt(pattern: LampPattern, atMs: number): { readonly colour: LampColour; readonly forMs: number } {
  const [first] = pattern.steps;
  if (pattern.steps.length === 1 && first !== undefined) return { colour: first.colour, forMs: Infinity };
  const roundMs = pattern.steps.reduce((sum, { ms }) => sum + ms, 0);
  let intoMs = atMs % roundMs;
  for (const { colour, ms } of pattern.steps) {
    if (intoMs < ms) return { colour, forMs: ms - intoMs };
    intoMs -= ms;
  }
  return { colour: "off", forMs: Infinity };
}
