/** The world is wrong (store down, socket closed, file unreadable): carries a stable code, handled at a layer's face. */
export class OperationalError extends Error {
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "OperationalError";
    this.code = code;
  }
}
