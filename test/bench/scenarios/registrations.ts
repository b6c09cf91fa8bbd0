import { inParallel } from "#test/support/in-parallel";
import { accountOf, secretOf } from "../bench-site.ts";
import type { Bench } from "../bench.ts";
import { registerAuthorization } from "../digest.ts";
import { perSecond, whole, type Figure } from "../figures.ts";
import { cpuSeconds } from "../machine.ts";

const SOCKETS = 50;
const WIDTH = 200;

const ROUNDS = 3;

/** Every account registers again and again, each time challenged anew. The first round warms the server up and is not counted. */
export async function registrations(bench: Bench): Promise<Figure[]> {
  const farm = await bench.farm(SOCKETS);
  const once = Array.from({ length: bench.accounts }, (_, at) => at);
  const register = async (at: number): Promise<void> => {
    const account = accountOf(at);
    const challenge = await farm.register(at % SOCKETS, account, "");
    const answer = await farm.register(at % SOCKETS, account, registerAuthorization(challenge, account, secretOf(at)));
    if (!answer.startsWith("SIP/2.0 200")) throw new Error(`a right password was refused: ${answer.slice(0, 40)}`);
  };
  await inParallel(once, WIDTH, register);
  const [startedAt, cpuBefore] = [performance.now(), cpuSeconds(bench.pid)];
  for (let round = 0; round < ROUNDS; round += 1) await inParallel(once, WIDTH, register);
  const [count, ms, cpu] = [once.length * ROUNDS, performance.now() - startedAt, cpuSeconds(bench.pid) - cpuBefore];
  return [
    {
      name: "registrations, every one challenged (MD5) and in the store",
      value: `${perSecond(count, ms)}/s`,
      target: "≥ 15,000",
    },
    { name: "— per server CPU-second", value: whole(count / cpu) },
  ];
}
