import type { CcOptions } from "#domain/site/account";
import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { Entry } from "../conf/conf-value.ts";
import type { Say } from "../options/read-values.ts";
import { written, type SectionOptions } from "../options/section-options.ts";

const AGENT_POLICIES = ["never", "generic", "native"] as const;
const MONITOR_POLICIES = [...AGENT_POLICIES, "always"] as const;
/** Seconds that still fit when they are counted in milliseconds of 32 bits, as Asterisk does (ccss.md §2.3). */
const NUMBER_MAX = 2_147_483;
const TEXT_MAX_CHARACTERS = 79;

/** Reads the cc_* options of a device. What is wrong is named with device, option and value, and the default holds (ccss.md §2.3). */
export function readCcOptions(options: SectionOptions, say: Say): CcOptions | undefined {
  const device = `[${show(options.name)}]`;
  const seconds = (key: string, byDefault: number): number | undefined =>
    readNumber(options.entry(key), { device, min: 1, byDefault }, say);
  const count = (key: string): number | undefined => readNumber(options.entry(key), { device, min: 0, byDefault: 5 }, say);
  const text = (key: string, form: RegExp, advice: string): string | undefined =>
    readText(options.entry(key), { device, form, advice }, say);
  const callbackMacro = text("cc_callback_macro", /^[^\s,]+$/, "the name of a macro");
  if (callbackMacro !== undefined) noteMacro(options.entry("cc_callback_macro"), device, say);
  const found = written({
    agentPolicy: readPolicy(options.entry("cc_agent_policy"), AGENT_POLICIES, device, say),
    monitorPolicy: readPolicy(options.entry("cc_monitor_policy"), MONITOR_POLICIES, device, say),
    offerTimer: seconds("cc_offer_timer", 20),
    ccbsAvailableTimer: seconds("ccbs_available_timer", 4800),
    ccnrAvailableTimer: seconds("ccnr_available_timer", 7200),
    recallTimer: seconds("cc_recall_timer", 20),
    maxAgents: count("cc_max_agents"),
    maxMonitors: count("cc_max_monitors"),
    callbackSub: text("cc_callback_sub", /^(?:[^\s,]+,){0,2}[^\s,]+$/, "[[context,]exten,]priority"),
    callbackMacro,
    agentDialstring: text("cc_agent_dialstring", /^[^\s/]+\/\S+$/, "Tech/resource, for example SIP/100"),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

/** May somebody be called back by, or because of, this device? */
export function usesCallCompletion({ agentPolicy = "never", monitorPolicy = "never" }: CcOptions): boolean {
  return agentPolicy !== "never" || monitorPolicy !== "never";
}

function readPolicy<T extends string>(entry: Entry | undefined, policies: readonly T[], device: string, say: Say): T | undefined {
  if (entry === undefined) return undefined;
  const word = entry.value.toLowerCase();
  const policy = policies.find((known) => known === word);
  if (policy !== undefined) return policy;
  const known = `${policies.slice(0, -1).join(", ")} or ${policies.at(-1) ?? ""}`;
  const message = `${entry.key} "${show(entry.value)}" of ${device} is not ${known}${didYouMean(word, policies)}: never is used`;
  say("CC-W01", entry, message);
  return undefined;
}

interface NumberRule {
  readonly device: string;
  readonly min: 0 | 1;
  readonly byDefault: number;
}

function readNumber(entry: Entry | undefined, { device, min, byDefault }: NumberRule, say: Say): number | undefined {
  if (entry === undefined) return undefined;
  const number = wholeNumber(entry.value, min);
  if (number !== undefined) return number;
  const what = `${entry.key} "${show(entry.value)}" of ${device} is no whole number from ${min} to ${NUMBER_MAX}`;
  say("CC-W02", entry, `${what}: ${byDefault} is used`);
  return undefined;
}

/** Digits alone, in the bounds of ccss.md §2.3. */
export function wholeNumber(text: string, min: 0 | 1): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  return number >= min && number <= NUMBER_MAX ? number : undefined;
}

interface TextRule {
  readonly device: string;
  readonly form: RegExp;
  readonly advice: string;
}

function readText(entry: Entry | undefined, { device, form, advice }: TextRule, say: Say): string | undefined {
  if (entry === undefined) return undefined;
  const isLong = entry.value.length > TEXT_MAX_CHARACTERS;
  if (!isLong && form.test(entry.value)) return entry.value;
  const lack = isLong ? `has more than ${TEXT_MAX_CHARACTERS} characters` : `is not understood`;
  say("CC-W03", entry, `${entry.key} "${show(entry.value)}" of ${device} ${lack}: it is ignored, write ${advice}`);
  return undefined;
}

function noteMacro(entry: Entry | undefined, device: string, say: Say): void {
  if (entry === undefined) return;
  const message = `cc_callback_macro of ${device} is deprecated and gone from Asterisk 21: write cc_callback_sub = context,s,1`;
  say("CC-I01", entry, message);
}
