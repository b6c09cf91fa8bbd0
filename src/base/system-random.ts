import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "./random.ts";

/** Drawn from the kernel at once: asking it for every tag and branch would cost more than the rest of a short answer. */
const POOL_BYTES = 8192;

let pool = Buffer.alloc(0);
let used = 0;

/** Bytes that nobody else was given; a used-up pool is replaced, never written again. */
function take(count: number): Buffer {
  if (count > POOL_BYTES) return randomBytes(count);
  if (used + count > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}

let hexPool = "";
let hexUsed = 0;

/** Characters that nobody else was given: cut from a pool, since turning eight bytes into text costs more than drawing them. */
function takeHex(count: number): string {
  if (count > POOL_BYTES) return randomBytes(count / 2).toString("hex");
  if (hexUsed + count > hexPool.length) {
    hexPool = randomBytes(POOL_BYTES).toString("hex");
    hexUsed = 0;
  }
  hexUsed += count;
  return hexPool.slice(hexUsed - count, hexUsed);
}

/** The randomness of this machine's kernel. */
export const systemRandom: Random = {
  bytes: take,
  below: (below) => randomInt(below),
  token: (bits) => takeHex(Math.ceil(bits / 8) * 2),
};
