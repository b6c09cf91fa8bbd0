import { hmacHex, sameSecret } from "#base/digest";
import { inOnePiece } from "#sip/message/own-text";

/** How long a nonce is good, ms (G-3); older ones with the right password get `stale`. */
export const NONCE_LIFE_MS = 300_000;

/** How far the clock of the node that made a nonce may be ahead of ours. */
export const CLOCK_AHEAD_MAX_MS = 30_000;

const MAC_CHARS = 32;

/** What nonces are bound to: the store's key and the realm (G-3), not the source, so that any node and any path will do. */
export interface NonceSecret {
  readonly key: string;
  readonly realm: string;
}

/** What a nonce tells. `id` names it, short and without holding on to the message it came in. `givenTo`: the source that was challenged. */
export type NonceVerdict =
  | { readonly type: "foreign" }
  | { readonly type: "fresh" | "stale"; readonly madeAt: number; readonly id: string; readonly givenTo: string };

/**
 * time-unique-source-mac: nothing is kept for it (C-33). `unique` is hexadecimal and never repeats under one key. The source is no
 * condition (G-3), but it says who has really heard us: addresses of UDP can be forged.
 */
export function makeNonce(secret: NonceSecret, now: number, unique: string, givenTo: string): string {
  const head = `${now.toString(16)}-${unique}-${givenTo}`;
  return `${head}-${macOf(secret, head)}`;
}

/** Is this nonce ours, and still good? */
export function judgeNonce(secret: NonceSecret, now: number, nonce: string): NonceVerdict {
  const match = FORM.exec(nonce);
  if (match === null) return FOREIGN;
  const [, head = "", time = "", givenTo = "", mac = ""] = match;
  const id = macOf(secret, head);
  if (!sameSecret(id, mac)) return FOREIGN;
  const madeAt = Number.parseInt(time, 16);
  // One from far in the future was made before a clock was set back, or by a node whose clock is wrong: it would be good for too long.
  const isFresh = now - madeAt < NONCE_LIFE_MS && madeAt - now < CLOCK_AHEAD_MAX_MS;
  // A string of its own: one cut out of the message would keep all of it alive.
  return { type: isFresh ? "fresh" : "stale", madeAt, id, givenTo: inOnePiece(givenTo) };
}

const FOREIGN: NonceVerdict = { type: "foreign" };
const FORM = /^(([0-9a-f]{1,13})-[0-9a-f]{1,64}-([0-9a-f.:]{0,45}))-([0-9a-f]{32})$/;

function macOf({ key, realm }: NonceSecret, head: string): string {
  return hmacHex(key, `${head}:${realm}`).slice(0, MAC_CHARS);
}
