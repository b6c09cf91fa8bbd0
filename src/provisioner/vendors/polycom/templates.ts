import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";

/** A row of templates/polycom/phone.json. */
export interface ParameterTemplate {
  /** Path of its home element below the root. */
  readonly element: readonly string[];
  readonly name: string;
  readonly value: string;
  readonly since?: string;
  /** Smallest and largest whole number it takes. */
  readonly range?: readonly [number, number];
}

/** The document templates of a phone. */
export interface PhoneTemplate {
  readonly call: readonly ParameterTemplate[];
  readonly registration: readonly ParameterTemplate[];
  readonly attendant: readonly ParameterTemplate[];
  readonly key: readonly ParameterTemplate[];
  readonly dialog: readonly ParameterTemplate[];
}

export const PHONE = readTemplate("phone.json") as PhoneTemplate;

/** A file of templates/polycom. */
export function readTemplate(name: string): unknown {
  return JSON.parse(readFileSync(join(packageRoot, "templates/polycom", name), "utf8"));
}
