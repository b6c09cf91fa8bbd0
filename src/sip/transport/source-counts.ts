import type { Socket } from "node:net";

/** How many connections there may be. */
export interface CountLimits {
  /** From one source address. */
  readonly perSource: number;
  readonly total: number;
}

/** Counts the open connections of one listener by where they come from, so that no source takes the room of the others. */
export class SourceCounts {
  readonly #limits: CountLimits;
  readonly #open = new Map<string, number>();
  #total = 0;

  /** The limits may move. */
  constructor(limits: CountLimits) {
    this.#limits = limits;
  }

  /** Is there room for a connection of this source? Counts it until it closes. `isExempt`: its source may have as many as there is room for. */
  admit(socket: Socket, source: string, isExempt: boolean): boolean {
    const open = this.#open.get(source) ?? 0;
    const { perSource, total } = this.#limits;
    if ((open >= perSource && !isExempt) || this.#total >= total) return false;
    this.#open.set(source, open + 1);
    this.#total += 1;
    socket.once("close", () => {
      this.#leave(source);
    });
    return true;
  }

  #leave(source: string): void {
    this.#total -= 1;
    const left = (this.#open.get(source) ?? 1) - 1;
    if (left === 0) this.#open.delete(source);
    else this.#open.set(source, left);
  }
}
