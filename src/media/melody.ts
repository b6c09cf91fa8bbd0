import { FRAME_SAMPLES, SAMPLE_RATE } from "./pcm.ts";

/** Written for this project, so that nobody's rights are needed: broken chords, as half tones above a'. */
const CHORDS = [
  [-9, -5, -2, 3],
  [-12, -9, -5, 0],
  [-16, -9, -4, 0],
  [-14, -7, -2, 2],
] as const;
/** Up and down again, in each chord. */
const PATTERN = [0, 1, 2, 3, 2, 1, 2, 1] as const;
const CONCERT_PITCH_HZ = 440;
const NOTE_SAMPLES = SAMPLE_RATE / 4;
/** A note fades like a plucked string, and rings into the next ones. */
const FADE_SAMPLES = SAMPLE_RATE * 0.35;
const RING_SAMPLES = NOTE_SAMPLES * 4;
const RISE_SAMPLES = 40;
const AMPLITUDE = 3000;

let made: Int16Array | undefined;

/** The music of those who have no files: eight seconds that go on over and over. */
export function melody(): Int16Array {
  return (made ??= makeMelody());
}

function makeMelody(): Int16Array {
  const notes = CHORDS.flatMap((chord) => PATTERN.map((place) => chord[place]));
  const samples = new Int16Array(Math.ceil((notes.length * NOTE_SAMPLES) / FRAME_SAMPLES) * FRAME_SAMPLES);
  notes.forEach((note, place) => {
    const frequency = CONCERT_PITCH_HZ * 2 ** (note / 12);
    for (let at = 0; at < RING_SAMPLES; at++) {
      // The last notes ring into the first ones.
      const into = (place * NOTE_SAMPLES + at) % samples.length;
      samples[into] = (samples[into] ?? 0) + Math.round(noteAt(frequency, at));
    }
  });
  return samples;
}

function noteAt(frequency: number, at: number): number {
  const angle = (2 * Math.PI * frequency * at) / SAMPLE_RATE;
  const rise = Math.min(1, at / RISE_SAMPLES);
  const fall = Math.exp(-at / FADE_SAMPLES) * (1 - at / RING_SAMPLES);
  return AMPLITUDE * rise * fall * (Math.sin(angle) + Math.sin(2 * angle) / 4);
}
