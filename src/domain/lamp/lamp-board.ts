import type { Hint } from "../site/site.ts";
import { aggregate } from "./aggregate.ts";
import type { DeviceState, Slots } from "./device-state.ts";
import { lampOf, type DeviceFacts, type Lamp } from "./lamp.ts";
import type { LampView } from "./lamp-view.ts";
import { publishedDevicesOf, publishedName } from "./published-device.ts";
import { sameDialogs } from "./same-dialogs.ts";
import { NO_SLOTS, stateOfSlots } from "./slots.ts";

/** What a reload did to the lamps. */
export interface HintChanges {
  readonly added: readonly LampView[];
  readonly removed: readonly LampView[];
  /** Hints that stayed and show something else now. */
  readonly changed: readonly LampView[];
}

interface Entry {
  /** Devices that the hint names. */
  readonly named: readonly string[];
  /** Those, and the devices of what is published for the extension itself while there is any. */
  devices: readonly string[];
  view: LampView;
}

type Entries = Map<string, Map<string, Entry>>;

const NO_ENTRIES: readonly Entry[] = [];

/**
 * All lamps of a site in memory: slots of devices in, views of hints out. A view is always worked out from the slots and never from
 * the view before it, but for `since`; a view that did not change is the same object. Maps throughout: names are strangers' strings.
 */
export class LampBoard {
  readonly #slots = new Map<string, Slots>();
  readonly #facts: DeviceFacts = {
    slots: (device) => this.deviceSlots(device),
    defaultState: (device) => this.#defaultState(device),
  };
  #defaultState: (device: string) => DeviceState = () => "INVALID";
  /** context → extension → entry. */
  #entries: Entries = new Map();
  #byDevice = new Map<string, Set<Entry>>();

  /** Takes the slots of a device as they are now; gives the lamps that show something else since. */
  setDeviceSlots(device: string, slots: Slots, at: number): readonly LampView[] {
    if (Object.keys(slots).length === 0) this.#slots.delete(device);
    else this.#slots.set(device, slots);
    const changed: LampView[] = [];
    for (const entry of this.#shownIn(device)) {
      const view = nextView(entry.view, lampOf(entry.devices, this.#facts), at);
      if (view !== entry.view) changed.push(view);
      entry.view = view;
    }
    return changed;
  }

  /**
   * Takes the hints of a site and the state of devices of which nobody says anything. Of two hints of one name the first counts.
   * A new lamp has its state since its slots say so, else since `at`: at a start, give the slots first and then the hints.
   */
  replaceHints(hints: Iterable<Hint>, defaultState: (device: string) => DeviceState, at: number): HintChanges {
    const before = this.#entries;
    const added: LampView[] = [];
    const changed: LampView[] = [];
    this.#entries = new Map();
    this.#byDevice = new Map();
    this.#defaultState = defaultState;
    for (const hint of hints) {
      if (find(this.#entries, hint) !== undefined) continue;
      const known = find(before, hint)?.view;
      const view = this.#viewOf(hint, known, at);
      if (known === undefined) added.push(view);
      else if (view !== known) changed.push(view);
      this.#enter(hint, view);
    }
    return { added, removed: views(before).filter((view) => find(this.#entries, view) === undefined), changed };
  }

  /** Adds one hint that is not on the board yet; gives its lamp. */
  addHint(hint: Hint, at: number): LampView {
    const known = find(this.#entries, hint)?.view;
    if (known !== undefined) return known;
    const view = this.#viewOf(hint, undefined, at);
    this.#enter(hint, view);
    return view;
  }

  /** Takes one hint off the board; gives its lamp. */
  removeHint(name: { readonly extension: string; readonly context: string }): LampView | undefined {
    const entry = find(this.#entries, name);
    if (entry === undefined) return undefined;
    this.#entries.get(name.context)?.delete(name.extension);
    for (const device of new Set(entry.devices)) this.#forget(entry, device);
    return entry.view;
  }

  /** Devices that the lamp of this name shows, what is published for it included. */
  devicesOf(name: { readonly extension: string; readonly context: string }): readonly string[] {
    return find(this.#entries, name)?.devices ?? [];
  }

  /** What the hint of this name shows; undefined when there is none. */
  lamp(extension: string, context: string): LampView | undefined {
    return this.#entries.get(context)?.get(extension)?.view;
  }

  /** All lamps, in the order of the hints. */
  lamps(): readonly LampView[] {
    return views(this.#entries);
  }

  /** Names of the devices that lamps show. */
  devices(): Iterable<string> {
    return this.#byDevice.keys();
  }

  deviceSlots(device: string): Slots {
    return this.#slots.get(device) ?? NO_SLOTS;
  }

  /** State of a device by its slots, else its default. */
  deviceState(device: string): DeviceState {
    return stateOfSlots(this.deviceSlots(device)) ?? this.#defaultState(device);
  }

  #enter(hint: Hint, view: LampView): void {
    const entry: Entry = { named: hint.devices, devices: this.#shownBy(hint), view };
    bucket(this.#entries, hint.context, () => new Map<string, Entry>()).set(hint.extension, entry);
    for (const device of new Set(entry.devices)) bucket(this.#byDevice, device, () => new Set<Entry>()).add(entry);
  }

  /** Only what somebody publishes takes room: most hints have nothing but their devices. */
  #shownBy(hint: Pick<Hint, "extension" | "context" | "devices">): readonly string[] {
    const published = publishedDevicesOf(hint).filter((device) => this.#slots.has(device) && !hint.devices.includes(device));
    return published.length === 0 ? hint.devices : [...hint.devices, ...published];
  }

  /** Hints whose lamps may show something else since the slots of a device changed. */
  #shownIn(device: string): Iterable<Entry> {
    const published = this.#publishedFor(device);
    const isSaid = this.#slots.has(device);
    if (isSaid) for (const entry of published) this.#attach(entry, device);
    const shown = this.#byDevice.get(device) ?? NO_ENTRIES;
    if (isSaid || published.length === 0) return shown;
    // What shows it no more has changed as well.
    const shownBefore = [...shown];
    for (const entry of published) this.#detach(entry, device);
    return shownBefore;
  }

  /** Hints that this device is published for. */
  #publishedFor(device: string): readonly Entry[] {
    const name = publishedName(device);
    if (name === undefined) return NO_ENTRIES;
    const entries = new Set([...this.#entries.values()].flatMap((ofContext) => ofContext.get(name.everywhere) ?? []));
    const one = name.one === undefined ? undefined : find(this.#entries, name.one);
    if (one !== undefined) entries.add(one);
    return [...entries].filter((entry) => !entry.named.includes(device));
  }

  #attach(entry: Entry, device: string): void {
    if (entry.devices.includes(device)) return;
    entry.devices = this.#shownBy({ ...entry.view, devices: entry.named });
    bucket(this.#byDevice, device, () => new Set<Entry>()).add(entry);
  }

  #detach(entry: Entry, device: string): void {
    if (!entry.devices.includes(device)) return;
    entry.devices = entry.devices.filter((other) => other !== device);
    this.#forget(entry, device);
  }

  #forget(entry: Entry, device: string): void {
    const others = this.#byDevice.get(device);
    others?.delete(entry);
    if (others?.size === 0) this.#byDevice.delete(device);
  }

  #viewOf(hint: Hint, known: LampView | undefined, at: number): LampView {
    const devices = this.#shownBy(hint);
    const lamp = lampOf(devices, this.#facts);
    if (known !== undefined) return nextView(known, lamp, at);
    return { extension: hint.extension, context: hint.context, ...lamp, since: this.#sinceOf(devices) ?? at };
  }

  /** Since when the slots give the state that they give: since the oldest slot of that state, or since the newest of a mixture. */
  #sinceOf(devices: readonly string[]): number | undefined {
    const winner = aggregate(devices.map((device) => this.deviceState(device)));
    const slots = devices.flatMap((device) => Object.values(this.deviceSlots(device)));
    const winners = slots.filter((slot) => slot.state === winner);
    if (winners.length > 0) return Math.min(...winners.map((slot) => slot.since));
    return slots.length > 0 ? Math.max(...slots.map((slot) => slot.since)) : undefined;
  }
}

/** The view after a look at the facts; the same object when they show the same. */
function nextView(view: LampView, lamp: Lamp, at: number): LampView {
  const stays = view.state === lamp.state;
  if (stays && sameDialogs(view.dialogs, lamp.dialogs)) return view;
  return { ...view, ...lamp, since: stays ? view.since : at };
}

function find(entries: Entries, hint: { readonly extension: string; readonly context: string }): Entry | undefined {
  return entries.get(hint.context)?.get(hint.extension);
}

function views(entries: Entries): readonly LampView[] {
  return [...entries.values()].flatMap((ofContext) => [...ofContext.values()].map((entry) => entry.view));
}

function bucket<V>(map: Map<string, V>, key: string, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
