import type { Clock, StopTimer } from "#base/clock";
import { burningAt } from "#sim/lamps/lamp-patterns";
import { ansiPaint, drawPhones, type Picture, type ScreenSize } from "./draw-phones.ts";

/** A terminal that is drawn on. */
export interface Terminal {
  write(text: string): void;
  readonly size: ScreenSize;
  /** Called when the size has changed. */
  onResize(listener: () => void): void;
}

/** Changes that come together are one drawing: 25 a second at most, easy on a slow connection. */
const FRAME_MS = 40;
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

/** Keeps the drawing of the phones fresh: draws when something changed, and at the very moment when a blinking lamp does. */
export class LiveScreen {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #picture: () => Picture;
  #shown = "";
  #stopTimer: StopTimer | undefined;
  #dueAt = Infinity;
  #isClosed = false;

  constructor(terminal: Terminal, clock: Clock, picture: () => Picture) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#picture = picture;
    terminal.write(ENTER);
    terminal.onResize(() => {
      this.#shown = "";
      this.changed();
    });
    this.changed();
  }

  /** Something looks different now. */
  changed(): void {
    this.#drawIn(FRAME_MS);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#terminal.write(LEAVE);
  }

  #drawIn(delayMs: number): void {
    const dueAt = this.#clock.now() + delayMs;
    if (this.#isClosed || dueAt >= this.#dueAt) return;
    this.#stopTimer?.();
    this.#dueAt = dueAt;
    this.#stopTimer = this.#clock.after(delayMs, () => {
      this.#dueAt = Infinity;
      this.#draw();
    });
  }

  #draw(): void {
    const picture = this.#picture();
    const now = this.#clock.now();
    const lines = drawPhones(picture, this.#terminal.size, now, ansiPaint);
    // Home, each line cleared to its end, the rest of the screen cleared: nothing flickers.
    const frame = `\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`;
    if (frame !== this.#shown) this.#terminal.write(frame);
    this.#shown = frame;
    const keys = picture.phones.flatMap((phone) => phone.keys);
    const nextMs = keys.reduce((soonest, { pattern }) => Math.min(soonest, burningAt(pattern, now).forMs), Infinity);
    if (nextMs !== Infinity) this.#drawIn(nextMs);
  }
}
