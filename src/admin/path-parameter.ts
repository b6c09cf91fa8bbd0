import type { Context } from "koa";

/** A part of the path that the route names, decoded; "" when there is none. */
export function pathParameter(context: Context, name: string): string {
  const value = (context as unknown as { readonly params: Readonly<Record<string, string | undefined>> }).params[name];
  return value ?? "";
}
