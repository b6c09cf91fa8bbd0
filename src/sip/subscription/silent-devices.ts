import type { Subscription } from "./subscription.ts";

/** So many subscriptions of one device without an answer, and one of them asks for all (C-35). */
const FAILING_MIN = 3;

interface Silence {
  /** Subscriptions whose last NOTIFY was not answered. */
  readonly failing: Set<Subscription>;
  /** What waits for the probe. */
  readonly held: Set<Subscription>;
  probe: Subscription | undefined;
}

/** Devices that answer nothing. A phone without power costs one NOTIFY at a time, not one for each of its lamps. */
export class SilentDevices {
  readonly #byDevice = new Map<string, Silence>();

  /** Nobody is silent: nothing to look up. */
  get isQuiet(): boolean {
    return this.#byDevice.size === 0;
  }

  /** A NOTIFY was not answered. True: it was the probe, and all subscriptions of the device are over. */
  failed(subscription: Subscription): boolean {
    const key = keyOf(subscription);
    if (this.#byDevice.get(key)?.probe === subscription) {
      this.#byDevice.delete(key);
      return true;
    }
    this.#silenceOf(key).failing.add(subscription);
    return false;
  }

  #silenceOf(key: string): Silence {
    const silence = this.#byDevice.get(key) ?? { failing: new Set(), held: new Set(), probe: undefined };
    this.#byDevice.set(key, silence);
    return silence;
  }

  /** Must this one wait for what the probe of its device tells? When there is none, this one is the probe. */
  mustWait(subscription: Subscription): boolean {
    const silence = this.#byDevice.get(keyOf(subscription));
    if (silence === undefined) return false;
    if (silence.failing.size < FAILING_MIN) {
      silence.held.delete(subscription);
      return false;
    }
    if (silence.probe === undefined || silence.probe === subscription) {
      silence.probe = subscription;
      silence.held.delete(subscription);
      return false;
    }
    silence.held.add(subscription);
    return true;
  }

  /** The device spoke. Gives what was waiting for that. */
  heard(subscription: Subscription): readonly Subscription[] {
    const key = keyOf(subscription);
    const silence = this.#byDevice.get(key);
    this.#byDevice.delete(key);
    return silence === undefined ? [] : [...silence.held];
  }

  /** A subscription is over for a reason of its own. */
  gone(subscription: Subscription): void {
    const key = keyOf(subscription);
    const silence = this.#byDevice.get(key);
    if (silence === undefined) return;
    silence.failing.delete(subscription);
    silence.held.delete(subscription);
    // The next one that wants to speak asks.
    if (silence.probe === subscription) silence.probe = undefined;
    if (silence.failing.size === 0 && silence.held.size === 0) this.#byDevice.delete(key);
  }

  /** Its device has another name from now on: what was held back waits for a sign of that one. */
  rename(subscription: Subscription, device: string): void {
    const isHeld = this.#byDevice.get(keyOf(subscription))?.held.has(subscription) === true;
    this.gone(subscription);
    if (isHeld) this.#silenceOf(keyOf(subscription, device)).held.add(subscription);
  }
}

function keyOf({ record: { watcher } }: Subscription, device = watcher.device): string {
  return `${watcher.aor}\n${device}`;
}
