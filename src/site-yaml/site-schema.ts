import { recordSchema, type JsonSchema } from "./kinds.ts";
import { SITE_FIELDS } from "./site-fields.ts";

/** The JSON Schema of a site.yaml, from the tables that its readers follow: what `lamplighter schema` prints and editors complete. */
export function siteSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Lamplighter site",
    ...recordSchema("A site of Lamplighter: lines, phones, and what follows from them or is written out", SITE_FIELDS),
  };
}
