import type { z } from "zod";

/** What stands in the store, where other programs and other releases write too: of this shape, or undefined. */
export function storedValue<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    // It is no JSON.
    return undefined;
  }
}
