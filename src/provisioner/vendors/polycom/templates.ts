import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";

/** A row of templates/polycom/models.json. */
export interface PolycomModel {
  readonly id: string;
  readonly name: string;
  /** Token in User-Agent strings. */
  readonly token: string;
  /** Newest release it runs: parameters of later ones are left out. */
  readonly release: string;
  /** Keys for lines and watched keys together. */
  readonly lineKeys: number;
  readonly callsPerLineKey: number;
}

/** A row of templates/polycom/phone.json. */
export interface ParameterTemplate {
  /** Path of its home element below the root. */
  readonly element: readonly string[];
  readonly name: string;
  readonly value: string;
  readonly since?: string;
}

/** The document templates of a phone. */
export interface PhoneTemplate {
  readonly call: readonly ParameterTemplate[];
  readonly registration: readonly ParameterTemplate[];
  readonly attendant: readonly ParameterTemplate[];
  readonly key: readonly ParameterTemplate[];
}

export const MODELS = readTemplate("models.json") as readonly PolycomModel[];
export const PHONE = readTemplate("phone.json") as PhoneTemplate;

function readTemplate(name: string): unknown {
  return JSON.parse(readFileSync(join(packageRoot, "templates/polycom", name), "utf8"));
}

/** The model of that id; an unknown one is the generic one (design §9.30). */
export function modelOf(id: string): PolycomModel {
  const model = MODELS.find((row) => row.id === id) ?? MODELS.find((row) => row.id === "generic");
  if (model === undefined) throw new Error("templates/polycom/models.json has no generic model");
  return model;
}

/** Does a release know a parameter of `since`? "4.0.15" comes before "5.9". */
export function knows(release: string, since: string | undefined): boolean {
  if (since === undefined) return true;
  const [have, need] = [release, since].map((text) => text.split(".").map(Number));
  for (let part = 0; part < 3; part += 1) {
    const difference = (have?.[part] ?? 0) - (need?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
