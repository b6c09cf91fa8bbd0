import type { Context } from "koa";
import type { z } from "zod";
import { Problem } from "./problem.ts";

const BODY_MAX_BYTES = 64 * 1024;

/** The JSON body of a request as the schema has it; anything else is a problem that names the field. */
export async function readJson<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  if (context.is("json", "+json") === false) throw new Problem(415, "Send a JSON body with Content-Type: application/json.");
  const value = parse(await readText(context));
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

async function readText(context: Context): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of context.req as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_MAX_BYTES)
      throw new Problem(413, `The body is larger than ${BODY_MAX_BYTES} bytes.`, {}, { Connection: "close" });
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
