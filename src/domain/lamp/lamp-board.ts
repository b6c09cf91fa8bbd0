import { aggregateStates } from "./aggregate.ts";
import type { DeviceState, Slots } from "./device-state.ts";
import { extensionStateOf } from "./extension-state.ts";
import type { LampView } from "./lamp-view.ts";
import { deviceStateOf, dialogsBehind } from "./slots.ts";

/** A hint as the board needs it. */
export interface BoardHint {
  readonly extension: string;
  readonly context: string;
  readonly devices: readonly string[];
}

/** What a new set of hints did: which lamps are gone and which show something else now. */
export interface HintChanges {
  readonly removed: readonly LampView[];
  readonly changed: readonly LampView[];
}

const NO_SLOTS: Slots = {};

/**
 * All lamps of a site, recomputed from the facts: device slots → device states → extension states. A plain data structure; a view is the
 * same object for as long as it shows the same.
 */
export class LampBoard {
  readonly #fallback: (device: string) => DeviceState;
  readonly #slots = new Map<string, Slots>();
  #lamps = new Map<string, Entry>();
  #byDevice = new Map<string, Entry[]>();

  /** `fallback` gives the state of a device without slots. */
  constructor(fallback: (device: string) => DeviceState) {
    this.#fallback = fallback;
  }

  /** Takes over all slots of one device. Gives the lamps that show something else now. */
  setDeviceSlots(device: string, slots: Slots, at: number): readonly LampView[] {
    const before = this.#slots.get(device) ?? NO_SLOTS;
    if (before === slots) return [];
    if (Object.keys(slots).length === 0) this.#slots.delete(device);
    else this.#slots.set(device, slots);
    return this.#refresh(this.#byDevice.get(device) ?? [], at);
  }

  /** Takes over the hints of a reading of the site. What the site knows of devices may have changed too, so every lamp is computed. */
  replaceHints(hints: readonly BoardHint[], at: number): HintChanges {
    const before = this.#lamps;
    this.#lamps = new Map();
    this.#byDevice = new Map();
    for (const hint of hints) {
      const key = lampKey(hint.extension, hint.context);
      const view = before.get(key)?.view;
      const entry: Entry = { hint, view: view ?? this.#compute(hint, undefined, at) };
      this.#lamps.set(key, entry);
      for (const device of new Set(hint.devices)) {
        const entries = this.#byDevice.get(device);
        if (entries === undefined) this.#byDevice.set(device, [entry]);
        else entries.push(entry);
      }
    }
    const removed = [...before].filter(([key]) => !this.#lamps.has(key)).map(([, entry]) => entry.view);
    return { removed, changed: this.#refresh([...this.#lamps.values()], at) };
  }

  lamp(extension: string, context: string): LampView | undefined {
    return this.#lamps.get(lampKey(extension, context))?.view;
  }

  lamps(): readonly LampView[] {
    return [...this.#lamps.values()].map((entry) => entry.view);
  }

  /** Devices behind a lamp. */
  devicesOf(extension: string, context: string): readonly string[] {
    return this.#lamps.get(lampKey(extension, context))?.hint.devices ?? [];
  }

  /** Names of all devices that a hint or a source names. */
  devices(): readonly string[] {
    return [...new Set([...this.#slots.keys(), ...this.#byDevice.keys()])];
  }

  deviceSlots(device: string): Slots {
    return this.#slots.get(device) ?? NO_SLOTS;
  }

  deviceState(device: string): DeviceState {
    return deviceStateOf(this.deviceSlots(device), this.#fallback(device));
  }

  #refresh(entries: readonly Entry[], at: number): readonly LampView[] {
    const changed: LampView[] = [];
    for (const entry of entries) {
      const view = this.#compute(entry.hint, entry.view, at);
      if (view === entry.view) continue;
      entry.view = view;
      changed.push(view);
    }
    return changed;
  }

  #compute(hint: BoardHint, before: LampView | undefined, at: number): LampView {
    const states = hint.devices.map((device) => this.deviceState(device));
    // A hint without devices is Unavailable (sla.md §4.3).
    const deviceState = aggregateStates(states);
    const state = extensionStateOf(deviceState);
    const dialogs = hint.devices.flatMap((device, index) => dialogsBehind(this.deviceSlots(device), states[index] ?? "INVALID"));
    if (before?.state === state && JSON.stringify(before.dialogs) === JSON.stringify(dialogs)) return before;
    return { extension: hint.extension, context: hint.context, state, since: before?.state === state ? before.since : at, dialogs };
  }
}

interface Entry {
  readonly hint: BoardHint;
  view: LampView;
}

/** "\n" can stand in neither name. */
function lampKey(extension: string, context: string): string {
  return `${extension}\n${context}`;
}
