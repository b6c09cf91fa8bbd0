const SECONDS_MAX = 2 ** 32 - 1;

/** Seconds of an Expires header or parameter: digits only, more than 2^32-1 counts as that (S-42); undefined when absent or no number. */
export function parseExpires(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  return Math.min(Number(text), SECONDS_MAX);
}
