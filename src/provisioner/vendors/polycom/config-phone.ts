import { normalMac } from "#domain/site/derived-phones";
import type { Position } from "#domain/site/diagnostic";
import type { ConfigParameter, ConfigReading } from "./read-config.ts";

/** A registration as a phone's file describes it. */
export interface ConfigRegistration {
  /** From 1. */
  readonly number: number;
  readonly address: string;
  readonly userId?: string;
  readonly label?: string;
  readonly secret?: string;
  /** Keys that it takes. */
  readonly lineKeys: number;
  readonly at: Position;
}

/** A key that watches and dials an address. */
export interface ConfigKey {
  readonly number: number;
  readonly address: string;
  readonly label?: string;
  readonly type?: string;
  readonly at: Position;
}

/** A phone as its file describes it; what an import takes over. */
export interface ConfigPhone {
  /** Of the file's name: "0000ffff0005.cfg", "0004f2abcdef-phone.cfg". */
  readonly mac?: string;
  readonly registrations: readonly ConfigRegistration[];
  readonly keys: readonly ConfigKey[];
}

/** Numbers of registrations and keys that are looked at; no phone has more (polycom.md §1.6). */
const NUMBERS_MAX = 100;
const LINE_KEYS_MAX = 100;

/** The phone that a file describes: its registrations and watched keys, in the order of their numbers. */
export function configPhone({ parameters }: Pick<ConfigReading, "parameters">, file: string): ConfigPhone {
  const mac = macOf(file);
  return {
    ...(mac === undefined ? {} : { mac }),
    registrations: numbered(parameters, "reg", ({ number, address, at }, written) => ({
      number,
      address,
      ...optional("userId", written("auth.userId")),
      ...optional("label", written("label")),
      ...optional("secret", written("auth.password")),
      lineKeys: lineKeysOf(written("lineKeys")),
      at,
    })),
    keys: numbered(parameters, "attendant.resourceList", ({ number, address, at }, written) => ({
      number,
      address,
      ...optional("label", written("label")),
      ...optional("type", written("type")),
      at,
    })),
  };
}

interface Numbered {
  readonly number: number;
  readonly address: string;
  readonly at: Position;
}

/** One item a number whose address is written. */
function numbered<T>(
  parameters: ReadonlyMap<string, ConfigParameter>,
  prefix: string,
  make: (item: Numbered, written: (name: string) => string | undefined) => T,
): T[] {
  return Array.from({ length: NUMBERS_MAX }, (_, index) => index + 1).flatMap((number) => {
    const address = parameters.get(`${prefix}.${number}.address`);
    if (address === undefined || address.value === "") return [];
    const written = (name: string): string | undefined => parameters.get(`${prefix}.${number}.${name}`)?.value;
    return [make({ number, address: address.value, at: address.at }, written)];
  });
}

/** A field that is only there when something is written. */
function optional<K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined || value === "" ? {} : ({ [name]: value } as Record<K, string>);
}

/** One key unless a number is written. */
function lineKeysOf(text = ""): number {
  return /^\d{1,3}$/.test(text) ? Math.min(Number(text), LINE_KEYS_MAX) : 1;
}

function macOf(file: string): string | undefined {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return normalMac(/^[0-9a-f]{12}(?=[.-])/i.exec(name)?.[0] ?? "");
}
