import type { ToneElement } from "./media-engine.ts";
import { FRAME_SAMPLES, SAMPLE_RATE, SAMPLES_PER_MS } from "./pcm.ts";

/** The highest sine of G.711 is at 3.17 dBm0, and 32,636 high. */
const PEAK_AT_0_DBM0 = 32636 / 10 ** (3.17 / 20);
/** Each frequency of a tone (E.180 asks for about -10 dBm0 in all). */
const AMPLITUDE = PEAK_AT_0_DBM0 * 10 ** (-13 / 20);
const MODULATION_DEPTH = 0.9;
/** A tone rises from silence and falls to it over 5 ms, so that it does not click. */
const EDGE_SAMPLES = 5 * SAMPLES_PER_MS;
/** One period of 1 Hz: every whole frequency goes through it in steps of its own, and never drifts. */
const SINE = Float64Array.from({ length: SAMPLE_RATE }, (_, at) => Math.sin((2 * Math.PI * at) / SAMPLE_RATE));

function sine(frequency: number, sample: number): number {
  return SINE[(frequency * sample) % SAMPLE_RATE] ?? 0;
}

interface Sound {
  readonly frequencies: readonly number[];
  readonly isModulated: boolean;
  readonly samples: number;
  readonly isOnce: boolean;
}

/** Plays a list of tones over and over. The phase runs on through it, whatever its elements are. */
export class TonePlayer {
  readonly #sounds: readonly Sound[];
  #at = 0;
  /** In the element that sounds. */
  #within = 0;
  #sample = 0;
  #isFirstRound = true;

  constructor(elements: readonly ToneElement[]) {
    this.#sounds = elements.map(soundOf).filter(({ samples }) => samples > 0);
  }

  /** The next 20 ms. false: silence. */
  take(into: Int16Array): boolean {
    let isHeard = false;
    let done = 0;
    into.fill(0);
    while (done < FRAME_SAMPLES) {
      const sound = this.#sounds[this.#at];
      if (sound === undefined) break;
      const count = Math.min(FRAME_SAMPLES - done, sound.samples - this.#within);
      if (sound.frequencies.length > 0) {
        this.#play(sound, into, done, count);
        isHeard = true;
      }
      done += count;
      this.#advance(sound, count);
    }
    return isHeard;
  }

  #play(sound: Sound, into: Int16Array, offset: number, count: number): void {
    const risesFor = this.#isQuiet(this.#at - 1) ? EDGE_SAMPLES : 0;
    const fallsFrom = this.#isQuiet(this.#at + 1) ? sound.samples - EDGE_SAMPLES : Infinity;
    for (let at = 0; at < count; at++) {
      const within = this.#within + at;
      const rise = within < risesFor ? within / EDGE_SAMPLES : 1;
      const fall = within > fallsFrom ? (sound.samples - within) / EDGE_SAMPLES : 1;
      into[offset + at] = Math.round(AMPLITUDE * levelOf(sound, this.#sample + at) * rise * fall);
    }
  }

  /** Is the element at this place silent? The list goes on at its start. */
  #isQuiet(at: number): boolean {
    if (at < 0 && this.#isFirstRound) return true;
    const neighbour = this.#sounds.at(at < 0 ? -1 : at % this.#sounds.length);
    return neighbour === undefined || neighbour.frequencies.length === 0;
  }

  #advance(sound: Sound, count: number): void {
    this.#sample = (this.#sample + count) % SAMPLE_RATE;
    this.#within += count;
    if (this.#within < sound.samples) return;
    this.#within = 0;
    this.#at++;
    if (this.#at < this.#sounds.length) return;
    this.#isFirstRound = false;
    const again = this.#sounds.findIndex(({ isOnce }) => !isOnce);
    // Nothing is repeated: the list is at its end, and silent.
    this.#at = again === -1 ? this.#sounds.length : again;
  }
}

function soundOf(element: ToneElement): Sound {
  return {
    frequencies: element.frequencies.map((frequency) => Math.round(frequency)).filter((frequency) => frequency > 0),
    isModulated: element.isModulated,
    samples: element.milliseconds === undefined ? Infinity : Math.round(element.milliseconds * SAMPLES_PER_MS),
    isOnce: element.isOnce,
  };
}

function levelOf({ frequencies, isModulated }: Sound, sample: number): number {
  const [carrier = 0, other] = frequencies;
  if (other === undefined) return sine(carrier, sample);
  if (isModulated) return sine(carrier, sample) * (1 + MODULATION_DEPTH * sine(other, sample));
  return sine(carrier, sample) + sine(other, sample);
}

/** The two frequencies of a digit (ITU-T Q.23). */
export const DTMF_ROWS = [697, 770, 852, 941] as const;
export const DTMF_COLUMNS = [1209, 1336, 1477, 1633] as const;
export const DTMF_KEYS = ["123A", "456B", "789C", "*0#D"] as const;

/** A digit as a tone without end; undefined: no such digit. */
export function dtmfTone(digit: string): ToneElement | undefined {
  const row = DTMF_KEYS.findIndex((keys) => keys.includes(digit));
  const column = DTMF_KEYS[row]?.indexOf(digit) ?? -1;
  const frequencies = [DTMF_ROWS[row], DTMF_COLUMNS[column]].filter((frequency) => frequency !== undefined);
  return digit.length === 1 && frequencies.length === 2 ? { frequencies, isModulated: false, isOnce: true } : undefined;
}
