import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import { lastEntry, type Section } from "../conf/conf-value.ts";
import type { Say } from "../options/read-values.ts";

/** Options of one type of section, and those of the other, to tell a stranger where it belongs. */
const OPTIONS = {
  trunk: ["type", "device", "autocontext", "ringtimeout", "barge", "hold"],
  station: ["type", "device", "trunk", "autocontext", "ringtimeout", "ringdelay", "hold"],
};

/** Options that a trunk or a station does not have (SLA-W11). */
export function nameStrangers(section: Section, type: keyof typeof OPTIONS, say: Say): void {
  const [known, otherType] = [OPTIONS[type], type === "trunk" ? "station" : "trunk"] as const;
  for (const entry of section.entries) {
    if (known.includes(entry.key)) continue;
    const place = OPTIONS[otherType].includes(entry.key)
      ? `move it to a ${otherType}`
      : `it is not known${didYouMean(entry.key, known)}, remove it`;
    say("SLA-W11", { valueAt: entry.at }, `${show(entry.writtenKey)} is ignored for a ${type}: ${place}`);
  }
}

/** Options of [general]; Asterisk ignores any other without a word (sla.md §2.2). */
const GENERAL = ["attemptcallerid"];

/** Options that [general] does not have (SLA-W11). */
export function nameGeneralStrangers(section: Section, say: Say): void {
  for (const { key, writtenKey, at } of section.entries) {
    if (GENERAL.includes(key)) continue;
    const place = [...OPTIONS.trunk, ...OPTIONS.station].includes(key)
      ? "move it to a trunk or a station"
      : `it is not known${didYouMean(key, GENERAL)}, remove it`;
    say("SLA-W11", { valueAt: at }, `${show(writtenKey)} is ignored in [general]: ${place}`);
  }
}

/** Technologies of Asterisk that are not spoken here (sla.md §2.6); DAHDI has a finding of its own. */
const FOREIGN = /^(?:iax2?|skinny|sccp|mgcp|h323|ooh323|unistim|console|alsa|motif|misdn|ss7|vpb|phone|usbradio|jingle|gtalk)\//i;

/** A device that nobody here can ring or dial (SLA-W29). */
export function nameForeignDevice(section: Section, device: string, say: Say): void {
  const entry = lastEntry(section, "device");
  const technology = device.slice(0, device.indexOf("/"));
  if (entry === undefined || !FOREIGN.test(device)) return;
  say(
    "SLA-W29",
    entry,
    `device ${show(device)} is never called: ${show(technology)} is not supported, write SIP/ or PJSIP/ with an account`,
  );
}

/** The `device` of a section, blanks taken off (sla.md §2.6; SLA-E03, SLA-E04, SLA-W10); undefined: the object cannot be used. */
export function readDevice(section: Section, say: Say): string | undefined {
  const entry = lastEntry(section, "device");
  if (entry === undefined) {
    const name = show(section.name);
    say("SLA-E03", { valueAt: section.at }, `[${name}] has no device: write device = Tech/resource, for example SIP/${name}`);
    return undefined;
  }
  const slash = entry.value.indexOf("/");
  const technology = entry.value.slice(0, Math.max(0, slash)).trim();
  const resource = slash === -1 ? "" : entry.value.slice(slash + 1).trim();
  const shown = show(entry.value).replaceAll(" ", "\u2423");
  if (technology === "" || resource === "") {
    const lack = slash === -1 ? `no "/"` : technology === "" ? `no technology before the "/"` : `no resource after the "/"`;
    say("SLA-E04", entry, `device "${shown}" has ${lack}: write Tech/resource, for example SIP/100`);
    return undefined;
  }
  const device = `${technology}/${resource}`;
  if (device !== entry.value) say("SLA-W10", entry, `blank in device "${shown}": "${show(device)}" is used, write it so`);
  return device;
}

/** `hold = open` or `private`; the default is open (sla.md §2.3). */
export function readHold(section: Section, say: Say): "open" | "private" {
  const entry = lastEntry(section, "hold");
  const word = entry?.value.toLowerCase();
  if (entry === undefined || word === "open") return "open";
  if (word === "private") return "private";
  say("SLA-W13", entry, `hold "${show(entry.value)}" is neither open nor private: open is used`);
  return "open";
}

/** `autocontext`; an empty one counts as absent. */
export function readAutocontext(section: Section): { readonly autocontext?: string } {
  const context = lastEntry(section, "autocontext")?.value;
  return context === undefined || context === "" ? {} : { autocontext: context };
}
