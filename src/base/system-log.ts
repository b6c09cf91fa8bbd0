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
    get tellsDebug() {
      return logger.isLevelEnabled("debug");
    },
    debug: (message, fields) => {
      logger.debug(printable(fields), message);
    },
    info: (message, fields) => {
      logger.info(printable(fields), message);
    },
    warn: (message, fields) => {
      logger.warn(printable(fields), message);
    },
    error: (message, fields) => {
      logger.error(printable(fields), message);
    },
    with: (fields: LogFields) => wrap(logger.child(printable(fields))),
  };
}

/** What a terminal would obey, or show in another order. Line ends stay: JSON escapes them, and a stack is read line by line. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Fields as they may be shown: they hold what peers have written. */
export function printable(fields: LogFields = {}): LogFields {
  const shown = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "string"
      ? value.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`)
      : value,
  ]);
  return Object.fromEntries(shown) as LogFields;
}
