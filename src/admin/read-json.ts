import type { Context } from "koa";
import type { z } from "zod";
import { Problem } from "./problem.ts";
import { readBody } from "./read-body.ts";

/** Larger bodies take too long to be read where phones are served. */
export const BODY_MAX_BYTES = 64 * 1024;

/** The JSON body of a request as the schema has it; anything else is a problem that names the field. */
export async function readJson<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  if (context.is("json", "+json") === false) throw new Problem(415, "Send a JSON body with Content-Type: application/json.");
  return checkedJson(await readBody(context, BODY_MAX_BYTES), schema);
}

/** The JSON of a body as the schema has it, in the same way. */
export function checkedJson<T>(body: Uint8Array, schema: z.ZodType<T>): T {
  const checked = schema.safeParse(parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8")));
  if (checked.success) return checked.data;
  const errors = checked.error.issues.map((issue) => ({ field: fieldOf(issue), detail: issue.message }));
  throw new Problem(422, errors.map(({ field, detail }) => (field === "" ? detail : `${field}: ${detail}`)).join("; "), {
    errors,
  });
}

function fieldOf(issue: z.core.$ZodIssue): string {
  return issue.code === "unrecognized_keys" ? issue.keys.join(", ") : issue.path.join(".");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, "The body is not JSON.");
  }
}
