import type { DeviceState } from "../lamp/device-state.ts";
import { parseDeviceState } from "../lamp/parse-device-state.ts";
import { CC_OPTIONS } from "../site/account.ts";
import { splitAt } from "./application-call.ts";
import { isTrueCondition } from "./condition.ts";
import { VALUE_MAX } from "./expand.ts";
import type { FunctionName } from "./functions.ts";
import { parseCallerId } from "./caller-id.ts";
import type { LegRun } from "./leg-run.ts";

/** Where an extension without `@context` is looked up, as in Asterisk. */
const EXTENSION_CONTEXT = "default";
/** Characters of a caller's number or name. */
const CALLER_MAX = 255;

/** `${NAME(args)}`, the arguments filled in. */
export function readFunction(run: LegRun, name: FunctionName, args: string): string {
  return READERS[name](run, args);
}

const READERS: Readonly<Record<FunctionName, (run: LegRun, args: string) => string>> = {
  CALLERID: (run, args) => callerId(run, args.trim().toLowerCase()),
  CALLCOMPLETION: completion,
  DEVICE_STATE: (run, args) => deviceState(run, args.trim()),
  EXTENSION_STATE: (run, args) => {
    const [extension = "", context = EXTENSION_CONTEXT] = splitAt(args.trim(), "@", 2);
    return run.world.facts.extensionState(extension, context);
  },
  IF: (_, args) => {
    const [condition = "", branches = ""] = splitAt(args, "?", 2);
    const [yes = "", no = ""] = splitAt(branches, ":", 2);
    return (isTrueCondition(condition.trim()) ? yes : no).trim();
  },
  LEN: (_, args) => String(args.length),
};

/** `Set(NAME(args)=value)`. */
export function writeFunction(run: LegRun, name: FunctionName, args: string, value: string): void {
  if (name === "CALLERID") writeCallerId(run, args.trim().toLowerCase(), value.slice(0, CALLER_MAX));
  else if (name === "CALLCOMPLETION") writeCompletion(run, args, value);
  else if (name === "DEVICE_STATE") writeDeviceState(run, args.trim(), value);
}

function callerId(run: LegRun, part: string): string {
  const { callerName, callerNumber } = run.facts;
  if (part === "num" || part === "number") return callerNumber;
  if (part === "name") return callerName;
  if (part !== "all") return "";
  return callerName === "" ? callerNumber : `"${callerName}" <${callerNumber}>`;
}

function writeCallerId(run: LegRun, part: string, value: string): void {
  if (part === "num" || part === "number") run.change({ callerNumber: value.trim() });
  else if (part === "name") run.change({ callerName: value.trim() });
  else if (part === "all") {
    const { name, number } = parseCallerId(value);
    run.change({ callerName: name, callerNumber: number });
  } else run.warn(`CALLERID(${part}) is not supported; write CALLERID(num), CALLERID(name) or CALLERID(all)`);
}

function completion(run: LegRun, args: string): string {
  const option = args.trim().toLowerCase();
  const written = run.facts.completion.find(({ name }) => name === option);
  return written?.value ?? run.world.facts.completionOption(run.facts.channel, option);
}

function writeCompletion(run: LegRun, args: string, value: string): void {
  const option = args.trim().toLowerCase();
  if (!CC_OPTIONS.some((known) => known === option)) {
    run.warn(`CALLCOMPLETION has no option ${option}`);
    return;
  }
  const others = run.facts.completion.filter(({ name }) => name !== option);
  run.change({ completion: [...others, { name: option, value: value.slice(0, VALUE_MAX).trim() }] });
}

/** What this event has set already counts, though it is not done yet. */
function deviceState(run: LegRun, device: string): DeviceState {
  const set = run.effects.findLast((effect) => effect.type === "setDeviceState" && effect.device === device);
  return set?.type === "setDeviceState" ? set.state : run.world.facts.deviceState(device);
}

function writeDeviceState(run: LegRun, device: string, value: string): void {
  const state = parseDeviceState(value.trim());
  if (!/^custom:./i.test(device)) run.warn(`DEVICE_STATE(${device}) cannot be written; only Custom: devices can`);
  else if (state === undefined) run.warn(`${value} is no device state; write INUSE or NOT_INUSE`);
  else run.emit({ type: "setDeviceState", device: `Custom:${device.slice("custom:".length)}`, state });
}
