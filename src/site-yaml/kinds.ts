import { isSeq, type Node } from "yaml";
import { show } from "#domain/site/shown";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** A part of a JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What may stand at one place of a site.yaml: how it is read, and how an editor knows it. Both follow from one line of a table. */
export interface Kind<T> {
  readonly schema: JsonSchema;
  /** undefined: nothing is written, or it does not fit, which was said. */
  readonly read: (yaml: YamlFields, field: Field) => T | undefined;
}

/** The fields of a map by name. */
export type Fields = Readonly<Record<string, Kind<unknown>>>;

/** What a map with these fields says; absent = not written. */
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]?: F[K] extends Kind<infer T> ? T : never };

const TEXT_MAX_CHARACTERS = 255;
const SECONDS_MAX = 86_400;
const ON = ["yes", "true", "on"];
const OFF = ["no", "false", "off"];
/** Digits that a number of a site may have. */
const DIGITS_MAX = 9;

interface TextRules {
  readonly max?: number;
  /** May be "". */
  readonly mayBeEmpty?: boolean;
  /** What it must look like, and that in words. */
  readonly form?: { readonly pattern: RegExp; readonly words: string };
  /** Findings do not show it. */
  readonly isSecret?: boolean;
}

/** One line of text. YAML's numbers and words are taken as they are written: 007 stays 007. */
export function text(
  description: string,
  { max = TEXT_MAX_CHARACTERS, mayBeEmpty = false, form, isSecret = false }: TextRules = {},
): Kind<string> {
  const pattern = form === undefined ? {} : { pattern: form.pattern.source };
  return {
    schema: { description, type: ["string", "number", "boolean", "null"], maxLength: max, ...pattern },
    read: (yaml, { name, value }) => {
      if (value === undefined) return undefined;
      const word = yaml.textOf(value, show(name), { max, mayBeEmpty });
      if (word === undefined || form === undefined || form.pattern.test(word)) return word;
      const shown = isSecret ? "" : ` "${show(word)}"`;
      yaml.tree.say("YAML-W02", value, `${show(name)}${shown} is left out: write ${form.words}`);
      return undefined;
    },
  };
}

/** Whole seconds of at most a day; 0 is used for what is none. */
export function seconds(description: string): Kind<number> {
  return numberKind(description, { min: 0, max: SECONDS_MAX, what: "a number of seconds", instead: "0 is used" });
}

/** A whole number; what is none is left out. */
export function whole(description: string, min: number, max: number): Kind<number> {
  return numberKind(description, { min, max, what: "a whole number", instead: "it is left out" });
}

interface NumberRules {
  readonly min: number;
  readonly max: number;
  readonly what: string;
  readonly instead: string;
}

function numberKind(description: string, { min, max, what, instead }: NumberRules): Kind<number> {
  return {
    schema: { description, type: ["integer", "null"], minimum: min, maximum: max },
    read: (yaml, field) => {
      const word = yaml.text(field);
      if (word === undefined) return undefined;
      const number = /^\d+$/.test(word) && word.length <= DIGITS_MAX ? Number(word) : NaN;
      if (number >= min && number <= max) return number;
      yaml.tree.say("YAML-W02", field.value, `${show(field.name)} is ${what} from ${min} to ${max}: ${instead}`);
      return undefined;
    },
  };
}

/** yes or no; `fallback` is what the reader takes for anything else. */
export function flag(description: string, fallback = true): Kind<boolean> {
  return {
    schema: { description, enum: [true, false, ...ON, ...OFF, null] },
    read: (yaml, field) => {
      const word = yaml.text(field)?.toLowerCase();
      if (word === undefined) return undefined;
      if (ON.includes(word)) return true;
      if (OFF.includes(word)) return false;
      yaml.tree.say("YAML-W02", field.value, `${show(field.name)} is yes or no: ${fallback ? "yes" : "no"} is used`);
      return undefined;
    },
  };
}

/** One of a few words, in any case; `fallback` is what the reader takes for anything else. */
export function choice<T extends string>(description: string, words: readonly T[], fallback?: T): Kind<T> {
  return {
    schema: { description, enum: [...words, null] },
    read: (yaml, field) => {
      const word = yaml.text(field)?.toLowerCase();
      if (word === undefined) return undefined;
      const known = words.find((candidate) => candidate.toLowerCase() === word);
      if (known !== undefined) return known;
      const instead = fallback === undefined ? "it is left out" : `${fallback} is used`;
      yaml.tree.say("YAML-W02", field.value, `${show(field.name)} is ${words.join(" or ")}: ${instead}`);
      return undefined;
    },
  };
}

/** A list; one value counts as a list of one. */
export function list<T>(description: string, item: Kind<T>, max: number): Kind<readonly T[]> {
  return {
    schema: { description, anyOf: [{ type: "array", items: item.schema, maxItems: max }, item.schema] },
    read: (yaml, field) => {
      if (field.value === undefined) return undefined;
      const nodes = yaml.list(field.value);
      if (nodes.length > max)
        yaml.tree.say("YAML-W02", field.key, `${show(field.name)} has more than ${max} values: the first are used`);
      return nodes.slice(0, max).flatMap((value) => item.read(yaml, { name: field.name, key: value, value }) ?? []);
    },
  };
}

/** A list that must be one: its numbers belong together. */
export function numbers(description: string, min: number, max: number, length: number): Kind<readonly number[]> {
  const item = whole(description, min, max);
  const items = list(description, item, length);
  return {
    schema: { description, type: ["array", "null"], items: item.schema, maxItems: length },
    read: (yaml, field) => (field.value !== undefined && !isSeq(field.value) ? undefined : items.read(yaml, field)),
  };
}

/** A map with a fixed set of fields. */
export function record<F extends Fields>(description: string, place: string, fields: F): Kind<ValuesOf<F>> {
  return { schema: recordSchema(description, fields), read: (yaml, { value }) => readRecord(yaml, value, place, fields) };
}

/** The schema of a map with a fixed set of fields. */
export function recordSchema(description: string, fields: Fields): JsonSchema {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
  return { description, type: ["object", "null"], properties, additionalProperties: false };
}

/** The fields of a node that are written and fit; strangers are named (YAML-E05). */
export function readRecord<F extends Fields>(yaml: YamlFields, node: Node | undefined, place: string, fields: F): ValuesOf<F> {
  const written = yaml.known(node, Object.keys(fields), place);
  const values = Object.entries(fields).flatMap(([name, kind]) => {
    const field = written.get(name);
    const value = field === undefined ? undefined : kind.read(yaml, field);
    return value === undefined ? [] : [[name, value] as const];
  });
  // The names are those of the table, each with the value that its kind gives.
  return Object.fromEntries(values) as ValuesOf<F>;
}

/** What only a reader of its own can tell: the field itself. */
export function written(schema: JsonSchema): Kind<Field> {
  return { schema, read: (_yaml, field) => field };
}

/** The schema of a map whose keys are names that the admin chooses. */
export function mapSchema(description: string, item: JsonSchema): JsonSchema {
  return { description, type: ["object", "null"], additionalProperties: item };
}
