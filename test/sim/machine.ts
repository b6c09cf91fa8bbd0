import type { SiteOnDisk } from "#app/site-reading/read-site";
import { COLLECTIONS } from "#app/collections";
import { quietLog, type Log, type LogFields } from "#base/log";
import { SeededRandom } from "#test/support/seeded-random";
import type { Medium } from "./medium.ts";
import type { Network } from "./network.ts";
import type { Referee, Speaker } from "./referee.ts";
import { isRefusal, SIP_PORT, startNode, type RunningNode } from "./sim-node.ts";
import { SimProcess } from "./sim-process.ts";
import { SimStore } from "./sim-store.ts";
import type { World } from "./world.ts";

/** A service manager starts again after this. */
const START_AGAIN_MS = 300;
/** After a stop that takes longer the process is killed (run-server.ts). */
const STOP_MAX_MS = 4500;

/** Who finds the store again hears in this time what was written for it meanwhile. */
const IN_TOUCH_AFTER_MS = 300;

/** What all machines share. */
export interface Surround {
  readonly world: World;
  readonly medium: Medium;
  readonly network: Network;
  readonly referee: Referee;
  readonly site: SiteOnDisk;
  readonly leaseSeconds: number;
  readonly machines: readonly Machine[];
}

/** One process of a node, and what it holds. */
interface Run extends Speaker {
  readonly process: SimProcess;
  readonly store: SimStore;
  node: RunningNode | undefined;
  holder: string;
}

/** A machine that runs a node, and starts it again when it is dead. */
export class Machine {
  readonly name: string;
  readonly host: string;
  readonly #around: Surround;
  #run: Run | undefined;
  /** Stays off until `switchOn`. */
  #isOff = false;
  /** The way to the store, as a process finds it that is started now. */
  #storeAway: "cut" | "stuck" | undefined;
  /** Its clock beside that of the world, ms. */
  #clockIsOffMs = 0;
  /** When the store was last lost or found, ms of the world. */
  #lastAwayAt = Number.NEGATIVE_INFINITY;

  constructor(name: string, host: string, around: Surround) {
    this.name = name;
    this.host = host;
    this.#around = around;
  }

  get address(): string {
    return `${this.host}:${SIP_PORT}`;
  }

  /** The node, when it serves. */
  get node(): RunningNode | undefined {
    return this.#run?.process.isFrozen === true ? undefined : this.#run?.node;
  }

  get isFrozen(): boolean {
    return this.#run?.process.isFrozen === true;
  }

  switchOn(): void {
    this.#isOff = false;
    if (this.#run === undefined) this.#start();
  }

  /** kill -9 before the effect after so many; it is started again after a while. */
  kill(effects: number, offMs: number): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#isOff = true;
    run.process.dieAfter(effects);
    if (effects === 0) run.process.kill();
    this.#around.world.after(offMs, () => {
      this.switchOn();
    });
  }

  /** SIGTERM. */
  stop(offMs: number): void {
    const run = this.#run;
    if (run?.node === undefined || this.isFrozen) return;
    const { world } = this.#around;
    world.tell(`${this.name} is stopped`);
    this.#isOff = true;
    const { node, process } = run;
    run.node = undefined;
    process.clock.after(STOP_MAX_MS, () => {
      process.kill();
    });
    node.stop().then(
      () => {
        process.kill();
      },
      (error: unknown) => {
        world.complain(`${this.name} did not stop well: ${String(error)}`);
        process.kill();
      },
    );
    world.after(offMs, () => {
      this.switchOn();
    });
  }

  /** The clock of the machine is set; running timers do not notice. */
  setClock(offMs: number): void {
    this.#clockIsOffMs = offMs;
  }

  freeze(): void {
    this.#run?.process.freeze();
  }

  thaw(): void {
    this.#run?.process.thaw();
  }

  /** The way to the store is cut, or leads nowhere. */
  loseStore(how: "cut" | "stuck"): void {
    this.#noteAway();
    this.#storeAway = how;
    this.#applyStore();
  }

  findStore(): void {
    if (this.#storeAway !== undefined) this.#noteAway();
    this.#storeAway = undefined;
    this.#run?.store.heal();
  }

  /** As /readyz says it. */
  reachesStore(): Promise<boolean> {
    const run = this.#run;
    if (run?.node === undefined) return Promise.resolve(false);
    return run.store.tryWrite().then(
      () => true,
      () => false,
    );
  }

  /** Comes in from the outside, as a request to the API does. */
  reach(act: (node: RunningNode) => void): void {
    const run = this.#run;
    run?.process.reach(() => {
      if (run.node !== undefined) act(run.node);
    });
  }

  #noteAway(): void {
    this.#lastAwayAt = this.#around.world.now();
  }

  #applyStore(): void {
    if (this.#storeAway === "cut") this.#run?.store.cut();
    if (this.#storeAway === "stuck") this.#run?.store.hold();
  }

  #start(): void {
    const { world, medium, network, referee, site, leaseSeconds } = this.#around;
    world.tell(`${this.name} starts`);
    const process = new SimProcess(
      world,
      () => {
        this.#died(run);
      },
      () => this.#clockIsOffMs,
    );
    const log = this.#log(process);
    const store = new SimStore(world, medium, process, log);
    const isOutOfTouch = (): boolean => this.#storeAway !== undefined || world.now() - this.#lastAwayAt < IN_TOUCH_AFTER_MS;
    const hasLease = (): boolean => medium.isHeldBy(COLLECTIONS.node, this.name, run.holder);
    const run: Run = {
      ...{ name: this.name, process, store, node: undefined, holder: "" },
      get isOutOfTouch() {
        return isOutOfTouch();
      },
      get hasLease() {
        return hasLease();
      },
    };
    this.#run = run;
    this.#applyStore();
    startNode({
      ...{ name: this.name, host: this.host, leaseSeconds, site, store, process, network, log },
      isMoved: world.chance(50),
      onHolder: (holder) => {
        run.holder = holder;
      },
      random: new SeededRandom(world.random.below(2 ** 32)),
      anyReachesStore: (urls) => this.#ask(process, urls),
      onSend: (text) => {
        referee.sent(run, text);
      },
    }).then(
      (node) => {
        if (process.isDead) return;
        run.node = node;
        world.tell(`${this.name} serves`);
      },
      (error: unknown) => {
        if (process.isDead) return;
        if (isRefusal(error)) world.tell(`${this.name} did not start: ${String(error)}`);
        else world.complain(`${this.name} failed to start: ${error instanceof Error ? String(error.stack) : String(error)}`);
        process.kill();
      },
    );
  }

  #died(run: Run): void {
    const { world } = this.#around;
    world.tell(`${this.name} is dead`);
    run.store.abandon(world.chance(50));
    run.node = undefined;
    if (this.#run !== run) return;
    this.#run = undefined;
    world.after(START_AGAIN_MS, () => {
      if (!this.#isOff && this.#run === undefined) this.#start();
    });
  }

  /** The others are asked over the network of the simulation; who is frozen or dead does not answer. */
  #ask(process: SimProcess, urls: readonly string[]): Promise<boolean> {
    const { world, machines } = this.#around;
    const asked = machines.filter(({ host }) => urls.includes(`http://${host}`));
    return new Promise((resolve) => {
      if (!process.mayAct()) return;
      let left = asked.length;
      const answer = (reaches: boolean): void => {
        left -= 1;
        if (reaches || left <= 0) resolve(reaches);
      };
      if (left === 0) resolve(false);
      for (const machine of asked) {
        world.after(world.between(1, 20), () => {
          if (machine.#run === undefined) answer(false);
          machine.reach(() => {
            void machine.reachesStore().then((reaches) => {
              world.after(world.between(1, 20), () => {
                process.reach(() => {
                  answer(reaches);
                });
              });
            });
          });
        });
      }
      process.clock.after(1500, () => {
        resolve(false);
      });
    });
  }

  /** Errors are our own mistakes; the rest is told in the trace. */
  #log(process: SimProcess): Log {
    const { world } = this.#around;
    const tell = (message: string, fields?: LogFields): void => {
      if (!process.isDead) world.tell(`${this.name}: ${message} ${JSON.stringify(fields ?? {})}`);
    };
    return {
      ...quietLog,
      info: tell,
      warn: tell,
      error: (message, fields) => {
        if (!process.isDead) world.complain(`${this.name}: ${message} ${JSON.stringify(fields ?? {})}`);
      },
      with: () => this.#log(process),
    };
  }
}
