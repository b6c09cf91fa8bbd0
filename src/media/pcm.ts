/** Samples in a second: everything here is narrow band. */
export const SAMPLE_RATE = 8000;
export const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** What is mixed and sent at once. */
export const FRAME_MS = 20;
export const FRAME_SAMPLES = FRAME_MS * SAMPLES_PER_MS;

const HIGHEST = 32767;
const LOWEST = -32768;

/** A sample as it fits: what is louder than the highest is the highest (saturating, never wrapping around). */
export function saturated(sample: number): number {
  if (sample > HIGHEST) return HIGHEST;
  return sample < LOWEST ? LOWEST : sample;
}
