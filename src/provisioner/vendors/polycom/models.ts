import { readTemplate } from "./templates.ts";

/** A row of templates/polycom/models.json. */
export interface PolycomModel {
  readonly id: string;
  readonly name: string;
  /** Token in User-Agent strings. */
  readonly token: string;
  /** Beginnings of its part numbers, which are also those of its firmware files. */
  readonly parts: readonly string[];
  readonly family: string;
  /** Newest release it runs: parameters of later ones are left out. */
  readonly release: string;
  /** Keys on the body, for lines and watched keys together; null: pages of a screen, or unknown. */
  readonly lineKeys: number | null;
  /** Keys that expansion modules can add. */
  readonly moduleKeys: number;
  readonly callsPerLineKey: number;
}

export const MODELS = readTemplate("models.json") as readonly PolycomModel[];

const GENERIC = MODELS.find((row) => row.id === "generic");
const BY_NAME = new Map(MODELS.flatMap((row) => [row.name, row.id].map((name) => [plain(name), row] as const)));

/** The model of an id or name in any spelling ("VVX_400", "vvx 400"); an unknown one is the generic one (design §9.30). */
export function modelOf(name: string): PolycomModel {
  const model = BY_NAME.get(plain(name)) ?? GENERIC;
  if (model === undefined) throw new Error("templates/polycom/models.json has no generic model");
  return model;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
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
