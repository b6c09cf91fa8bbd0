import type { SiteOnDisk } from "#app/site-reading/read-site";
import type { DeviceState } from "#domain/lamp/device-state";
import { SHOWN } from "#test/support/invariants";
import { faultsOf } from "./faults.ts";
import { Machine, type Surround } from "./machine.ts";
import { Medium } from "./medium.ts";
import { CALM, Network, STORM } from "./network.ts";
import { Referee } from "./referee.ts";
import { SimPhone } from "./sim-phone.ts";
import { World } from "./world.ts";

export const EXTENSIONS = ["7000", "7001", "7002", "7003"] as const;
const STATES = ["NOT_INUSE", "INUSE", "RINGING"] as const;
const NODES = ["one", "two", "three"] as const;
const LOCAL_SOURCE = "local";
const PHONES = 4;
const KEYS = 2;
const LEASE_SECONDS = 1;
/** Between two things that happen, ms. */
const EVENT_GAP_MAX_MS = 400;
const PHASE_MIN_MS = 3000;
const PHASE_MAX_MS = 15_000;
/** Longest time until all is right again: a NOTIFY is given up after 32 s, and tried again after as long. */
const CALM_MAX_MS = 150_000;
const START_MAX_MS = 30_000;
const LOOK_EVERY_MS = 500;
const STAYS_MS = 3000;
/** Nothing asked before is done later than this. */
const LATE_MAX_MS = 3000;
/** A NOTIFY is given up after 32 s. */
const CHANGE_EVERY_MS = 40_000;
const SET_TRIES_MAX = 50;
/** A request to a node is given up after this. */
const PUT_MAX_MS = 2500;

/** What came of a run. */
export interface Outcome {
  readonly seed: number;
  readonly wrong: readonly string[];
  /** The last lines of the trace. */
  readonly told: readonly string[];
  readonly fingerprint: string;
  readonly steps: number;
  readonly virtualMs: number;
  readonly notifies: number;
}

/** Nodes, store, network, phones and the clock under one seed: a storm, then calm, and everything must be right. */
export class Simulation {
  readonly world: World;
  readonly medium: Medium;
  readonly network: Network;
  readonly referee: Referee;
  readonly machines: Machine[] = [];
  readonly phones: SimPhone[] = [];
  readonly #seed: number;
  readonly #shown = new Map<string, (typeof STATES)[number]>();

  constructor(seed: number, site: SiteOnDisk) {
    this.#seed = seed;
    const world = (this.world = new World(seed));
    this.medium = new Medium(world);
    this.network = new Network(world);
    this.referee = new Referee(world, this.medium, (callId, tag) => this.phones.some((phone) => phone.has(callId, tag)));
    const { machines, medium, network, referee } = this;
    const around: Surround = { world, medium, network, referee, site, leaseSeconds: LEASE_SECONDS, machines };
    for (const [at, name] of NODES.entries()) machines.push(new Machine(name, `10.0.0.${at + 1}`, around));
    const addresses = machines.map(({ address }) => address);
    for (let at = 0; at < PHONES; at += 1) {
      const phone = new SimPhone(world, network, `10.1.0.${at + 1}:5060`, addresses);
      for (let key = 0; key < KEYS; key += 1) phone.addKey(EXTENSIONS[(at + key) % EXTENSIONS.length] as string);
      this.phones.push(phone);
    }
  }

  async run(): Promise<Outcome> {
    const { world } = this;
    const startedAt = world.now();
    for (const machine of this.machines) machine.switchOn();
    await this.#storm();
    await this.#calm();
    const { wrong, told, fingerprint, steps } = world;
    const { notifies } = this.referee;
    return { seed: this.#seed, wrong, told, fingerprint, steps, virtualMs: world.now() - startedAt, notifies };
  }

  async #storm(): Promise<void> {
    const { world } = this;
    const faults = faultsOf(this);
    const endsAt = world.now() + world.between(PHASE_MIN_MS, PHASE_MAX_MS);
    this.network.weather = STORM;
    for (const phone of this.phones) phone.habits = { changesOver: 12, leaves: 4, forgets: 3, pauseMinMs: 300, pauseMaxMs: 4000 };
    while (world.now() < endsAt) {
      await world.run(world.between(1, EVENT_GAP_MAX_MS));
      if (world.chance(15)) this.#report(world.pick(EXTENSIONS), world.pick(STATES));
      else if (world.chance(70))
        this.put(world.pick(EXTENSIONS), world.pick(STATES), world.chance(20) ? world.between(1, 4) : undefined);
      else world.pick(faults)();
    }
  }

  /** Sets a device at some node that serves, as the API does; tells what came of it. */
  put(extension: string, state: DeviceState, ttlSeconds: number | undefined, done?: (isDone: boolean) => void): void {
    const { world } = this;
    const machine = world.pick(this.machines);
    machine.reach(({ facts }) => {
      facts.lamps.put(`Custom:${extension}`, state, ttlSeconds).then(
        () => {
          world.tell(`${machine.name} put ${extension} ${state} for ${ttlSeconds ?? "ever"}`);
          done?.(true);
        },
        (error: unknown) => {
          world.tell(`${machine.name} could not put ${extension} ${state}: ${String(error)}`);
          done?.(false);
        },
      );
    });
  }

  /** A source of one node says something, whether that reaches the store or not. */
  #report(extension: string, state: DeviceState): void {
    this.world.pick(this.machines).reach(({ facts }) => {
      facts.lamps.report(`Custom:${extension}`, LOCAL_SOURCE, { state, cause: "sim" });
    });
  }

  async #calm(): Promise<void> {
    const { world } = this;
    world.tell("calm");
    this.network.weather = CALM;
    this.network.cutOff.clear();
    this.medium.resume();
    for (const phone of this.phones) phone.habits = { changesOver: 0, leaves: 0, forgets: 0, pauseMinMs: 3000, pauseMaxMs: 8000 };
    for (const machine of this.machines) {
      machine.thaw();
      machine.findStore();
      machine.switchOn();
    }
    await world.run(START_MAX_MS, () => this.machines.every(({ node }) => node !== undefined));
    for (const { name, node } of this.machines) if (node === undefined) world.complain(`${name} does not serve`);
    if (world.wrong.length > 0) return;
    // What is under way comes to its end: nothing that was asked in the storm may be done after this.
    await world.run(LATE_MAX_MS);
    for (const extension of EXTENSIONS)
      for (const { node } of this.machines) node?.facts.lamps.forget(`Custom:${extension}`, LOCAL_SOURCE);
    const endsAt = world.now() + CALM_MAX_MS;
    let [settledMs, changeAt] = [0, 0];
    while (settledMs < STAYS_MS && world.now() < endsAt) {
      // A dialog in which nobody speaks shows itself by the lamp, and one that is over by the answer of its phone, once nothing is in flight there.
      if (world.now() >= changeAt) {
        for (const extension of [...EXTENSIONS, ...EXTENSIONS]) await this.#set(extension);
        changeAt = world.now() + CHANGE_EVERY_MS;
      }
      await world.run(LOOK_EVERY_MS);
      settledMs = this.#unsettled().length === 0 ? settledMs + LOOK_EVERY_MS : 0;
    }
    if (settledMs >= STAYS_MS) return;
    for (const text of this.#unsettled()) world.complain(text);
  }

  /** Another state than the one before, until it is acknowledged. */
  async #set(extension: string): Promise<void> {
    const { world } = this;
    const state = world.pick(STATES.filter((one) => one !== this.#shown.get(extension)));
    this.#shown.set(extension, state);
    for (let left = SET_TRIES_MAX; left > 0; left -= 1) if (await this.#putOnce(extension, state)) return;
    world.complain(`${extension} could not be set`);
  }

  async #putOnce(extension: string, state: DeviceState): Promise<boolean> {
    const answers: boolean[] = [];
    this.put(extension, state, undefined, (isDone) => answers.push(isDone));
    await this.world.run(PUT_MAX_MS, () => answers.length > 0);
    return answers[0] === true;
  }

  /** What is not as it must be when all is calm. */
  #unsettled(): readonly string[] {
    return [...this.#wrongLamps(), ...this.#leftovers()];
  }

  #wrongLamps(): readonly string[] {
    return this.phones.flatMap(({ address, keys }) =>
      keys.flatMap(({ extension, lamp, callId, toTag }) => {
        const state = this.#shown.get(extension);
        if (toTag === undefined) return [`${address}: no dialog for ${extension} (${callId})`];
        if (state !== undefined && lamp === SHOWN[state]) return [];
        return [`${address}: ${extension} shows ${lamp}, and is ${String(state)} (${callId})`];
      }),
    );
  }

  /** Records that nobody needs, and nodes that know something else than the store. */
  #leftovers(): readonly string[] {
    const left: string[] = [];
    const dialogs = new Map(this.phones.flatMap(({ keys }) => keys.map(({ toTag, callId }) => [toTag, callId] as const)));
    const owners = new Map<string, string>();
    for (const { id, value } of this.medium.records("subscription").values()) {
      const { node, dialog } = JSON.parse(value) as { node: string; dialog: { callId: string } };
      owners.set(id, node);
      if (dialogs.get(id) !== dialog.callId) left.push(`a record of ${node} for ${dialog.callId}, which no phone has`);
    }
    for (const [tag, callId] of dialogs)
      if (tag !== undefined && !owners.has(tag)) left.push(`no record for ${callId}, which a phone has`);
    for (const { id } of this.medium.records("handover").values()) left.push(`a handover that nobody read: ${id}`);
    for (const { name, node } of this.machines) {
      const live = [...(node?.sip.notifier.subscriptions.all() ?? [])].map(({ record }) => record);
      for (const { id, dialog } of live)
        if (owners.get(id) !== name) left.push(`${name} speaks in ${dialog.callId}, which is of ${owners.get(id) ?? "nobody"}`);
      const known = new Set(live.map(({ id }) => id));
      for (const [id, owner] of owners)
        if (owner === name && !known.has(id)) left.push(`${name} does not know ${dialogs.get(id) ?? id}, which is its own`);
    }
    return left;
  }
}
