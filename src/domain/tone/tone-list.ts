import { fail, ok, type Result } from "#base/result";

/** One element of a tone list: what is heard, and for how long. */
export interface ToneSegment {
  /** Hertz; none = silence. */
  readonly frequencies: readonly [] | readonly [number] | readonly [number, number];
  /** The second frequency modulates the first (depth 90 %) instead of being added to it. */
  readonly isModulated: boolean;
  /** Absent = without end. */
  readonly milliseconds?: number;
  /** Not repeated when the list starts again. */
  readonly isOnce: boolean;
}

/** An element that cannot be read. */
export interface ToneMistake {
  /** As written. */
  readonly element: string;
  /** Where it begins in the list, from 0. */
  readonly index: number;
  readonly reason: string;
}

const SEGMENTS_MAX = 200;
/** Half of the sampling rate of telephony: above it other tones would be heard. */
const FREQUENCY_MAX_HERTZ = 4000;
const DURATION_MAX_MS = 600_000;
const ELEMENT = /^(!?)\s*(\d{1,9})\s*(?:([+*])\s*(\d{1,9})\s*)?(?:\/\s*(\d{1,9}))?$/;

/** Reads `[!]f1[+f2|*f2][/ms]`, parted by commas or, as older files do, by bars (sla.md §5.7). */
export function parseToneList(text: string): Result<readonly ToneSegment[], ToneMistake> {
  const segments: ToneSegment[] = [];
  let index = 0;
  for (const part of text.split(/[,|]/)) {
    const element = part.trim();
    const at = index + part.length - part.trimStart().length;
    const segment = segments.length >= SEGMENTS_MAX ? `more than ${SEGMENTS_MAX} elements` : parseElement(element);
    if (typeof segment === "string") return fail({ element, index: at, reason: segment });
    segments.push(segment);
    index += part.length + 1;
  }
  return ok(segments);
}

/** The element, or why it is none. */
function parseElement(element: string): ToneSegment | string {
  const found = ELEMENT.exec(element);
  if (found === null) return "not of the form [!]hertz[+hertz][/milliseconds]";
  const [, once, first, operator, second, duration] = found;
  const numbers = [Number(first), ...(second === undefined ? [] : [Number(second)])];
  if (numbers.some((hertz) => hertz > FREQUENCY_MAX_HERTZ)) return `above ${FREQUENCY_MAX_HERTZ} hertz`;
  if (Number(duration ?? 0) > DURATION_MAX_MS) return `longer than ${DURATION_MAX_MS} milliseconds`;
  const isModulated = operator === "*";
  const frequencies = frequenciesOf(numbers);
  const milliseconds = Number(duration ?? 0);
  return {
    frequencies,
    isModulated: isModulated && frequencies.length === 2,
    // Asterisk takes a duration of 0 for none.
    ...(milliseconds === 0 ? {} : { milliseconds }),
    isOnce: once === "!",
  };
}

/** 0 hertz is silence, and adds nothing to another frequency. */
function frequenciesOf(numbers: readonly number[]): ToneSegment["frequencies"] {
  const [first, second] = numbers.filter((hertz) => hertz > 0);
  if (first === undefined) return [];
  return second === undefined ? [first] : [first, second];
}

/** The list as text: what parseToneList reads back. */
export function formatToneList(segments: readonly ToneSegment[]): string {
  return segments
    .map(({ frequencies, isModulated, milliseconds, isOnce }) => {
      const tone = frequencies.length === 0 ? "0" : frequencies.join(isModulated ? "*" : "+");
      return `${isOnce ? "!" : ""}${tone}${milliseconds === undefined ? "" : `/${milliseconds}`}`;
    })
    .join();
}
