import { Command } from "commander";
import { addCheckCommand } from "#cli/check";
import { addServeCommand } from "#cli/serve";
import { addSimCommand } from "#cli/sim";

/** The command line: one file a command in cli/. */
const program = new Command("lamplighter")
  .description("Phone provisioning and lamp (BLF) presence server")
  .showHelpAfterError("(lamplighter --help shows the commands)")
  .configureHelp({ showGlobalOptions: true });

addServeCommand(program);
addCheckCommand(program);
addSimCommand(program);

await program.parseAsync();
