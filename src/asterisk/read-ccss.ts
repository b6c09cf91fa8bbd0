import type { Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { CcSettings, CcState } from "#domain/site/settings";
import { mergedSections, type ConfFile, type Entry } from "./conf/conf-value.ts";
import { KnownWords, LineFindings } from "./options/line-findings.ts";
import { CC_OPTIONS } from "#domain/site/account";
import { wholeNumber } from "./accounts/read-cc-options.ts";
import { booleanOf, type Say } from "./options/read-values.ts";
import { SectionOptions, written } from "./options/section-options.ts";

/** What `ccss.conf` says. */
export interface CcssReading {
  readonly cc: CcSettings;
  readonly diagnostics: readonly Diagnostic[];
}

type State = NonNullable<CcSettings["deviceStates"][CcState]>;

const STATE_OPTIONS: ReadonlyMap<CcState, string> = new Map([
  ["available", "cc_available_devstate"],
  ["callerOffered", "cc_caller_offered_devstate"],
  ["callerRequested", "cc_caller_requested_devstate"],
  ["active", "cc_active_devstate"],
  ["calleeReady", "cc_callee_ready_devstate"],
  ["callerBusy", "cc_caller_busy_devstate"],
  ["recalling", "cc_recalling_devstate"],
  ["complete", "cc_complete_devstate"],
  ["failed", "cc_failed_devstate"],
]);
/** The name in Asterisk's sample file, which its code does not read (ccss.md §2.1). */
const SAMPLE_OFFERED = "cc_offered_devstate";
/** Without UNKNOWN: nothing can be shown by it, and Asterisk takes it for a mistake although its sample lists it. */
const STATES = ["NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD"] as const;

/** Reads `[general]` of ccss.conf (ccss.md §2.1); what is wrong is named and its default holds. */
export function readCcss(conf: ConfFile): CcssReading {
  const findings = new LineFindings();
  const { say } = findings;
  const sections = mergedSections(conf, ({ name }) => name.toLowerCase());
  for (const { name, at } of sections)
    if (name.toLowerCase() !== "general")
      say("CC-W08", { valueAt: at }, `[${show(name)}] is not known in ccss.conf: only [general] is read`);
  const general = sections.find(({ name }) => name.toLowerCase() === "general");
  if (general === undefined) return { cc: { deviceStates: {} }, diagnostics: findings.diagnostics };
  const options = new SectionOptions(general);
  nameStrangers(general.entries, say);
  const maxRequests = options.entry("cc_max_requests");
  const cc = {
    ...written({ enabled: readEnabled(options.entry("enabled"), say), maxRequests: readMaxRequests(maxRequests, say) }),
    deviceStates: readStates(options, say),
  };
  return { cc, diagnostics: findings.diagnostics };
}

function nameStrangers(entries: readonly Entry[], say: Say): void {
  const known = new KnownWords(["enabled", "cc_max_requests", SAMPLE_OFFERED, ...STATE_OPTIONS.values()]);
  const ofDevices: ReadonlySet<string> = new Set(CC_OPTIONS);
  for (const { key, writtenKey, at } of entries) {
    if (known.has(key)) continue;
    const name = show(writtenKey);
    if (ofDevices.has(key)) say("CC-W04", { valueAt: at }, `${name} belongs to a device: write it in its section of sip.conf`);
    else say("CC-W08", { valueAt: at }, `${name} is not known in ccss.conf${known.near(key)}: it is ignored, remove it`);
  }
}

function readEnabled(entry: Entry | undefined, say: Say): boolean | undefined {
  if (entry === undefined) return undefined;
  const meant = booleanOf(entry.value);
  if (meant === undefined) say("CC-W05", entry, `enabled "${show(entry.value)}" is neither yes nor no: yes is used`);
  return meant;
}

function readMaxRequests(entry: Entry | undefined, say: Say): number | undefined {
  if (entry === undefined) return undefined;
  const number = wholeNumber(entry.value, 0);
  const message = `cc_max_requests "${show(entry.value)}" is no whole number from 0 to 2147483: the default is used, 0 is none at all`;
  if (number === undefined) say("CC-W06", entry, message);
  return number;
}

function readStates(options: SectionOptions, say: Say): CcSettings["deviceStates"] {
  const sample = options.entry(SAMPLE_OFFERED);
  if (sample !== undefined) {
    const message = `${SAMPLE_OFFERED} is read as cc_caller_offered_devstate: write that name, Asterisk knows no other`;
    say("CC-I02", { valueAt: sample.at }, message);
  }
  const states: Partial<Record<CcState, State>> = {};
  for (const [state, name] of STATE_OPTIONS) {
    const entry = options.entry(name) ?? (state === "callerOffered" ? sample : undefined);
    const read = entry === undefined ? undefined : readState(entry, say);
    if (read !== undefined) states[state] = read;
  }
  return states;
}

function readState(entry: Entry, say: Say): State | undefined {
  const word = entry.value.toUpperCase();
  const state = STATES.find((known) => known === word);
  if (state !== undefined) return state;
  const known = new KnownWords(STATES);
  const what =
    word === "UNKNOWN"
      ? "UNKNOWN is no state that a lamp can show"
      : `"${show(entry.value)}" is no device state${known.near(word)}`;
  say("CC-W07", entry, `${entry.key}: ${what}: the default is used, write ${known.toString()}`);
  return undefined;
}
