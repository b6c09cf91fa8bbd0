import type { Command } from "commander";
import { ignoreClosedPipe } from "./check.ts";
import { siteSchema } from "#site-yaml/site-schema";

/** `lamplighter schema`: the JSON Schema of site.yaml, as provisioning/schema/ ships it. */
export function addSchemaCommand(program: Command): void {
  program
    .command("schema")
    .description("print the JSON Schema of site.yaml: editors complete its fields and underline mistakes by it")
    .addHelpText(
      "after",
      "\nlamplighter schema > site.schema.json; then let site.yaml begin with\n  # yaml-language-server: $schema=site.schema.json",
    )
    .action(() => {
      process.stdout.on("error", ignoreClosedPipe);
      process.stdout.write(schemaText());
    });
}

/** The schema as a file. */
export function schemaText(): string {
  return `${JSON.stringify(siteSchema(), null, 2)}\n`;
}
