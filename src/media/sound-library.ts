import { readFile, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Log } from "#base/log";
import { reasonOf } from "./reason.ts";
import { melody } from "./melody.ts";
import { FRAME_SAMPLES } from "./pcm.ts";
import { readWav } from "./wav.ts";

/** Ten minutes of 16 bits linear. */
const FILE_MAX_BYTES = 10 * 60 * 16_000 + 4096;
/** All files of one class of music together. */
const CLASS_MAX_BYTES = 32 * 2 ** 20;
const CLASSES_MAX = 64;
/** The class where none is named. */
const DEFAULT_CLASS = "default";
const CLASS_NAME = /^[\w-]{1,64}$/;
/** Names may stand in folders; no part begins with a dot. */
const PROMPT_NAME = /^(?:[\w-][\w.-]*\/){0,8}[\w-][\w.-]*$/;

/** The files that are played: music by class, prompts by name. */
export class SoundLibrary {
  readonly #folders: { readonly music?: string | undefined; readonly prompts?: string | undefined };
  readonly #log: Log;
  readonly #music = new Map<string, Int16Array>();

  constructor(folders: { readonly music?: string | undefined; readonly prompts?: string | undefined }, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  /** 20 ms of a class of music: all who hear it hear the same place of it. */
  music(musicClass: string, tick: number): Int16Array {
    return this.#frame(musicClass === "" ? DEFAULT_CLASS : musicClass, tick);
  }

  #frame(musicClass: string, tick: number): Int16Array {
    const samples = this.#music.get(musicClass) ?? this.#beginMusic(musicClass);
    const frames = samples.length / FRAME_SAMPLES;
    const at = (tick % frames) * FRAME_SAMPLES;
    return samples.subarray(at, at + FRAME_SAMPLES);
  }

  /** The melody, until the files of the class are read; for good where there are none. */
  #beginMusic(musicClass: string): Int16Array {
    const builtIn = melody();
    const folder = this.#folders.music;
    if (folder === undefined || !CLASS_NAME.test(musicClass) || this.#music.size >= CLASSES_MAX) return builtIn;
    this.#music.set(musicClass, builtIn);
    void this.#readClass(join(folder, musicClass)).then((samples) => {
      if (samples.length > 0) this.#music.set(musicClass, samples);
    });
    return builtIn;
  }

  async #readClass(folder: string): Promise<Int16Array> {
    const names = await readdir(folder).catch((error: unknown) => {
      this.#log.warn("music on hold: the folder cannot be read, the built-in melody is played", {
        folder,
        reason: reasonOf(error),
      });
      return [];
    });
    const pieces: Int16Array[] = [];
    let bytes = 0;
    for (const name of names.filter((each) => /\.wav$/i.test(each)).sort()) {
      const samples = await this.#readFile(join(folder, name), folder);
      if (samples === undefined || bytes + samples.byteLength > CLASS_MAX_BYTES) continue;
      pieces.push(samples);
      bytes += samples.byteLength;
    }
    return joined(pieces);
  }

  /** Reads a prompt; undefined: there is none of this name, or it cannot be read (which was logged). */
  async prompt(name: string): Promise<Int16Array | undefined> {
    const folder = this.#folders.prompts;
    if (folder !== undefined && PROMPT_NAME.test(name)) return await this.#readFile(join(folder, `${name}.wav`), folder);
    this.#log.warn("a prompt cannot be played: there is no folder of prompts, or its name leads out of it", { prompt: name });
    return undefined;
  }

  async #readFile(path: string, folder: string): Promise<Int16Array | undefined> {
    try {
      // A link must not lead out of the folder either.
      const real = await realpath(path);
      if (!real.startsWith((await realpath(folder)) + sep)) throw new Error("it lies outside of its folder");
      if ((await stat(real)).size > FILE_MAX_BYTES) throw new Error("it is longer than ten minutes");
      const read = readWav(await readFile(real));
      if (!read.ok) throw new Error(read.error);
      return read.value;
    } catch (error) {
      this.#log.warn("a sound file cannot be played", { path, reason: reasonOf(error) });
      return undefined;
    }
  }
}

/** One after the other, up to a whole number of frames. */
function joined(pieces: readonly Int16Array[]): Int16Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const all = new Int16Array(Math.ceil(length / FRAME_SAMPLES) * FRAME_SAMPLES);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
