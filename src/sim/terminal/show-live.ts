import type { Clock, StopTimer } from "#base/clock";
import { PhoneFailed } from "#sim/phone-session";
import { SimPhone } from "#sim/sim-phone";
import type { Picture } from "./draw-phones.ts";
import { LiveScreen } from "./live-screen.ts";
import { lampLine, printable, type PhoneView } from "./phone-view.ts";
import type { ServerPhone } from "./server-phones.ts";
import { inBatches, reasonOf, type SimParts } from "./sim-parts.ts";

/** A phone that did not come up is switched off and on after this. */
const REBOOT_MS = 5000;
const HINT = "Ctrl-C switches the phones off";

/** A phone and what it last told of itself. */
interface Shown {
  readonly phone: SimPhone;
  status: string;
}

/** Boots the phones and shows their lamps until somebody wants it to end: drawn on a terminal, or a line for every change. */
export async function showLive(found: readonly ServerPhone[], url: string, parts: SimParts): Promise<void> {
  const show = parts.terminal === undefined ? printing(parts) : drawing(parts.terminal, parts.clock);
  const rebooter = new Rebooter(parts.clock, show.onStatus);
  const shown = found.map((phone) => switchable(phone, parts, show));
  show.begin(shown, `Lamplighter: ${found.length} simulated phone${found.length === 1 ? "" : "s"} of ${url}`);
  try {
    void inBatches(shown, (entry) => rebooter.boot(entry, () => entry.phone.start()));
    await parts.untilStopped;
  } finally {
    rebooter.stop();
    show.end();
  }
  if (parts.terminal !== undefined) parts.print("switching the phones off …");
  await Promise.all(shown.map(({ phone }) => phone.stop({ unregister: true })));
}

/** Somebody who looks at phones. */
interface Show {
  readonly begin: (shown: readonly Shown[], title: string) => void;
  readonly end: () => void;
  readonly onStatus: (entry: Shown, status: string) => void;
  readonly onLamp: (line: string) => void;
  readonly onViolation: (mac: string, text: string) => void;
}

function switchable(phone: ServerPhone, { clock, random, log }: SimParts, show: Show): Shown {
  const entry: Shown = {
    phone: new SimPhone({
      ...phone,
      clock,
      random,
      log,
      events: {
        onStatus: (status) => {
          show.onStatus(entry, status);
        },
        onViolation: (text) => {
          show.onViolation(phone.mac, text);
        },
      },
    }),
    status: "starting",
  };
  entry.phone.onLamp((key) => {
    show.onLamp(lampLine(phone.mac, key));
  });
  return entry;
}

function printing({ print, complain }: SimParts): Show {
  return {
    begin: () => undefined,
    end: () => undefined,
    onStatus: (entry, status) => {
      if (entry.status !== status) print(`${entry.phone.mac} ${printable(status)}`);
      entry.status = status;
    },
    onLamp: print,
    onViolation: (mac, text) => {
      complain(`${mac} a real phone would not like this: ${printable(text)}`);
    },
  };
}

function drawing(terminal: NonNullable<SimParts["terminal"]>, clock: Clock): Show {
  let picture: () => Picture = () => ({ title: "", phones: [], hint: HINT });
  const screen = new LiveScreen(terminal, clock, () => picture());
  const changed = (): void => {
    screen.changed();
  };
  return {
    begin: (shown, title) => {
      picture = () => ({ title, phones: shown.map(viewOf), hint: HINT });
    },
    end: () => {
      screen.close();
    },
    onStatus: (entry, status) => {
      entry.status = status;
      changed();
    },
    onLamp: changed,
    onViolation: changed,
  };
}

function viewOf({ phone, status }: Shown): PhoneView {
  const { mac, model, label, violations } = phone;
  return { mac, model: model.name, label, status, keys: phone.keys(), violations };
}

/** Boots phones, and those that did not come up again and again. */
class Rebooter {
  readonly #clock: Clock;
  readonly #tell: (entry: Shown, status: string) => void;
  readonly #timers = new Set<StopTimer>();
  #isStopped = false;

  constructor(clock: Clock, tell: (entry: Shown, status: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  async boot(entry: Shown, start: () => Promise<void>): Promise<void> {
    if (this.#isStopped) return;
    try {
      await start();
    } catch (error) {
      this.#failed(entry, error);
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const stopTimer of this.#timers) stopTimer();
  }

  #failed(entry: Shown, error: unknown): void {
    if (this.#isStopped) return;
    this.#tell(entry, reasonOf(error));
    // A refused key is tried again by the phone itself.
    if (error instanceof PhoneFailed && error.step === "subscribe") return;
    const stopTimer = this.#clock.after(REBOOT_MS, () => {
      this.#timers.delete(stopTimer);
      void this.boot(entry, () => entry.phone.reboot());
    });
    this.#timers.add(stopTimer);
  }
}
