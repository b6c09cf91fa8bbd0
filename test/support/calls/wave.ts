import { readFile, writeFile } from "node:fs/promises";

/** Samples a second of every telephone here. */
export const RATE = 8000;
const HEADER_BYTES = 44;
const BYTES = 2;
const LOUD = 6000;

/** Amplitude of a frequency in samples, by Goertzel's filter. */
export function levelOf(frequency: number, samples: readonly number[]): number {
  if (samples.length === 0) return 0;
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / RATE);
  let [last, previous] = [0, 0];
  for (const sample of samples) [last, previous] = [sample + factor * last - previous, last];
  const power = last * last + previous * previous - factor * last * previous;
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

/** Writes a sine as WAV: 16 bit, one channel. */
export async function writeSine(file: string, frequency: number, seconds: number): Promise<void> {
  const count = RATE * seconds;
  const data = Buffer.alloc(count * BYTES);
  for (let at = 0; at < count; at += 1)
    data.writeInt16LE(Math.round(LOUD * Math.sin((2 * Math.PI * frequency * at) / RATE)), at * BYTES);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("RIFF", 0);
  header.writeUInt32LE(HEADER_BYTES - 8 + data.length, 4);
  header.write("WAVEfmt ", 8);
  for (const [value, at] of [
    [16, 16],
    [RATE, 24],
    [RATE * BYTES, 28],
  ] as const)
    header.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [BYTES, 32],
    [BYTES * 8, 34],
  ] as const)
    header.writeUInt16LE(value, at);
  header.write("data", 36);
  header.writeUInt32LE(data.length, 40);
  await writeFile(file, Buffer.concat([header, data]));
}

/** The newest samples of a WAV that is still being written: its header may not know of them yet. */
export async function newestSamples(file: string, milliseconds: number): Promise<readonly number[]> {
  const data = (await readFile(file)).subarray(HEADER_BYTES);
  const wanted = (RATE * milliseconds) / 1000;
  const count = Math.floor(data.length / BYTES);
  return Array.from({ length: Math.min(wanted, count) }, (_, at) =>
    data.readInt16LE((count - Math.min(wanted, count) + at) * BYTES),
  );
}
