import type { MediaSource } from "./media-engine.ts";
import { FRAME_SAMPLES } from "./pcm.ts";
import type { SoundLibrary } from "./sound-library.ts";
import { TonePlayer } from "./tones.ts";

/** Something that is played to one leg. */
export interface SourcePlayer {
  /** 20 ms into `into`. false: silence. */
  take(into: Int16Array, tick: number): boolean;
}

const silence: SourcePlayer = { take: () => false };

/** Plays a source. `onPlayed`: prompts came to their end; a source that was replaced before never says so. */
export function playerOf(source: MediaSource, library: SoundLibrary, onPlayed: (isWhole: boolean) => void): SourcePlayer {
  switch (source.type) {
    case "silence":
      return silence;
    case "tones":
      return new TonePlayer(source.elements);
    case "music":
      return {
        take: (into, tick) => {
          into.set(library.music(source.musicClass, tick));
          return true;
        },
      };
    case "prompts":
      return new PromptPlayer(source.names, library, onPlayed);
  }
}

/** Plays files one after the other; silence while one is read. What cannot be read is left out, and told at the end. */
class PromptPlayer implements SourcePlayer {
  readonly #names: readonly string[];
  readonly #library: SoundLibrary;
  readonly #onPlayed: (isWhole: boolean) => void;
  #nextName = 0;
  #samples: Int16Array | undefined;
  #at = 0;
  #isReading = false;
  #isWhole = true;
  #isDone = false;

  constructor(names: readonly string[], library: SoundLibrary, onPlayed: (isWhole: boolean) => void) {
    this.#names = names;
    this.#library = library;
    this.#onPlayed = onPlayed;
  }

  take(into: Int16Array): boolean {
    if (this.#samples === undefined) {
      this.#readNext();
      return false;
    }
    const part = this.#samples.subarray(this.#at, this.#at + FRAME_SAMPLES);
    into.fill(0);
    into.set(part);
    this.#at += FRAME_SAMPLES;
    if (this.#at >= this.#samples.length) {
      this.#samples = undefined;
      this.#readNext();
    }
    return true;
  }

  #readNext(): void {
    if (this.#isReading || this.#isDone) return;
    const name = this.#names[this.#nextName++];
    if (name === undefined) {
      this.#isDone = true;
      this.#onPlayed(this.#isWhole);
      return;
    }
    this.#isReading = true;
    void this.#library.prompt(name).then((samples) => {
      this.#isReading = false;
      this.#isWhole &&= samples !== undefined;
      this.#samples = samples;
      this.#at = 0;
    });
  }
}
