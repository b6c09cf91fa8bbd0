import type { DeviceState } from "../lamp/device-state.ts";
import { show } from "../site/shown.ts";
import { readFunction, writeFunction } from "./call-functions.ts";
import type { DialplanLookup, Place } from "./dialplan-lookup.ts";
import { type Scope, VALUE_MAX } from "./expand.ts";
import { type FunctionName, WRITABLE_FUNCTIONS } from "./functions.ts";
import type { LegEffect } from "./leg-effect.ts";
import { type LegFacts, type Variable, VARIABLES_MAX } from "./leg.ts";

/** What a step may ask while it runs; a picture of one moment, read only. */
export interface SiteFacts {
  deviceState(device: string): DeviceState;
  /** By Asterisk's parseable names; UNKNOWN without a hint. */
  extensionState(extension: string, context: string): string;
  /** Device list and name of a hint. */
  hint(extension: string, context: string): { readonly devices: string; readonly name: string } | undefined;
  /** The device's own value of an option of call completion; "" = none. */
  completionOption(channel: string, option: string): string;
  /** Whether the tone zone of the leg knows a tone of this name. */
  hasTone(name: string): boolean;
}

/** What legs run in: the site as it is at the moment of the event. */
export interface DialplanWorld {
  readonly lookup: DialplanLookup;
  readonly facts: SiteFacts;
  /** `autofallthrough=no`: at the end of an extension, digits of another one are waited for. */
  readonly waitsForDigits?: boolean;
}

/** Lines logged by one event. */
const LOGS_MAX = 100;
/** Characters of a logged line. */
const LOG_LENGTH_MAX = 300;

/** One leg during one event: what is known of it so far, and the effects so far. */
export class LegRun implements Scope {
  readonly world: DialplanWorld;
  readonly effects: LegEffect[] = [];
  facts: LegFacts;
  /** In the `h` extension: nothing can be done to the leg any more. */
  ending = false;
  #logs = 0;

  constructor(world: DialplanWorld, facts: LegFacts) {
    this.world = world;
    this.facts = facts;
  }

  change(changed: Partial<LegFacts>): void {
    this.facts = { ...this.facts, ...changed };
  }

  /** An extension of the context the leg is in, or the one it is in. */
  place(extension = this.facts.extension, context = this.facts.context): Place {
    return { context, extension, callerNumber: this.facts.callerNumber };
  }

  emit(effect: LegEffect): void {
    if (!this.ending || effect.type === "log" || effect.type === "setDeviceState") this.effects.push(effect);
  }

  /** The id of a new wait. */
  newWait(): number {
    this.change({ waitCount: this.facts.waitCount + 1 });
    return this.facts.waitCount;
  }

  note(text: string): void {
    this.#log("note", text);
  }

  warn(text: string): void {
    this.#log("warning", text);
  }

  #log(level: "note" | "warning", text: string): void {
    this.#logs += 1;
    if (this.#logs <= LOGS_MAX) this.effects.push({ type: "log", level, text: show(text, LOG_LENGTH_MAX) });
  }

  /** Built-in, then set on this leg, then global (sla.md §5.6). */
  variable(name: string): string {
    return BUILT_IN.get(name)?.(this.facts, this.world.facts) ?? this.#own(name) ?? this.world.lookup.globals.get(name) ?? "";
  }

  call(name: FunctionName, args: string): string {
    return readFunction(this, name, args);
  }

  /** A variable, or a function that can be written. */
  set(name: string, value: string): void {
    const paren = name.indexOf("(");
    if (paren === -1) {
      this.setVariable(name, value);
      return;
    }
    const called = WRITABLE_FUNCTIONS.find((writable) => writable === name.slice(0, paren));
    const close = name.lastIndexOf(")");
    if (called === undefined) this.warn(`function ${name.slice(0, paren)} cannot be written`);
    else writeFunction(this, called, name.slice(paren + 1, close < paren ? undefined : close), value);
  }

  setVariable(written: string, value: string): void {
    const name = written.replace(/^__?/, "");
    const inherit = written === name ? {} : { inherit: written.startsWith("__") ? ("always" as const) : ("once" as const) };
    const variable: Variable = { name, value: value.slice(0, VALUE_MAX), ...inherit };
    const { variables } = this.facts;
    const at = variables.findIndex((one) => one.name === name);
    if (at !== -1) this.change({ variables: variables.with(at, variable) });
    else if (variables.length < VARIABLES_MAX) this.change({ variables: [...variables, variable] });
    else this.warn(`more than ${VARIABLES_MAX} variables: ${name} is not set`);
  }

  /** What legs dialled from here begin with. */
  inherited(): readonly Variable[] {
    return this.facts.variables
      .filter(({ inherit }) => inherit !== undefined)
      .map(({ name, value, inherit }) => (inherit === "always" ? { name, value, inherit } : { name, value }));
  }

  #own(name: string): string | undefined {
    return this.facts.variables.find((one) => one.name === name)?.value;
  }
}

/** Names that are worked out from where the leg is; nothing that is set under such a name is ever seen. */
const BUILT_IN: ReadonlyMap<string, (facts: LegFacts, site: SiteFacts) => string> = new Map([
  ["EXTEN", ({ extension }) => extension],
  ["CONTEXT", ({ context }) => context],
  ["PRIORITY", ({ priority }) => String(priority)],
  ["CHANNEL", ({ channel }) => channel],
  ["UNIQUEID", ({ uniqueId }) => uniqueId],
  ["HANGUPCAUSE", ({ cause }) => String(cause)],
  ["EPOCH", ({ at }) => String(Math.floor(at / 1000))],
  ["HINT", ({ extension, context }, site) => site.hint(extension, context)?.devices ?? ""],
  ["HINTNAME", ({ extension, context }, site) => site.hint(extension, context)?.name ?? ""],
]);
