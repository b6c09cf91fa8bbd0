import { hmacHex, sameSecret } from "#base/digest";
import { inOnePiece } from "#sip/message/own-text";

/** How long a nonce is good, ms (G-3); older ones with the right password get `stale`. */
export const NONCE_LIFE_MS = 300_000;

/** How far our clock may have been set back since a nonce was made. */
export const CLOCK_AHEAD_MAX_MS = 30_000;

const MAC_CHARS = 32;

/**
 * What nonces are bound to: the store's key and the realm (G-3), not the source, so that every node knows them on any path. `run` names the
 * process that makes them: 16 hexadecimal digits. What a nonce was used for is known to that one alone.
 */
export interface NonceMaker {
  readonly key: string;
  readonly realm: string;
  readonly run: string;
}

/** What a nonce tells. `id` names it, short and without holding on to the message it came in. `givenTo`: the source that was challenged. */
export type NonceVerdict =
  | { readonly type: "foreign" }
  | { readonly type: "fresh" | "stale"; readonly madeAt: number; readonly id: string; readonly givenTo: string };

/**
 * time-run-count-source-mac: nothing is kept for it (C-33). `count` never repeats in one run. The source is no condition (G-3), but it says
 * who has really heard us: addresses of UDP can be forged.
 */
export function makeNonce(maker: NonceMaker, now: number, count: number, givenTo: string): string {
  const head = `${now.toString(16)}-${maker.run}-${count.toString(16)}-${givenTo}`;
  return `${head}-${macOf(maker, head)}`;
}

/** Is this nonce one of our store's, and still good here? One of another node, or of an earlier run, is as stale as an old one. */
export function judgeNonce(maker: NonceMaker, now: number, nonce: string): NonceVerdict {
  const match = FORM.exec(nonce);
  if (match === null) return FOREIGN;
  const [, head = "", time = "", run = "", givenTo = "", mac = ""] = match;
  const id = macOf(maker, head);
  if (!sameSecret(id, mac)) return FOREIGN;
  const madeAt = Number.parseInt(time, 16);
  // One from far in the future was made before a clock was set back: it would be good for too long.
  const isOfItsTime = now - madeAt < NONCE_LIFE_MS && madeAt - now < CLOCK_AHEAD_MAX_MS;
  const isFresh = isOfItsTime && run === maker.run;
  // A string of its own: one cut out of the message would keep all of it alive.
  return { type: isFresh ? "fresh" : "stale", madeAt, id, givenTo: inOnePiece(givenTo) };
}

const FOREIGN: NonceVerdict = { type: "foreign" };
const FORM = /^(([0-9a-f]{1,13})-([0-9a-f]{16})-[0-9a-f]{1,14}-([0-9a-f.:]{0,45}))-([0-9a-f]{32})$/;

function macOf({ key, realm }: NonceMaker, head: string): string {
  return hmacHex(key, `${head}:${realm}`).slice(0, MAC_CHARS);
}
