/** Fields of a log line: identities first (callId, device, mac …); never a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured log port. `with` adds an identity to every later line. The real one is base/system-log.ts. */
export interface Log {
  /** False: lines of `debug` are not told, and need not be made. */
  readonly tellsDebug: boolean;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  with(fields: LogFields): Log;
}

/** A log that keeps quiet, for tests and tools. */
export const quietLog: Log = {
  tellsDebug: false,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => quietLog,
};
