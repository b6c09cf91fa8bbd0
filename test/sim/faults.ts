import type { Simulation } from "./simulation.ts";

const AWAY_MIN_MS = 50;
const AWAY_MAX_MS = 4000;
/** NTP corrects more than this before a server starts. */
const CLOCK_OFF_MAX_MS = 5000;
/** A kill comes between two effects that are so many away at most. */
const EFFECTS_MAX = 60;

/** What may happen to a node or to the store. */
export function faultsOf({ world, machines, medium, network, phones }: Simulation): readonly (() => void)[] {
  const soon = (act: () => void): number => {
    const awayMs = world.between(AWAY_MIN_MS, AWAY_MAX_MS);
    world.after(awayMs, act);
    return awayMs;
  };
  const kill = (): void => {
    const [machine, effects] = [world.pick(machines), world.chance(40) ? 0 : world.between(1, EFFECTS_MAX)];
    const offMs = world.between(0, AWAY_MAX_MS);
    world.tell(`kill ${machine.name} before effect ${effects}, for ${offMs} ms`);
    machine.kill(effects, offMs);
  };
  const stop = (): void => {
    world.pick(machines).stop(world.between(0, AWAY_MAX_MS));
  };
  const freeze = (): void => {
    const machine = world.pick(machines);
    machine.freeze();
    const forMs = soon(() => {
      world.tell(`${machine.name} goes on`);
      machine.thaw();
    });
    world.tell(`${machine.name} is frozen for ${forMs} ms`);
  };
  const partition = (): void => {
    const [machine, how] = [world.pick(machines), world.pick(["cut", "stuck"] as const)];
    machine.loseStore(how);
    const forMs = soon(() => {
      world.tell(`${machine.name} finds the store`);
      machine.findStore();
    });
    world.tell(`${machine.name}: the way to the store is ${how} for ${forMs} ms`);
  };
  const outage = (): void => {
    medium.pause();
    const forMs = soon(() => {
      world.tell("the store goes on");
      medium.resume();
    });
    world.tell(`the store is frozen for ${forMs} ms`);
  };
  const cutOff = (): void => {
    const { name, address } = world.pick(machines);
    network.cutOff.add(address);
    const forMs = soon(() => {
      world.tell(`phones reach ${name} again`);
      network.cutOff.delete(address);
    });
    world.tell(`no phone reaches ${name} for ${forMs} ms`);
  };
  const unplug = (): void => {
    // Not the last ones.
    if (phones.filter(({ keys }) => keys.length > 0).length > phones.length / 2) world.pick(phones).unplug();
  };
  const setClock = (): void => {
    const [machine, offMs] = [world.pick(machines), world.between(-CLOCK_OFF_MAX_MS, CLOCK_OFF_MAX_MS)];
    world.tell(`the clock of ${machine.name} is off by ${offMs} ms from now on`);
    machine.setClock(offMs);
  };
  const rare = [setClock, unplug, outage, stop];
  return [...rare, cutOff, cutOff, kill, kill, kill, freeze, freeze, freeze, partition, partition, partition];
}
