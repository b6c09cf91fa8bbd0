import { FRAME_SAMPLES, saturated } from "./pcm.ts";

/** Who talks in a bridge. */
export interface BridgeMember {
  /** What it says in these 20 ms; undefined: nothing. */
  readonly voice: Int16Array | undefined;
}

/** Everybody hears everybody else (N-1): one sum for all, less what each one says. */
export class Bridge<M extends BridgeMember> {
  readonly name: string;
  readonly members = new Set<M>();
  readonly #sum = new Int32Array(FRAME_SAMPLES);
  #speakers = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Sums what is said in these 20 ms. */
  mix(): void {
    if (this.#speakers > 0) this.#sum.fill(0);
    this.#speakers = 0;
    for (const { voice } of this.members) {
      if (voice === undefined) continue;
      this.#speakers++;
      for (let at = 0; at < FRAME_SAMPLES; at++) this.#sum[at] = (this.#sum[at] ?? 0) + (voice[at] ?? 0);
    }
  }

  /** What this member hears, into `into`. false: silence. */
  hear(member: M, into: Int16Array): boolean {
    const own = member.voice;
    if (this.#speakers === 0 || (this.#speakers === 1 && own !== undefined)) return false;
    const sum = this.#sum;
    if (own === undefined) for (let at = 0; at < FRAME_SAMPLES; at++) into[at] = saturated(sum[at] ?? 0);
    else for (let at = 0; at < FRAME_SAMPLES; at++) into[at] = saturated((sum[at] ?? 0) - (own[at] ?? 0));
    return true;
  }
}
