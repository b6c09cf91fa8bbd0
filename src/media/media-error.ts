import { OperationalError } from "#base/operational-error";

/** Why media failed: no pair of the range is free, the address is none of ours, or the thread that does the work is gone. */
export type MediaErrorCode = "no-ports" | "bad-address" | "failed" | "stopped";

/** The world does not let us have audio. */
export class MediaError extends OperationalError {
  declare readonly code: MediaErrorCode;
  constructor(code: MediaErrorCode, message: string, cause?: unknown) {
    super(code, message, cause);
    this.name = "MediaError";
  }
}
