import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { SimPhone } from "#sim/sim-phone";
import { PhoneFailed } from "#sim/phone-session";
import { LiveScreen, type Terminal } from "./live-screen.ts";
import { lampLine, printable, type PhoneView } from "./phone-view.ts";
import { listPhones, NoPhones, type ServerPhone } from "./server-phones.ts";

export interface SimOptions {
  /** "all", or MAC addresses. */
  readonly phones: "all" | readonly string[];
  readonly url: string;
  /** Read from the data folder when it is not given. */
  readonly token?: string;
  readonly data: string;
  /** Boot, print every lamp once, end. */
  readonly once: boolean;
}

export interface SimParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Takes whole lines. */
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Given: phones are drawn on it instead of printed. */
  readonly terminal?: Terminal;
  /** Resolves when somebody wants it to end. */
  readonly untilStopped: Promise<void>;
}

interface Shown {
  readonly phone: SimPhone;
  status: string;
}

/** Phones that boot at the same moment. */
const BOOTS_AT_ONCE = 20;
/** A phone that did not come up is switched off and on after this. */
const REBOOT_MS = 5000;

/** `lamplighter sim`: boots the phones of a server and shows their lamps. Resolves with the exit code. */
export async function runSim(options: SimOptions, parts: SimParts): Promise<number> {
  try {
    const token = options.token ?? (await readToken(options.data));
    const found = choose(await listPhones({ url: options.url, token }), options);
    const shown = found.map((phone) => ({ phone: createPhone(phone, parts), status: "starting" }));
    return options.once ? await showOnce(shown, parts) : await showLive(shown, parts);
  } catch (error) {
    if (!(error instanceof NoPhones)) throw error;
    parts.complain(`lamplighter sim: ${error.message}`);
    return 1;
  }
}

async function readToken(data: string): Promise<string> {
  const file = join(data, "admin-token");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NoPhones(
      `no admin token (${reason}). The server writes it at its first start: start it with npm start; with another data folder give --data DIR, or --token TOKEN`,
      error,
    );
  }
}

function choose(phones: readonly ServerPhone[], { phones: wanted, url }: SimOptions): readonly ServerPhone[] {
  if (phones.length === 0) {
    throw new NoPhones(
      `the site at ${url} has no phones: name a section of sip.conf by a phone's MAC address (12 hexadecimal digits), or add one with the API`,
    );
  }
  if (wanted === "all") return phones;
  const byMac = new Map(phones.map((phone) => [plainMac(phone.mac), phone]));
  return wanted.map((mac) => {
    const phone = byMac.get(plainMac(mac));
    if (phone === undefined) throw new NoPhones(`the site at ${url} has no phone ${mac}; it has ${[...byMac.keys()].join(", ")}`);
    return phone;
  });
}

function plainMac(mac: string): string {
  return mac.replace(/[-:.]/g, "").toLowerCase();
}

function createPhone({ mac, model, provisioningUrl }: ServerPhone, { clock, random, log }: SimParts): SimPhone {
  return new SimPhone({ mac, model, provisioningUrl, clock, random, log });
}

async function showOnce(shown: readonly Shown[], parts: SimParts): Promise<number> {
  let failures = 0;
  await inBatches(shown, async ({ phone }) => {
    try {
      await phone.start();
    } catch (error) {
      failures += 1;
      parts.complain(`${phone.mac}: ${reasonOf(error)}`);
    }
  });
  for (const { phone } of shown) {
    for (const key of phone.keys()) parts.print(lampLine(phone.mac, key));
    for (const violation of phone.violations) parts.complain(`${phone.mac}: ${printable(violation)}`);
  }
  await stopAll(shown);
  return failures === 0 ? 0 : 1;
}

async function showLive(shown: readonly Shown[], parts: SimParts): Promise<number> {
  const screen = parts.terminal === undefined ? undefined : new LiveScreen(parts.terminal, parts.clock, () => shown.map(viewOf));
  const tellStatus = (entry: Shown, status: string): void => {
    entry.status = status;
    if (screen === undefined) parts.print(`${entry.phone.mac} ${printable(status)}`);
    else screen.changed();
  };
  for (const { phone } of shown) {
    phone.onLamp((key) => {
      if (screen === undefined) parts.print(lampLine(phone.mac, key));
      else screen.changed();
    });
  }
  const rebooter = new Rebooter(parts.clock, tellStatus);
  void inBatches(shown, (entry) => rebooter.boot(entry, () => entry.phone.start()));
  await parts.untilStopped;
  rebooter.stop();
  await stopAll(shown);
  screen?.close();
  return 0;
}

/** Boots phones, and those that did not come up again and again. */
class Rebooter {
  readonly #clock: Clock;
  readonly #tellStatus: (entry: Shown, status: string) => void;
  readonly #timers = new Set<StopTimer>();
  #isStopped = false;

  constructor(clock: Clock, tellStatus: (entry: Shown, status: string) => void) {
    this.#clock = clock;
    this.#tellStatus = tellStatus;
  }

  async boot(entry: Shown, start: () => Promise<void>): Promise<void> {
    if (this.#isStopped) return;
    try {
      await start();
      this.#tell(entry, "registered");
    } catch (error) {
      this.#tell(entry, reasonOf(error));
      // A refused key is tried again by the phone itself.
      if (!(error instanceof PhoneFailed && error.step === "subscribe")) this.#later(entry);
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const stopTimer of this.#timers) stopTimer();
  }

  #tell(entry: Shown, status: string): void {
    if (!this.#isStopped) this.#tellStatus(entry, status);
  }

  #later(entry: Shown): void {
    if (this.#isStopped) return;
    const stopTimer = this.#clock.after(REBOOT_MS, () => {
      this.#timers.delete(stopTimer);
      void this.boot(entry, () => entry.phone.reboot());
    });
    this.#timers.add(stopTimer);
  }
}

async function stopAll(shown: readonly Shown[]): Promise<void> {
  await Promise.all(shown.map(({ phone }) => phone.stop({ unregister: true })));
}

function viewOf({ phone, status }: Shown): PhoneView {
  return { mac: phone.mac, model: phone.model.name, label: phone.label, status, keys: phone.keys() };
}

/** A few at a time, in order. */
async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += BOOTS_AT_ONCE) await Promise.all(items.slice(at, at + BOOTS_AT_ONCE).map(act));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
