import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "./random.ts";

/** The randomness of this machine's kernel. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  below: (below) => randomInt(below),
  token: (bits) => randomBytes(Math.ceil(bits / 8)).toString("hex"),
};
