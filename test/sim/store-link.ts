import type { Medium } from "./medium.ts";
import type { SimProcess } from "./sim-process.ts";
import type { Surroundings } from "./world.ts";

/** `stuck`: nothing gets through, and nobody is told; what was sent arrives when it is open again. `cut`: what is under way is lost. */
export type LinkState = "open" | "stuck" | "cut";

/** What goes one after the other: nothing overtakes what was sent before. */
class Stream {
  lastAt = 0;
  readonly waiting: (() => void)[] = [];
}

/** The way of one process to the medium: requests, answers and changes, each in order. */
export class StoreLink {
  state: LinkState = "open";
  /** Longest way, ms. */
  delayMs = 12;
  readonly #world: Surroundings;
  readonly #medium: Medium;
  readonly #process: SimProcess;
  readonly #up = new Stream();
  readonly #down = new Stream();
  readonly #feed = new Stream();
  /** Of the connection: what was sent over an earlier one is lost. */
  #connection = 0;

  constructor(world: Surroundings, medium: Medium, process: SimProcess) {
    this.#world = world;
    this.#medium = medium;
    this.#process = process;
  }

  /** A request on its way; `act` is done at the medium. */
  send(act: () => void): void {
    this.#carry(this.#up, () => {
      this.#medium.serve(act);
    });
  }

  /** An answer on its way back. */
  answer(act: () => void): void {
    this.#carry(this.#down, () => {
      this.#process.reach(act);
    });
  }

  /** A change on its way. */
  feed(act: () => void): void {
    this.#carry(this.#feed, () => {
      this.#process.reach(act);
    });
  }

  /** Nothing of this connection arrives any more. */
  drop(): void {
    this.#connection += 1;
    for (const { waiting } of [this.#up, this.#down, this.#feed]) waiting.length = 0;
  }

  open(): void {
    this.state = "open";
    for (const stream of [this.#up, this.#down, this.#feed]) for (const act of stream.waiting.splice(0)) this.#carry(stream, act);
  }

  #carry(stream: Stream, act: () => void): void {
    const connection = this.#connection;
    const at = Math.max(stream.lastAt, this.#world.now() + this.#world.between(1, this.delayMs));
    stream.lastAt = at;
    this.#world.after(at - this.#world.now(), () => {
      if (connection !== this.#connection) return;
      if (this.state === "stuck") stream.waiting.push(act);
      else act();
    });
  }
}
