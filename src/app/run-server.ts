import { createSystemLog } from "#base/system-log";
import { compose } from "./compose.ts";
import type { ServerConfig } from "./config.ts";
import { startMessage } from "./start-message.ts";

/** A stop that hangs is cut off after this, so that the process is gone within the 5 s of the contract. */
const STOP_MAX_MS = 4500;

/** Serves until SIGTERM or SIGINT; SIGHUP reads the site again. Rejects with StartRefused when it cannot start as asked. */
export async function runServer(config: ServerConfig, logLevel: string): Promise<void> {
  const log = createSystemLog(logLevel);
  const server = await compose(config, log);
  process.stdout.write(startMessage(server.facts));
  process.on("SIGHUP", () => {
    server.reload().catch((error: unknown) => {
      log.error("the site was not taken over, what runs goes on", { error: String(error) });
    });
  });
  await stopSignal();
  log.info("stopping");
  // Holds also for what is left running after the stop, and so must keep nothing alive itself, as the timers of a Clock do.
  // eslint-disable-next-line no-restricted-globals
  const deadline = setTimeout(() => {
    log.warn("the stop took too long and is cut off");
    process.exit(0);
  }, STOP_MAX_MS);
  deadline.unref();
  await server.stop();
  log.info("stopped");
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}
