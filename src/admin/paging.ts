import type { Context } from "koa";
import type { Listing } from "./ports.ts";
import { Problem } from "./problem.ts";

/** Items of a page that does not say how many, and the most it may say. */
export const PAGE_DEFAULT = 500;
export const PAGE_MAX = 5000;

export interface Page<T> {
  readonly items: readonly T[];
  /** The `after` of the page that follows; absent on the last one. */
  readonly next?: string;
}

/**
 * One page of a list: `?limit=` items, going on behind `?after=`. The mark is place and key of the last item shown: a list that changes
 * meanwhile is gone on with near that place, and reading to its end always ends.
 */
export function page<T>(context: Context, listing: Listing<T>): Page<T> {
  const limit = readLimit(context);
  const keys = listing.keys();
  const start = readStart(context, keys);
  const shown = keys.slice(start, start + limit);
  const items = shown.flatMap((key) => listing.get(key) ?? []);
  const last = shown.at(-1);
  return last === undefined || start + limit >= keys.length ? { items } : { items, next: `${start + limit - 1}.${last}` };
}

/** A list that is at hand as a whole. */
export function listingOf<T>(items: readonly T[], keyOf: (item: T) => string): Listing<T> {
  const byKey = new Map(items.map((item) => [keyOf(item), item]));
  return { keys: () => [...byKey.keys()], get: (key) => byKey.get(key) };
}

function readLimit(context: Context): number {
  const text = single(context.query["limit"]);
  if (text === undefined) return PAGE_DEFAULT;
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > PAGE_MAX) throw new Problem(422, `limit: give a whole number from 1 to ${PAGE_MAX}.`);
  return limit;
}

function readStart(context: Context, keys: readonly string[]): number {
  const text = single(context.query["after"]) ?? "";
  if (text === "") return 0;
  const match = /^(\d{1,9})\.(.*)$/s.exec(text);
  if (match === null) throw new Problem(422, "after: give the `next` of the page before.");
  const [place, key] = [Number(match[1]), match[2] ?? ""];
  if (keys[place] === key) return place + 1;
  const moved = keys.indexOf(key);
  // The item is gone: what stood behind it stands in its place now.
  return moved === -1 ? place : moved + 1;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
