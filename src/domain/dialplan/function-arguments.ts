import { parseDeviceState } from "../lamp/parse-device-state.ts";
import { WRITABLE_FUNCTIONS } from "./functions.ts";

/** Something of a function that is not worked out here, or is written wrong; the text goes on behind the function's name. */
export interface FunctionMistake {
  readonly kind: "unsupported" | "wrong";
  readonly name: string;
  readonly text: string;
}

const CALLER_PARTS = ["num", "number", "name", "all"];
/** CALLERID with a word that is known already; more of one text is not looked at. */
const READ = /\$\{(CALLERID)\(([^(){}$,]{0,80})[,)]/g;

/** What is wrong with `Set(NAME(words)=value)`, as far as it can be told before a call; undefined = nothing, or no function. */
export function settingMistake(args: string): FunctionMistake | undefined {
  const [, name = "", words = "", value = ""] = /^\s*([^\s=($]+)\(([^=]*)\)\s*=(.*)$/su.exec(args) ?? [];
  if (name === "") return undefined;
  if (!WRITABLE_FUNCTIONS.some((writable) => writable === name))
    return { kind: "unsupported", name, text: "cannot be set: the line does nothing, remove it" };
  if (words.includes("$")) return undefined;
  return name === "DEVICE_STATE" ? deviceMistake(words.trim(), value.trim()) : wordMistake(name, words);
}

/** The same of `${CALLERID(words)}` within a text. Options of CALLCOMPLETION are looked at by check-completion.ts. */
export function readingMistakes(text: string): readonly FunctionMistake[] {
  if (!text.includes("CALLERID")) return [];
  return [...text.matchAll(READ)].flatMap(([, name = "", words = ""]) => wordMistake(name, words) ?? []);
}

function wordMistake(name: string, words: string): FunctionMistake | undefined {
  const word = (words.split(",")[0] ?? "").trim().toLowerCase();
  if (name === "CALLERID" && !CALLER_PARTS.includes(word))
    return { kind: "unsupported", name, text: "is worked out for num, name and all only: write one of these" };
  return undefined;
}

function deviceMistake(device: string, value: string): FunctionMistake | undefined {
  const name = "DEVICE_STATE";
  if (!/^custom:./iu.test(device))
    return { kind: "wrong", name, text: "can be set for devices of the dialplan only: write DEVICE_STATE(Custom:name)" };
  if (value.includes("$") || parseDeviceState(value) !== undefined) return undefined;
  return { kind: "wrong", name, text: "is set to something that is no state: write NOT_INUSE, INUSE or RINGING" };
}
