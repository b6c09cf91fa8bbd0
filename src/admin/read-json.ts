import type { Context } from "koa";
import type { z } from "zod";
import { Problem } from "./problem.ts";
import { readBody } from "./read-body.ts";

const BODY_MAX_BYTES = 64 * 1024;

/** The JSON body of a request as the schema has it; anything else is a problem that names the field. */
export async function readJson<T>(context: Context, schema: z.ZodType<T>, maxBytes = BODY_MAX_BYTES): Promise<T> {
  if (context.is("json", "+json") === false) throw new Problem(415, "Send a JSON body with Content-Type: application/json.");
  const value = parse((await readBody(context, maxBytes)).toString("utf8"));
  const checked = schema.safeParse(value);
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
