import type { XmlElement } from "#base/xml/element";
import { readXml, type XmlLimits } from "#base/xml/read-xml";
import type { Diagnostic, Position } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import { TextLines } from "./text-lines.ts";
import { repairConfig, type PrintedSign } from "./repair-config.ts";

/** A parameter of a phone, "reg.1.address", and where its value stands. */
export interface ConfigParameter {
  readonly name: string;
  readonly value: string;
  readonly at: Position;
}

/** What a configuration file of a phone says. */
export interface ConfigReading {
  /** By name; of two with one name the later. Empty when the file cannot be read. */
  readonly parameters: ReadonlyMap<string, ConfigParameter>;
  /** The text with the signs of a printed page replaced: well-formed unless `rejected`. */
  readonly repaired: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly rejected: boolean;
}

/** Complete files of all parameters that vendors ship are below these. */
const LIMITS: XmlLimits = { characters: 1_048_576, depth: 32, elements: 20_000, attributes: 5000 };
/** Signs named one by one; a printed page has fewer. */
const SIGNS_MAX = 500;

/** Is a text a configuration of such a phone? Other files of the same name endings belong to other programs. */
export function isPolycomConfig(text: string): boolean {
  return /<(?:polycomConfig|PHONE_CONFIG|reg|attendant)[\s/>]/.test(text);
}

/**
 * Reads a configuration file (polycom.md §1). What a printed page did to its quotes, dashes and blanks is named sign by sign (SLA-W20) and
 * repaired; then it must be XML, or it is rejected as the phone would (CONF-E41).
 */
export function readPolycomConfig(text: string, file: string): ConfigReading {
  const written = text.replace(/^\ufeff/, "");
  const lines = new TextLines(written, file);
  const { text: repairedText, signs, valuesAt } = repairConfig(written.slice(0, LIMITS.characters + 1));
  const asWritten = readXml(written, LIMITS);
  const isWellFormed = asWritten.ok;
  const xml = isWellFormed ? asWritten : readXml(repairedText, LIMITS);
  // In a file that phones read, only what stands in values may have been meant otherwise.
  const named = isWellFormed ? signs.filter(({ replacement }) => replacement === undefined) : signs;
  const found = nameSigns(named, lines);
  if (!xml.ok) {
    const diagnostics = [...found, notXml(xml.error, file)];
    return { parameters: new Map(), repaired: repairedText, diagnostics, rejected: true };
  }
  const parameters = parametersOf(xml.value, valuesAt, lines);
  return { parameters, repaired: isWellFormed ? written : repairedText, diagnostics: found, rejected: false };
}

function nameSigns(signs: readonly PrintedSign[], lines: TextLines): Diagnostic[] {
  const found = signs.slice(0, SIGNS_MAX).map((sign) => ({ ...lines.at(sign.index), code: "SLA-W20", message: messageOf(sign) }));
  const next = signs[SIGNS_MAX];
  if (next === undefined) return found;
  const message = `and ${signs.length - SIGNS_MAX} more signs of a printed page from here on: type them with the keyboard`;
  return [...found, { ...lines.at(next.index), code: "SLA-W20", message }];
}

function messageOf({ sign, replacement }: PrintedSign): string {
  const point = `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  if (replacement === undefined)
    return `${point} is kept in this value, but it is a sign of a printed page: type it with the keyboard if that is meant`;
  const typed = replacement === " " ? "a blank" : replacement;
  return `${point} is a sign of a printed page, for which the phone refuses the file: type ${typed} instead`;
}

/** The strict reader says where: "3:14: unclosed tag". */
function notXml(error: string, file: string): Diagnostic {
  const [, line = "1", column = "1", reason = error] = /^(\d+):(\d+): (.*)/.exec(error) ?? [];
  const message = `is no XML, the phone refuses the file (${show(reason, 100)}): mend it here`;
  return { file, line: Number(line), column: Math.max(1, Number(column)), code: "CONF-E41", message };
}

/** Attributes whose names have parts; what else there is belongs to XML (xmlns). */
function parametersOf(root: XmlElement, valuesAt: readonly number[], lines: TextLines): ReadonlyMap<string, ConfigParameter> {
  const parameters = new Map<string, ConfigParameter>();
  let next = 0;
  for (const element of everyElement(root))
    for (const [name, value] of Object.entries(element.attributes ?? {})) {
      const at = lines.at(valuesAt[next] ?? 0);
      next += 1;
      if (name.includes(".") && !name.includes(":")) parameters.set(name, { name, value, at });
    }
  return parameters;
}

function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children ?? []) if (typeof child !== "string") yield* everyElement(child);
}
