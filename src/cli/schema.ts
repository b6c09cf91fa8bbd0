import type { Command } from "commander";
import { siteSchema } from "#site-yaml/site-schema";

/** `lamplighter schema`: the JSON Schema of site.yaml, as provisioning/schema/ ships it. */
export function addSchemaCommand(program: Command): void {
  program
    .command("schema")
    .description("print the JSON Schema of site.yaml, for editors")
    .action(() => {
      process.stdout.write(schemaText());
    });
}

/** The schema as a file. */
export function schemaText(): string {
  return `${JSON.stringify(siteSchema(), null, 2)}\n`;
}
