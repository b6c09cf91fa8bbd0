import type { SessionUser } from "./session.ts";

/**
 * Tells the user of a session what happens to it, in order, and never from inside a call of the session's own methods. A mistake of the user's
 * is handed to `failed` and reaches nobody else.
 */
export class Teller {
  user: SessionUser | undefined;
  readonly #failed: (error: unknown) => void;

  constructor(user: SessionUser | undefined, failed: (error: unknown) => void) {
    this.user = user;
    this.#failed = failed;
  }

  /** `otherwise`: nobody is left to be told. */
  tell(what: (user: SessionUser) => void, otherwise?: () => void): void {
    queueMicrotask(() => {
      const { user } = this;
      if (user === undefined) {
        otherwise?.();
        return;
      }
      try {
        what(user);
      } catch (error) {
        this.#failed(error);
      }
    });
  }
}
