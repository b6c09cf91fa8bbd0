import type { ContextInclude, DialplanContext, Extension, Step } from "#domain/dialplan/dialplan";
import { meaningOf } from "#domain/dialplan/pattern";
import type { ExtensionName } from "./read-extensions-line.ts";

/** A context while its sections are read; all sections of one name are one context (sla.md §5.3). */
export class OpenContext {
  readonly name: string;
  readonly ignorePatterns = new Set<string>();
  readonly #includes = new Map<string, ContextInclude>();
  readonly #extensions = new Map<string, OpenExtension>();

  constructor(name: string) {
    this.name = name;
  }

  has(name: ExtensionName): boolean {
    return this.#extensions.has(keyOf(name));
  }

  extension(name: ExtensionName): OpenExtension {
    const known = this.#extensions.get(keyOf(name));
    if (known !== undefined) return known;
    const extension = new OpenExtension(name.name, name.callerId);
    this.#extensions.set(keyOf(name), extension);
    return extension;
  }

  /** A context that is included twice is searched once. */
  include(include: ContextInclude): void {
    if (!this.#includes.has(include.context)) this.#includes.set(include.context, include);
  }

  /** What was read; an extension of which no line could be used is left out. */
  close(): DialplanContext {
    return {
      name: this.name,
      extensions: [...this.#extensions.values()].flatMap((extension) => extension.close()),
      includes: [...this.#includes.values()],
      ignorePatterns: [...this.ignorePatterns],
    };
  }
}

/** Names that differ in their dashes only are one extension (sla.md §5.4). */
function keyOf({ name, callerId }: ExtensionName): string {
  return callerId === undefined ? meaningOf(name) : `${meaningOf(name)}/${callerId}`;
}

/** An extension while its lines are read. */
export class OpenExtension {
  readonly #name: string;
  readonly #callerId: string | undefined;
  readonly #steps: Step[] = [];
  #highest = 0;
  /** Made when a line does not follow the one above, which is rare. */
  #taken: Set<number> | undefined;
  #labels: Map<string, number> | undefined;

  constructor(name: string, callerId: string | undefined) {
    this.#name = name;
    this.#callerId = callerId;
  }

  /** False: that priority is there already, and stays. */
  add(step: Step): boolean {
    if (step.priority <= this.#highest) {
      this.#taken ??= new Set(this.#steps.map(({ priority }) => priority));
      if (this.#taken.has(step.priority)) return false;
    }
    this.#taken?.add(step.priority);
    this.#highest = Math.max(this.#highest, step.priority);
    this.#steps.push(step);
    if (step.label !== undefined) (this.#labels ??= new Map<string, number>()).set(step.label, step.priority);
    return true;
  }

  priorityOf(label: string): number | undefined {
    return this.#labels?.get(label);
  }

  close(): Extension[] {
    if (this.#steps.length === 0) return [];
    if (this.#taken !== undefined) this.#steps.sort((a, b) => a.priority - b.priority);
    return [{ name: this.#name, ...(this.#callerId === undefined ? {} : { callerId: this.#callerId }), steps: this.#steps }];
  }
}
