import { Bridge } from "./bridge.ts";
import { Leg, type LegWorld } from "./leg.ts";
import { MediaError } from "./media-error.ts";
import type { PortPairs } from "./port-pairs.ts";
import type { WorkerCommand, WorkerEvent } from "./worker-protocol.ts";

/** All legs and bridges of the worker. */
export class Floor {
  readonly #pairs: PortPairs;
  readonly #world: LegWorld;
  readonly #post: (event: WorkerEvent) => void;
  readonly #legs = new Map<number, Leg>();
  readonly #bridges = new Map<string, Bridge<Leg>>();
  #refusedBefore = 0;
  #isStopped = false;

  constructor(pairs: PortPairs, world: LegWorld, post: (event: WorkerEvent) => void) {
    this.#pairs = pairs;
    this.#world = world;
    this.#post = post;
  }

  get legs(): number {
    return this.#legs.size;
  }

  get refused(): number {
    let refused = this.#refusedBefore;
    for (const leg of this.#legs.values()) refused += leg.refused;
    return refused;
  }

  /** Mixes and sends 20 ms. */
  tick(tick: number): void {
    for (const leg of this.#legs.values()) leg.listen();
    for (const bridge of this.#bridges.values()) bridge.mix();
    for (const leg of this.#legs.values()) leg.speak(tick);
  }

  /** Does what a call asks for; a leg that is closed already takes nothing. */
  obey(command: Exclude<WorkerCommand, { type: "ticks" | "stop" }>): void {
    if (command.type === "open") {
      void this.#open(command.leg, command.host);
      return;
    }
    const leg = this.#legs.get(command.leg);
    if (command.type === "statistics") {
      this.#post({ type: "statistics", request: command.request, statistics: leg?.statistics() });
    } else if (leg !== undefined) {
      this.#tell(leg, command);
    }
  }

  #tell(leg: Leg, command: Exclude<WorkerCommand, { type: "ticks" | "stop" | "open" | "statistics" }>): void {
    switch (command.type) {
      case "agree":
        leg.agree(command.agreed);
        break;
      case "join":
        this.#join(leg, command.bridge);
        break;
      case "mute":
        leg.mute(command.isMuted);
        break;
      case "hear":
        leg.hear(command.source);
        break;
      case "digits":
        leg.sendDigits(command.digits);
        break;
      case "close":
        this.#close(leg);
        break;
    }
  }

  async #open(id: number, host: string): Promise<void> {
    try {
      const pair = await this.#pairs.open(host);
      // Stopped meanwhile: nobody waits for it any more.
      if (this.#isStopped) {
        pair.close();
        return;
      }
      this.#legs.set(id, new Leg(id, pair, this.#world));
      this.#post({ type: "opened", leg: id, port: pair.port });
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      this.#post({ type: "refused", leg: id, code: error.code, message: error.message });
    }
  }

  #join(leg: Leg, name: string | undefined): void {
    const bridge = name === undefined ? undefined : (this.#bridges.get(name) ?? new Bridge<Leg>(name));
    if (bridge !== undefined && bridge === leg.bridge) return;
    this.#leave(leg);
    if (bridge === undefined) return;
    this.#bridges.set(bridge.name, bridge);
    bridge.members.add(leg);
    leg.bridge = bridge;
  }

  #leave(leg: Leg): void {
    const { bridge } = leg;
    leg.leave();
    if (bridge?.members.size === 0) this.#bridges.delete(bridge.name);
  }

  #close(leg: Leg): void {
    this.#leave(leg);
    this.#legs.delete(leg.id);
    this.#refusedBefore += leg.refused;
    leg.close();
  }

  /** Closes all legs, each with its BYE. */
  stop(): void {
    this.#isStopped = true;
    for (const leg of [...this.#legs.values()]) this.#close(leg);
  }
}
