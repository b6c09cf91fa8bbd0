import type { Clock } from "#base/clock";
import { quietLog, type Log } from "#base/log";
import type { Random } from "#base/random";
import { systemClock } from "#base/system-clock";
import { systemRandom } from "#base/system-random";
import { fetchBootFiles, type BootFiles } from "#sim/files/boot-files";
import { FileFetcher } from "#sim/files/fetch-file";
import { readSettings, type PhoneSettings } from "#sim/files/phone-settings";
import type { LampName } from "#sim/lamps/lamp";
import type { LampPattern } from "#sim/lamps/lamp-patterns";
import type { LampWatch } from "#sim/sip/lamp-watch";
import type { WatchView } from "#sim/sip/watch-dialog";
import { parseEvent } from "#sip/message/event-header";
import { headerOf, type SipRequest } from "#sip/message/message";
import type { ServerTransaction } from "#sip/transaction/user";
import { phoneModel, type PhoneModel } from "./phone-model.ts";
import { PhoneFailed, PhoneSession } from "./phone-session.ts";

export interface SimPhoneOptions {
  /** 12 hexadecimal digits, in any case, with or without separators. */
  readonly mac: string;
  /** What an installer would type into the phone: a folder, or the address of its master file. */
  readonly provisioningUrl: string;
  /** "VVX_400" when it is not given. */
  readonly model?: string;
  /** Local UDP port; any when it is not given. Kept over a reboot. */
  readonly localPort?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  readonly events?: SimPhoneEvents;
}

/** A monitored key and what its lamp shows. */
export interface SimKey {
  /** Place on the phone, from 1; the keys of the line come first. */
  readonly index: number;
  readonly label: string;
  /** As configured: "L1-0000FFFF0005_T1". */
  readonly address: string;
  readonly lamp: LampName;
  /** How the lamp burns on this model. */
  readonly pattern: LampPattern;
}

export type LampListener = (key: SimKey) => void;

/** What somebody may want to hear of a phone beside its lamps. */
export interface SimPhoneEvents {
  /** "registered", or what went wrong; also later, when a registration is not renewed. */
  readonly onStatus: (status: string) => void;
  readonly onViolation: (text: string) => void;
}

/** How the phone treats NOTIFYs of its dialogs: as it should, as if it had forgotten them, in trouble, or not at all. */
export type NotifyAnswer = "200" | "481" | "500" | "silent";

/**
 * A Polycom phone without plastic: fetches its files, registers, watches its keys and lights their lamps by the rules of the real one,
 * and writes down every NOTIFY that a real phone would have ignored.
 */
export class SimPhone {
  readonly mac: string;
  readonly model: PhoneModel;
  /** How NOTIFYs are answered from now on. */
  answerNotifies: NotifyAnswer = "200";
  readonly #provisioningUrl: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #events: SimPhoneEvents | undefined;
  readonly #violations: string[] = [];
  readonly #listeners = new Set<LampListener>();
  #session: PhoneSession | undefined;
  #localPort: number;
  /** Grows with every start and stop: what began in an older life does not go on. */
  #life = 0;
  #checkSyncs = 0;
  #boots = 0;

  constructor(options: SimPhoneOptions) {
    this.#provisioningUrl = options.provisioningUrl;
    this.mac = options.mac.replace(/[-:.]/g, "").toLowerCase();
    this.model = phoneModel(options.model);
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#log = (options.log ?? quietLog).with({ mac: this.mac });
    this.#localPort = options.localPort ?? 0;
    this.#events = options.events;
  }

  /** What a real phone would have ignored or choked on, in order: "L1-…: version went back: 3 after 7". */
  get violations(): readonly string[] {
    return this.#violations;
  }

  /** Requests to look for new files. */
  get checkSyncs(): number {
    return this.#checkSyncs;
  }

  /** How often it fetched its files to start. */
  get boots(): number {
    return this.#boots;
  }

  /** Label of the registration's own key, "" before the first boot. */
  get label(): string {
    return this.#session?.settings.registration.label ?? "";
  }

  /** The files that were asked for at the last boot, with the answer's status. */
  get askedFiles(): BootFiles["asked"] {
    return this.#session?.files.asked ?? [];
  }

  /** Parameters after merging. */
  get parameters(): BootFiles["parameters"] {
    return this.#session?.files.parameters ?? new Map();
  }

  /**
   * Boots: files, registration, subscriptions. Resolves when every subscription got its first NOTIFY. Rejects with PhoneFailed: at the step
   * "subscribe" the other keys work and the refused ones are tried again, before it only `reboot` helps. `stop` is due in any case.
   */
  async start(): Promise<void> {
    const life = (this.#life += 1);
    const files = await this.#fetch();
    if (this.#life !== life) throw new PhoneFailed("boot", "stopped meanwhile");
    const settings = readSettings(files.parameters);
    if (!settings.ok) throw new PhoneFailed("boot", settings.error);
    this.#boots += 1;
    const session = this.#createSession(files, settings.value);
    this.#session = session;
    try {
      await session.start(this.#localPort);
    } finally {
      this.#localPort = session.localPort;
    }
  }

  /** The monitored keys in their order. */
  keys(): readonly SimKey[] {
    return (this.#session?.keys() ?? []).map((key) => ({ ...key, pattern: this.model.lamps[key.lamp] }));
  }

  /** The subscriptions with their numbers, for tests of restarts. */
  watches(): readonly WatchView[] {
    return this.#session?.watches() ?? [];
  }

  watch(address: string): WatchView {
    return this.#watch(address).view;
  }

  /** Tells every change of a lamp; gives back how to stop that. */
  onLamp(listener: LampListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Resolves when the lamp of a key shows this, at once if it does already; rejects after the time with what it shows instead. */
  waitForLamp(address: string, wanted: LampName | ((key: SimKey) => boolean), timeoutMs: number): Promise<SimKey> {
    const isWanted = typeof wanted === "string" ? (key: SimKey): boolean => key.lamp === wanted : wanted;
    const now = this.#key(address);
    if (now !== undefined && isWanted(now)) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const stopTimer = this.#clock.after(timeoutMs, () => {
        stopListening();
        const shown = this.#key(address)?.lamp ?? "no such key";
        const noted = this.#violations.length === 0 ? "" : `; violations: ${this.#violations.join("; ")}`;
        const what = typeof wanted === "string" ? `"${wanted}"` : "as wanted";
        reject(
          new Error(`phone ${this.mac}: the lamp of ${address} was not ${what} within ${timeoutMs} ms, it is "${shown}"${noted}`),
        );
      });
      const stopListening = this.onLamp((key) => {
        if (key.address !== address || !isWanted(key)) return;
        stopTimer();
        stopListening();
        resolve(key);
      });
    });
  }

  /** Refreshes one subscription now. */
  async refresh(address: string): Promise<void> {
    await this.#watch(address).refresh();
  }

  /** Registers again now. */
  async register(): Promise<void> {
    await this.#session?.register();
  }

  /** Power off and on: nothing is said to the server, everything begins anew from the same port. */
  async reboot(): Promise<void> {
    await this.#session?.close();
    await this.start();
  }

  /** Ends it. With `unregister` the phone ends its subscriptions and its registration; otherwise it just goes dark. */
  async stop(options: { readonly unregister?: boolean } = {}): Promise<void> {
    this.#life += 1;
    if (options.unregister === true) await this.#session?.sayGoodbye();
    await this.#session?.close();
    this.#session = undefined;
  }

  async #fetch(): Promise<BootFiles> {
    const { mac, model } = this;
    const fetcher = new FileFetcher(`FileTransport ${model.userAgent} Type/Application`, this.#random);
    const reader = { mac, model: model.token, partNumber: model.partNumber };
    try {
      const files = await fetchBootFiles(this.#provisioningUrl, reader, (url) => fetcher.get(url), this.#log);
      if (files.ok) return files.value;
      throw new PhoneFailed("boot", files.error);
    } catch (error) {
      if (error instanceof PhoneFailed) throw error;
      throw new PhoneFailed("boot", error);
    }
  }

  #createSession(files: BootFiles, settings: PhoneSettings): PhoneSession {
    return new PhoneSession({
      clock: this.#clock,
      random: this.#random,
      log: this.#log,
      model: this.model,
      files,
      settings,
      onNotify: (transaction) => {
        this.#notified(transaction);
      },
      onLamp: (address) => {
        const key = this.#key(address);
        if (key !== undefined) for (const listener of [...this.#listeners]) listener(key);
      },
      onViolation: (text) => {
        this.#violations.push(text);
        this.#log.warn("a real phone would not like this", { violation: text });
        this.#events?.onViolation(text);
      },
      onStatus: (status) => {
        this.#events?.onStatus(status);
      },
    });
  }

  #notified(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.answerNotifies === "silent") return;
    if (request.to.tag === undefined && isCheckSync(request)) {
      transaction.respond({ status: 200 });
      this.#checkSyncs += 1;
      // A failed look changes nothing on a phone.
      this.#lookForChanges().catch((error: unknown) => {
        this.#log.warn("check-sync", { error: error instanceof Error ? error.message : String(error) });
      });
      return;
    }
    const owner = this.#session?.ownerOf(request);
    if (owner === undefined) transaction.respond({ status: 481 });
    else if (this.answerNotifies === "200") transaction.respond(owner.receive(request));
    else transaction.respond({ status: Number(this.answerNotifies) });
  }

  /** check-sync: fetches everything again and starts anew when something differs (polycom.md §7). */
  async #lookForChanges(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const files = await this.#fetch();
    if (this.#session !== session) return;
    if (session.settings.checkSyncAlwaysReboots || files.contents !== session.files.contents) await this.reboot();
  }

  #watch(address: string): LampWatch {
    const watch = this.#session?.watch(address);
    if (watch === undefined) throw new Error(`phone ${this.mac} has no key ${address}`);
    return watch;
  }

  #key(address: string): SimKey | undefined {
    return this.keys().find((key) => key.address === address);
  }
}

function isCheckSync(request: SipRequest): boolean {
  const event = parseEvent(headerOf(request, "event") ?? "");
  return event.ok && event.value.package === "check-sync";
}
