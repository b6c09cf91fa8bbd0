import type { Clock, StopTimer } from "#base/clock";
import { isBlinking } from "#sim/lamps/lamp-patterns";
import { ansiPaint, drawPhones, type ScreenSize } from "./draw-phones.ts";
import type { PhoneView } from "./phone-view.ts";

/** A terminal that is drawn on. */
export interface Terminal {
  write(text: string): void;
  readonly size: ScreenSize;
}

/** 4 Hz: half of the fastest blinking, and easy on a slow connection. */
const FRAME_MS = 250;
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

/** Keeps the drawing of the phones fresh: draws when something changed or blinks, and never more often than a frame. */
export class LiveScreen {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #phones: () => readonly PhoneView[];
  #shown = "";
  #stopTimer: StopTimer | undefined;
  #isClosed = false;

  constructor(terminal: Terminal, clock: Clock, phones: () => readonly PhoneView[]) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#phones = phones;
    terminal.write(ENTER);
    this.changed();
  }

  /** Something looks different now. */
  changed(): void {
    if (this.#isClosed) return;
    this.#stopTimer ??= this.#clock.after(FRAME_MS, () => {
      this.#stopTimer = undefined;
      this.#draw();
    });
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#terminal.write(LEAVE);
  }

  #draw(): void {
    const phones = this.#phones();
    const lines = drawPhones(phones, this.#terminal.size, this.#clock.now(), ansiPaint);
    // Home, each line cleared to its end, the rest of the screen cleared: nothing flickers.
    const frame = `\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`;
    if (frame !== this.#shown) this.#terminal.write(frame);
    this.#shown = frame;
    if (phones.some((phone) => phone.keys.some((key) => isBlinking(key.pattern)))) this.changed();
  }
}
