import { mkdir } from "node:fs/promises";
import { ClassicLevel } from "classic-level";
import { StoreError, type StoreErrorCode } from "../errors.ts";
import { Contents } from "./contents.ts";
import { parseLine, SCHEMA, SCHEMA_KEY } from "./level-keys.ts";

export type Level = ClassicLevel;

/** Lines taken from the log at a time. */
const LOAD_LINES = 1000;

/** Opens the log in a folder (made when missing, closed to other users: it holds secrets) and checks that it is ours to read. */
export async function openLevel(folder: string): Promise<Level> {
  const level: Level = new ClassicLevel(folder, { keyEncoding: "utf8", valueEncoding: "utf8" });
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await level.open();
  } catch (error) {
    throw openFailure(folder, error);
  }
  try {
    await checkSchema(level, folder);
  } catch (error) {
    await level.close();
    throw error;
  }
  return level;
}

/** Reads the whole log into memory. */
export async function loadContents(level: Level): Promise<Contents> {
  const contents = new Contents();
  const iterator = level.iterator();
  try {
    for (let lines = await iterator.nextv(LOAD_LINES); lines.length > 0; lines = await iterator.nextv(LOAD_LINES)) {
      for (const [key, text] of lines) loadLine(contents, key, text);
    }
  } catch (error) {
    throw error instanceof StoreError ? error : new StoreError("store-broken", reason(error), error);
  } finally {
    await iterator.close();
  }
  return contents;
}

function loadLine(contents: Contents, key: string, text: string): void {
  const line = parseLine(key, text);
  if (line === undefined) throw new StoreError("store-broken", `unknown entry ${JSON.stringify(key.slice(0, 80))}`);
  contents.load(line);
}

async function checkSchema(level: Level, folder: string): Promise<void> {
  const text = await level.get(SCHEMA_KEY);
  if (text === undefined) {
    await level.put(SCHEMA_KEY, String(SCHEMA), { sync: true });
    return;
  }
  if (!(Number(text) >= 1)) throw new StoreError("store-broken", folder);
  if (Number(text) > SCHEMA) throw new StoreError("store-newer", folder);
}

function openFailure(folder: string, error: unknown): StoreError {
  return new StoreError(openFailureCode(error), `${folder}: ${reason(error)}`, error);
}

function openFailureCode(error: unknown): StoreErrorCode {
  const codes = [codeOf(error), codeOf(error instanceof Error ? error.cause : undefined)];
  if (codes.includes("LEVEL_LOCKED")) return "store-locked";
  return codes.includes("LEVEL_CORRUPTION") ? "store-broken" : "store-unwritable";
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The innermost sentence: the outer one only says that it failed. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
