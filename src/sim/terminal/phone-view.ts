import type { LampName } from "#sim/lamps/lamp";
import type { LampPattern } from "#sim/lamps/lamp-patterns";

/** A phone as it is shown to people. */
export interface PhoneView {
  readonly mac: string;
  readonly model: string;
  readonly label: string;
  /** "starting", "registered", or what went wrong. */
  readonly status: string;
  readonly keys: readonly KeyView[];
  /** What a real phone would have ignored, so far. */
  readonly violations: readonly string[];
}

export interface KeyView {
  readonly label: string;
  readonly lamp: LampName;
  readonly pattern: LampPattern;
}

/** Words for a lamp's state, without blanks: scripts split lines at them. */
export const LAMP_WORDS: Readonly<Record<LampName, string>> = {
  unknown: "unknown",
  idle: "idle",
  busy: "busy",
  ringing: "ringing",
  busyRinging: "busy+ringing",
  held: "held",
};

/** One lamp as a line: `0000ffff0005 L1 ringing green/red flash`. */
export function lampLine(mac: string, key: KeyView): string {
  return `${mac} ${printable(key.label)} ${LAMP_WORDS[key.lamp]} ${key.pattern.words}`;
}

/** Labels come from a file: nothing in them may steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}
