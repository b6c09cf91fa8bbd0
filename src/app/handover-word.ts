import { z } from "zod";
import { storedValue } from "./stored-value.ts";

/** Who had a dialog and which one it is: two parts, since a node's name may hold anything. */
export function handoverId(node: string, subscription: string): string {
  return JSON.stringify([node, subscription]);
}

/** The version that the dialog had with its new node. */
export function versionIn(value: string): number {
  const version = Number(value);
  return Number.isNaN(version) ? Number.POSITIVE_INFINITY : version;
}

/** undefined: none of ours wrote it. */
export function readHandover(id: string): { readonly node: string; readonly subscription: string } | undefined {
  const parts = storedValue(z.tuple([z.string(), z.string()]), id);
  return parts === undefined ? undefined : { node: parts[0], subscription: parts[1] };
}
