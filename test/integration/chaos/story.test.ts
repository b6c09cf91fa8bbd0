import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Cluster, type NodeUnderTest } from "#test/support/cluster";
import { eventually } from "#test/support/eventually";
import { brokenDialogs, SHOWN, wrongLamps } from "#test/support/invariants";
import { RoamingPhone } from "#test/support/roaming-phone";
import { SeededRandom } from "#test/support/seeded-random";

/*
 * Nodes and Redis are killed, stopped and started at random moments under load; whenever it is calm again, every lamp is right, and nothing
 * was said against the rules of a dialog. CHAOS_SEED and CHAOS_ROUNDS in the environment repeat a run.
 */
const SEED = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);
const ROUNDS = Number(process.env["CHAOS_ROUNDS"] ?? 3);
const IS_TOLD = process.env["CHAOS_TOLD"] !== undefined;
const LEASE_SECONDS = 1;
const PHONES = 20;
const KEYS = 4;
const EXTENSIONS = Array.from({ length: 10 }, (_, at) => String(7000 + at));
const STATES = ["NOT_INUSE", "INUSE", "RINGING"] as const;
const ROUND_MS = 3000;
const CALM_MAX_MS = 12_000;
/** Until nodes that were killed and stopped take phones and states again. */
const TAKEN_MAX_MS = 30_000;
const TTL_SECONDS = 1;
const FAULTS = 3;

type State = (typeof STATES)[number];

/** What the API was told last of a device. */
interface Told {
  readonly state: State;
  isBusy: boolean;
}

describe("nodes in chaos", () => {
  const random = new SeededRandom(SEED);
  const phones: RoamingPhone[] = [];
  const told = new Map<string, Told>();
  let cluster: Cluster | undefined;
  const nodes = (): readonly NodeUnderTest[] => cluster?.nodes ?? [];
  let isRedisBusy = false;
  /** Requests and faults under way. */
  const busy = new Set<Promise<unknown>>();

  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)] ?? assert.fail("nothing to pick from");
  const within = (fromMs: number, toMs: number): number => fromMs + random.below(toMs - fromMs);
  const say = (text: string): void => {
    if (IS_TOLD) console.log(`${new Date().toISOString().slice(14, 23)} ${text}`);
  };
  const track = (work: Promise<unknown>): void => {
    const tracked = work.finally(() => busy.delete(tracked));
    busy.add(tracked);
  };

  const set = async (extension: string, node: NodeUnderTest, state: State, ttl?: number): Promise<boolean> => {
    const known = told.get(extension);
    if (known?.isBusy === true) return false;
    const now: Told = { state, isBusy: true };
    told.set(extension, now);
    const isDone = await node.put(`Custom:${extension}`, { state, ...(ttl === undefined ? {} : { ttl }) });
    now.isBusy = false;
    return isDone;
  };

  const load = (): void => {
    const node = pick(nodes());
    const dice = random.below(10);
    const [extension, state, phone] = [pick(EXTENSIONS), pick(STATES), pick(phones)];
    if (dice < 4) track(set(extension, node, state));
    else if (dice < 5) track(set(extension, node, state, TTL_SECONDS));
    else track(phone.refresh(pick(phone.extensions), node.server.sipPort));
  };

  const faults: Readonly<Record<string, () => Promise<void>>> = {
    "a node is killed": async () => {
      const node = pick(nodes());
      const downMs = within(0, 3000);
      if (node.state !== "running") return;
      say(`${node.name} killed for ${downMs} ms`);
      await node.kill();
      await pause(downMs);
      await node.start();
      say(`${node.name} is back`);
    },
    "a node is stopped": async () => {
      const node = pick(nodes());
      const stillMs = within(100, 3000);
      if (node.state !== "running") return;
      say(`${node.name} stopped for ${stillMs} ms`);
      node.stop();
      await pause(stillMs);
      node.continue();
      say(`${node.name} goes on`);
    },
    "Redis is stopped": async () => {
      const stillMs = within(100, 3000);
      if (isRedisBusy) return;
      isRedisBusy = true;
      say(`Redis stopped for ${stillMs} ms`);
      cluster?.redis.pause();
      await pause(stillMs);
      cluster?.redis.resume();
      isRedisBusy = false;
      say("Redis goes on");
    },
    "Redis is killed": async () => {
      if (isRedisBusy) return;
      isRedisBusy = true;
      say("Redis killed");
      await cluster?.redis.restart();
      isRedisBusy = false;
      say("Redis is back");
    },
  };

  /** Everybody runs again, and every device is given a new state: a dialog in which nobody speaks shows itself by the lamp. */
  const calm = async (): Promise<ReadonlyMap<string, string>> => {
    await Promise.all(busy);
    await cluster?.calm();
    // Phones that were refused while there was no store come again, as phones do.
    for (const phone of phones)
      for (const extension of phone.extensions)
        await eventually(async () => {
          if (phone.callId(extension) === "") await phone.refresh(extension, pick(nodes()).server.sipPort);
          assert.notEqual(phone.callId(extension), "", `no dialog for ${extension}`);
        }, TAKEN_MAX_MS);
    const model = new Map<string, string>();
    for (const extension of EXTENSIONS) {
      const before = told.get(extension)?.state;
      const state = pick(STATES.filter((one) => one !== before));
      await eventually(async () => {
        assert.ok(await set(extension, pick(nodes()), state), `nobody takes the state of ${extension}`);
      }, TAKEN_MAX_MS);
      model.set(extension, SHOWN[state]);
    }
    return model;
  };

  before(async function () {
    this.timeout(60_000);
    console.log(`    CHAOS_SEED=${SEED} CHAOS_ROUNDS=${ROUNDS}`);
    cluster = await Cluster.start(["one", "two", "three"], LEASE_SECONDS, EXTENSIONS);
    for (let at = 0; at < PHONES; at += 1) {
      const phone = await RoamingPhone.open();
      phones.push(phone);
      for (let key = 0; key < KEYS; key += 1) phone.addKey(EXTENSIONS[(at + 3 * key) % EXTENSIONS.length] ?? "");
      for (const extension of phone.extensions)
        assert.ok(await phone.refresh(extension, pick(nodes()).server.sipPort), `no dialog for ${extension}`);
    }
  });

  after(async function () {
    this.timeout(60_000);
    await Promise.all(busy);
    for (const phone of phones) await phone.close();
    await cluster?.end();
  });

  for (let round = 1; round <= ROUNDS; round += 1)
    it(`are right again when it is calm, round ${round}`, async function () {
      this.timeout(60_000);
      const endsAt = Date.now() + ROUND_MS;
      const names = Object.keys(faults);
      for (let fault = 0; fault < FAULTS; fault += 1) {
        const [name, inMs] = [pick(names), within(0, ROUND_MS / 2)];
        track(pause(inMs).then(() => faults[name]?.()));
      }
      while (Date.now() < endsAt) {
        load();
        await pause(within(5, 30));
      }
      const model = await calm();
      say("calm");
      const giveUpAt = Date.now() + CALM_MAX_MS;
      while (wrongLamps(phones, model).length > 0 && Date.now() < giveUpAt) await pause(50);
      say("settled");
      // Of all rounds: a dialog that goes on goes on above its numbers.
      const wrong = [...wrongLamps(phones, model), ...brokenDialogs(phones.flatMap(({ heard }) => heard))];
      assert.deepEqual(wrong, [], `CHAOS_SEED=${SEED}`);
    });
});
