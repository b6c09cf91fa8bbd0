import type { Clock } from "#base/clock";
import type { Surroundings } from "./world.ts";

interface HeldTimer {
  readonly fire: () => void;
  isOff: boolean;
}

/**
 * One process: what runs in it has this clock, is reached through `reach`, and asks `mayAct` before each effect on the outside. Killed, nothing of
 * it has an effect any more, whatever its promises still do; frozen, it does nothing until it is thawed, and then all at once.
 */
export class SimProcess {
  readonly clock: Clock;
  isDead = false;
  isFrozen = false;
  readonly #world: Surroundings;
  readonly #onDeath: () => void;
  #effectsLeft = Number.POSITIVE_INFINITY;
  #timers: HeldTimer[] = [];
  #inbox: (() => void)[] = [];

  /** `clockIsOffMs`: the machine's clock beside that of the world. */
  constructor(world: Surroundings, onDeath: () => void, clockIsOffMs: () => number = () => 0) {
    this.#world = world;
    this.#onDeath = onDeath;
    this.clock = {
      now: () => world.now() + clockIsOffMs(),
      elapsed: () => world.elapsed(),
      after: (delayMs, fire) => this.#after(delayMs, fire),
    };
  }

  /** Something of the outside comes in: a datagram, an answer of the store. */
  reach(act: () => void): void {
    if (this.isDead) return;
    if (this.isFrozen) this.#inbox.push(act);
    else act();
  }

  /** False: the process is dead, and the effect does not happen. */
  mayAct(): boolean {
    if (this.isDead) return false;
    if (this.#effectsLeft === 0) this.kill();
    this.#effectsLeft -= 1;
    return !this.isDead;
  }

  /** kill -9 before the effect that comes after so many. */
  dieAfter(effects: number): void {
    this.#effectsLeft = effects;
  }

  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#timers = [];
    this.#inbox = [];
    this.#onDeath();
  }

  /** SIGSTOP. */
  freeze(): void {
    this.isFrozen = true;
  }

  /** SIGCONT: as the runtime does, first the timers that are due, then what waits in the sockets. */
  thaw(): void {
    if (!this.isFrozen) return;
    this.isFrozen = false;
    const [timers, inbox] = [this.#timers, this.#inbox];
    this.#timers = [];
    this.#inbox = [];
    const alive = (act: () => void) => () => {
      // Frozen again before it came to this: its turn is with the others.
      this.reach(act);
    };
    for (const timer of timers)
      this.#world.after(
        0,
        alive(() => {
          if (!timer.isOff) timer.fire();
        }),
      );
    for (const act of inbox) this.#world.after(0, alive(act));
  }

  #after(delayMs: number, fire: () => void): () => void {
    const held: HeldTimer = { fire, isOff: false };
    const stop = this.#world.after(delayMs, () => {
      if (this.isDead) return;
      if (this.isFrozen) this.#timers.push(held);
      else fire();
    });
    return () => {
      held.isOff = true;
      stop();
    };
  }
}
