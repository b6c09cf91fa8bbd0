import type { PhoneSoftware } from "../../vendor.ts";
import { MODELS } from "./models.ts";

/** Longer ones are not a phone's. */
const HEADER_MAX_CHARACTERS = 256;

/** `[FileTransport ]<brand>-<model>-UA/<version>[_<mac>][ (SN:<mac>)][ Type/<stage>]` (polycom.md §1.4). */
const GRAMMAR =
  /^(?:FileTransport |Microbrowser\/[\d.]+ )?Poly[A-Za-z]{0,24}-([A-Za-z0-9]{1,16}(?:_[A-Za-z0-9]{1,16})?)-UA\/(\d[\d.]{0,31})(?:_([0-9a-fA-F]{12}))?(?: \(SN:([0-9a-fA-F]{12})\))?(?: Type\/(Updater|Application))?$/;

const STAGES = new Map([
  ["Updater", "updater"],
  ["Application", "application"],
] as const);

/** What a Polycom phone says of itself in HTTP or SIP; undefined: it is none, or does not say it in its own way. */
export function readUserAgent(header: string): PhoneSoftware | undefined {
  if (header.length > HEADER_MAX_CHARACTERS) return undefined;
  const match = GRAMMAR.exec(header);
  if (match === null) return undefined;
  const [, token = "", version = "", tag, serial, stage] = match;
  const model = MODELS.find((row) => row.token === token);
  const mac = (serial ?? tag)?.toLowerCase();
  return {
    ...(model === undefined ? {} : { model: model.id }),
    token,
    version,
    stage: STAGES.get(stage as "Updater" | "Application") ?? "unknown",
    ...(mac === undefined ? {} : { mac }),
  };
}
