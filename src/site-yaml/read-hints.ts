import { show } from "#domain/site/shown";
import type { Hint } from "#domain/site/site";
import { hintDevices } from "./dialplan-fields.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** Devices in one hint. */
const DEVICES_MAX = 50;
/** An extension that a phone can subscribe to, or a pattern of such ("_7XXX", sla.md §2.7, §5.4). */
const EXTENSION = /^[^\s\p{C}"<>@;,/\\]{1,79}$/u;

/** Collects the hints of a file; each extension of a context has one. */
export class HintReader {
  readonly hints: Hint[];
  readonly #yaml: YamlFields;
  /** Whose it is, by extension and context. */
  readonly #taken: Map<string, "is a line key already" | "stands twice">;

  /** `ofKeys` are those of the line keys, whose names no other may take. */
  constructor(yaml: YamlFields, ofKeys: readonly Hint[]) {
    this.#yaml = yaml;
    this.hints = [...ofKeys];
    this.#taken = new Map(ofKeys.map((hint) => [keyOf(hint), "is a line key already"]));
  }

  /** `hints`: extension: [Tech/resource, …]. */
  read(field: Field | undefined, context: string): void {
    for (const written of this.#yaml.of(field?.value, "hints").values()) this.#readHint(written, context);
  }

  #readHint(written: Field, context: string): void {
    const extension = written.name;
    const items = this.#yaml.list(written.value);
    const taken = this.#taken.get(keyOf({ extension, context }));
    if (items.length === 0 || items.length > DEVICES_MAX || !EXTENSION.test(extension) || taken !== undefined) {
      const what = taken === undefined ? "is left out" : `${taken}: remove it`;
      const form = `write "100": [Tech/resource, …], 1 to ${DEVICES_MAX} devices`;
      this.#yaml.tree.say("YAML-E08", written.key, `hint "${show(extension)}" ${what}: ${form}`);
      return;
    }
    const devices = hintDevices.read(this.#yaml, { ...written, name: "a device of a hint" }) ?? [];
    if (devices.length === 0) return;
    this.#taken.set(keyOf({ extension, context }), "stands twice");
    this.hints.push({ extension, context, devices, origin: this.#yaml.tree.origin(written.key) });
  }
}

function keyOf({ extension, context }: Pick<Hint, "extension" | "context">): string {
  return `${extension}@${context}`;
}
