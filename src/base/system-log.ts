import { pino, type Logger } from "pino";
import pretty from "pino-pretty";
import type { Log, LogFields } from "./log.ts";

/** Log on standard error: JSON lines, pretty on a terminal. `level`: debug, info, warn, error or silent. */
export function createSystemLog(level: string): Log {
  const options = { level, base: null } as const;
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: "pid,hostname" })
    : pino.destination({ fd: 2, sync: true });
  return wrap(pino(options, stream));
}

function wrap(logger: Logger): Log {
  return {
    debug: (message, fields) => {
      logger.debug(fields ?? {}, message);
    },
    info: (message, fields) => {
      logger.info(fields ?? {}, message);
    },
    warn: (message, fields) => {
      logger.warn(fields ?? {}, message);
    },
    error: (message, fields) => {
      logger.error(fields ?? {}, message);
    },
    with: (fields: LogFields) => wrap(logger.child(fields)),
  };
}
