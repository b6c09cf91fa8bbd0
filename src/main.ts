import { Command } from "commander";
import { addCheckCommand } from "#cli/check";
import { addDrainCommand } from "#cli/drain";
import { addExportCommand } from "#cli/export";
import { addImportCommand } from "#cli/import";
import { addSchemaCommand } from "#cli/schema";
import { addDialplanCommand } from "#cli/dialplan";
import { addCallCommand } from "#cli/call";
import { addLineCommand } from "#cli/line";
import { addPhoneCommand } from "#cli/phone";
import { addReloadCommand } from "#cli/reload";
import { addServeCommand } from "#cli/serve";
import { addSimCommand } from "#cli/sim";

/** Wrong flags end with this (design §6), 0 is for --help; commander's own code would be 1. */
const EXIT_USAGE = 2;

/** The command line: one file a command in cli/. */
const program = new Command("lamplighter")
  .description("Phone provisioning and lamp (BLF) presence server")
  .showHelpAfterError("(lamplighter --help shows the commands)")
  .configureHelp({ showGlobalOptions: true })
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));

addServeCommand(program);
addCheckCommand(program);
addSchemaCommand(program);
addImportCommand(program);
addExportCommand(program);
addDialplanCommand(program);
addPhoneCommand(program);
addLineCommand(program);
addCallCommand(program);
addReloadCommand(program);
addDrainCommand(program);
addSimCommand(program);

await program.parseAsync();
