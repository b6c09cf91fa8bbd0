import type { Context } from "koa";
import { Problem } from "./problem.ts";

const PAGE_DEFAULT = 500;
const PAGE_MAX = 5000;

/** One page of a list: `?limit=` items after the one whose key is `?after=`. `next` is the `after` of the page that follows. */
export function page<T>(
  context: Context,
  items: readonly T[],
  keyOf: (item: T) => string,
): { readonly items: readonly T[]; readonly next?: string } {
  const limit = readLimit(context);
  const after = single(context.query["after"]);
  const start = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
  const shown = items.slice(start, start + limit);
  const last = shown.at(-1);
  const hasMore = start + limit < items.length && last !== undefined;
  return hasMore ? { items: shown, next: keyOf(last) } : { items: shown };
}

function readLimit(context: Context): number {
  const text = single(context.query["limit"]);
  if (text === undefined) return PAGE_DEFAULT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX)
    throw new Problem(422, `limit: give a whole number from 1 to ${PAGE_MAX}`);
  return limit;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
