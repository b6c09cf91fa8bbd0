import { FRAME_SAMPLES, SAMPLES_PER_MS } from "./pcm.ts";

/** How much is kept back so that a late packet is in time. It follows what the network does, within these. */
const DELAY_MIN = 20 * SAMPLES_PER_MS;
const DELAY_MAX = 200 * SAMPLES_PER_MS;
const DELAY_START = 60 * SAMPLES_PER_MS;
const DELAY_STEP = 20 * SAMPLES_PER_MS;
/** More ahead than this is another time of day, not a delay. */
const AHEAD_MAX = DELAY_MAX + 200 * SAMPLES_PER_MS;
/** The margin is looked at this often: two seconds of packets of 20 ms. */
const WINDOW_PACKETS = 100;
/** So many too late one after the other: the peer's clock jumped. */
const LATE_MAX = 5;
const PACKETS_MAX = 64;
/** Steps in the sound are rounded off over this. */
const SEAM_SAMPLES = 40;
/** Packets of at most 60 ms, and what a peer may get wrong by. */
export const PAYLOAD_MAX = 100 * SAMPLES_PER_MS;

interface Piece {
  /** Samples since the first packet. */
  readonly start: number;
  readonly samples: Int16Array;
}

/** Puts the packets of one stream in order and gives them out by the clock: late and double ones are dropped, gaps fade to silence. */
export class JitterBuffer {
  #pieces: Piece[] = [];
  #origin: number | undefined;
  /** The next sample to be heard. */
  #next = 0;
  #delay = DELAY_START;
  #discarded = 0;
  #late = 0;
  #inWindow = 0;
  #margin = Infinity;
  #shrinkBy = 0;
  #before = new Int16Array(FRAME_SAMPLES);
  #wasHeard = false;

  /** Too late or double. */
  get discarded(): number {
    return this.#discarded;
  }

  get delayMs(): number {
    return this.#delay / SAMPLES_PER_MS;
  }

  /** Forgets the stream, not the counts. */
  reset(): void {
    this.#pieces = [];
    this.#origin = undefined;
    this.#late = 0;
  }

  /** A packet came. */
  put(timestamp: number, samples: Int16Array): void {
    if (samples.length === 0 || samples.length > PAYLOAD_MAX) return;
    const start = this.#startOf(timestamp);
    if (start + samples.length <= this.#next) {
      this.#tooLate(timestamp, samples);
      return;
    }
    this.#late = 0;
    this.#watch(start - this.#next);
    this.#insert({ start, samples });
  }

  /** Where it stands on our line; a jump begins a new one. */
  #startOf(timestamp: number): number {
    if (this.#origin !== undefined) {
      // Around the place that is played now, so that 32 bits never run out.
      const start = this.#next + ((timestamp - this.#origin - this.#next) | 0);
      if (Math.abs(start - this.#next) <= AHEAD_MAX) return start;
    }
    this.#begin(timestamp);
    return 0;
  }

  #begin(timestamp: number): void {
    this.#pieces = [];
    this.#origin = timestamp;
    this.#next = -this.#delay;
    this.#late = 0;
    this.#newWindow();
  }

  #tooLate(timestamp: number, samples: Int16Array): void {
    this.#discarded++;
    this.#late++;
    this.#lengthen();
    if (this.#late < LATE_MAX) return;
    this.#begin(timestamp);
    this.#insert({ start: 0, samples });
  }

  /** Waits longer from now on: what is kept is heard later by a step. */
  #lengthen(): void {
    if (this.#delay >= DELAY_MAX) return;
    this.#delay += DELAY_STEP;
    this.#next -= DELAY_STEP;
    this.#newWindow();
  }

  #insert(piece: Piece): void {
    let at = this.#pieces.length;
    while (at > 0 && (this.#pieces[at - 1]?.start ?? 0) > piece.start) at--;
    if (this.#pieces[at - 1]?.start === piece.start || this.#pieces.length >= PACKETS_MAX) {
      this.#discarded++;
      return;
    }
    this.#pieces.splice(at, 0, piece);
  }

  /** A whole window with more margin than is needed: the delay may shrink. */
  #watch(margin: number): void {
    this.#margin = Math.min(this.#margin, margin);
    if (++this.#inWindow < WINDOW_PACKETS) return;
    if (this.#margin > DELAY_MIN && this.#shrinkBy === 0) {
      this.#shrinkBy = Math.min(this.#margin - DELAY_MIN, DELAY_STEP);
      this.#delay = Math.max(DELAY_MIN, this.#delay - this.#shrinkBy);
    }
    this.#newWindow();
  }

  #newWindow(): void {
    this.#inWindow = 0;
    this.#margin = Infinity;
  }

  /** The next 20 ms into `into`. false: there is nothing to be heard. */
  take(into: Int16Array): boolean {
    if (this.#origin === undefined && !this.#wasHeard) return false;
    if (this.#shrinkBy > 0) this.#skip();
    const filled = this.#fill(into);
    const isHeard = filled > 0 || this.#wasHeard;
    if (filled < FRAME_SAMPLES && this.#wasHeard) this.#fade(into);
    if (filled > 0 && !this.#wasHeard) riseFrom(into);
    this.#wasHeard = filled > 0;
    this.#before.set(into);
    return isHeard;
  }

  /** Takes some samples out, so that less is kept back; the seam is smooth enough since `take` mends steps. */
  #skip(): void {
    this.#next += this.#shrinkBy;
    this.#shrinkBy = 0;
  }

  #fill(into: Int16Array): number {
    const from = this.#next;
    const to = from + FRAME_SAMPLES;
    let filled = 0;
    into.fill(0);
    let first = this.#pieces[0];
    while (first !== undefined && first.start < to) {
      filled += copyPart(first, from, into);
      if (first.start + first.samples.length > to) break;
      this.#pieces.shift();
      first = this.#pieces[0];
    }
    this.#next = to;
    return filled;
  }

  /** Nothing came for this: what was heard last goes on backwards (no step where it turns) and falls to silence. */
  #fade(into: Int16Array): void {
    let last = FRAME_SAMPLES;
    while (last > 0 && into[last - 1] === 0) last--;
    if (last > 0) {
      fallTo(into, last);
      return;
    }
    for (let at = 0; at < FRAME_SAMPLES; at++) {
      into[at] = Math.round(((this.#before[FRAME_SAMPLES - 1 - at] ?? 0) * (FRAME_SAMPLES - at)) / FRAME_SAMPLES);
    }
  }
}

function copyPart(piece: Piece, from: number, into: Int16Array): number {
  const skipped = Math.max(0, from - piece.start);
  const offset = Math.max(0, piece.start - from);
  const count = Math.min(piece.samples.length - skipped, FRAME_SAMPLES - offset);
  if (count <= 0) return 0;
  into.set(piece.samples.subarray(skipped, skipped + count), offset);
  return count;
}

function riseFrom(into: Int16Array): void {
  for (let at = 0; at < SEAM_SAMPLES; at++) into[at] = Math.round(((into[at] ?? 0) * at) / SEAM_SAMPLES);
}

function fallTo(into: Int16Array, end: number): void {
  const seam = Math.min(SEAM_SAMPLES, end);
  for (let left = 1; left <= seam; left++) into[end - left] = Math.round(((into[end - left] ?? 0) * left) / SEAM_SAMPLES);
}
