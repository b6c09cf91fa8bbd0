import { withoutMarks } from "../body-template.ts";

/** An xs:ID: starts with a letter and holds no other marks than these (E-1). */
export function tupleId(extension: string): string {
  return `t${withoutMarks(extension).replace(/[^A-Za-z0-9._-]/g, "_")}`;
}
