import { fail, ok, type Result } from "#base/result";
import { decode, laws } from "./g711.ts";
import { SAMPLE_RATE } from "./pcm.ts";

const PCM = 1;
const A_LAW = 6;
const MU_LAW = 7;

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/** Reads a WAV file: 8 kHz, mono, 16 bits linear or G.711. The error says what is wrong with it. */
export function readWav(file: Buffer): Result<Int16Array, string> {
  if (file.length < 12 || file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 12) !== "WAVE") {
    return fail("it is no WAV file");
  }
  let format: Format | undefined;
  let at = 12;
  while (at + 8 <= file.length) {
    const name = file.toString("latin1", at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, Math.min(file.length, at + 8 + length));
    if (name === "fmt " && body.length >= 16) format = readFormat(body);
    if (name === "data") return format === undefined ? fail("its format is missing") : samplesOf(format, body);
    at += 8 + length + (length % 2);
  }
  return fail("it has no samples");
}

function readFormat(body: Buffer): Format {
  return {
    tag: body.readUInt16LE(0),
    channels: body.readUInt16LE(2),
    rate: body.readUInt32LE(4),
    bits: body.readUInt16LE(14),
  };
}

function samplesOf({ tag, channels, rate, bits }: Format, body: Buffer): Result<Int16Array, string> {
  if (channels !== 1) return fail("it is not mono");
  if (rate !== SAMPLE_RATE) return fail("it does not have 8000 samples in a second");
  if (tag === MU_LAW && bits === 8) return ok(decode(laws.PCMU, body));
  if (tag === A_LAW && bits === 8) return ok(decode(laws.PCMA, body));
  if (tag !== PCM || bits !== 16) return fail("it is neither 16 bits linear nor G.711");
  return ok(Int16Array.from({ length: Math.floor(body.length / 2) }, (_, at) => body.readInt16LE(at * 2)));
}
