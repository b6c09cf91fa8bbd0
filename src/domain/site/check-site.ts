import { checkDialplan } from "./check-dialplan.ts";
import { checkDahdi } from "./dahdi.ts";
import { positionOf, type Diagnostic, type Origin, type Position } from "./diagnostic.ts";
import { checkEmergency } from "./emergency.ts";
import { accountOfDevice } from "./key-label.ts";
import { leftOutNames } from "./left-out.ts";
import { Suggestions } from "./nearest.ts";
import { RepeatedFindings } from "./repeated-findings.ts";
import { show } from "./shown.ts";
import { checkLists } from "./watch-lists.ts";
import type { Site, SiteReading, Station } from "./site.ts";

/** Keys named of a station whose lamps stay dark. */
const KEYS_NAMED_MAX = 20;

/** What a reading knows beside the site. */
export type ReadingNotes = Pick<SiteReading, "leftOut" | "devicePlaces">;

/**
 * What only the whole site can tell: lamps without a hint, hints without a key, phones without an account, accounts without a
 * secret, and what the dialplan would do wrong. `leftOut`: objects that are written, but have a finding already.
 */
export function checkSite(site: Site, { leftOut = [], devicePlaces = new Map() }: ReadingNotes = {}): readonly Diagnostic[] {
  return [
    ...checkKeys(site),
    ...checkHints(site, leftOut),
    ...checkAccounts(site, devicePlaces),
    ...checkDahdi(site, devicePlaces),
    ...checkEmergency(site),
    ...noSecrets(site),
    ...checkLists(site),
    ...checkDialplan(site, leftOut, devicePlaces),
  ];
}

function say(origin: Origin, code: string, message: string): Diagnostic {
  return { ...positionOf(origin), code, message };
}

function keyNames({ name, keys }: Station): string[] {
  return keys.map(({ trunk }) => `${name}_${trunk}`);
}

/** Keys whose lamp nothing lights (SLA-W16). */
function checkKeys({ stations, hints }: Site): Diagnostic[] {
  const watched = new Set(hints.flatMap(({ devices }) => devices.map((device) => device.toLowerCase())));
  const repeated = new RepeatedFindings();
  for (const station of stations) {
    const dark = keyNames(station).filter((name) => !watched.has(`sla:${name.toLowerCase()}`));
    const [first = "", ...more] = dark.map((name) => show(name));
    if (dark.length === 0) continue;
    const others =
      more.length === 0
        ? ""
        : ` and so for ${more.slice(0, KEYS_NAMED_MAX).join(", ")}${more.length > KEYS_NAMED_MAX ? " …" : ""}`;
    const lack = `key ${first} has no hint, its lamp stays dark: add exten => ${first},hint,SLA:${first}${others}`;
    repeated.add("dark", say(station.origin, "SLA-W16", lack));
  }
  return repeated.diagnostics;
}

/** Hints that show a key which no station has (SLA-W17). */
function checkHints({ stations, hints }: Site, leftOut: readonly string[]): Diagnostic[] {
  const names = stations.flatMap(keyNames);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const isLeftOut = leftOutNames(leftOut);
  const suggestions = new Suggestions(names);
  const repeated = new RepeatedFindings();
  for (const { devices, origin } of hints)
    for (const device of devices) {
      const name = /^sla:(.*)$/i.exec(device)?.[1];
      if (name === undefined || known.has(name.toLowerCase()) || isLeftOut(name)) continue;
      const near = suggestions.for(name);
      const message = `${show(device)} is no key of any station${near}: write SLA:STATION_TRUNK`;
      repeated.add(near, say(origin, "SLA-W17", message));
    }
  return repeated.diagnostics;
}

/** Stations on an account that no phone can register with (SLA-W28); once an account. */
function checkAccounts({ stations, accounts }: Site, places: ReadonlyMap<Origin, Position>): Diagnostic[] {
  const known = new Set(accounts.map(({ name }) => name.toLowerCase()));
  const suggestions = new Suggestions(accounts.map(({ name }) => name));
  const repeated = new RepeatedFindings();
  for (const { name, device, origin } of stations) {
    const account = accountOfDevice(device);
    if (account === undefined || known.has(account.toLowerCase())) continue;
    known.add(account.toLowerCase());
    const near = suggestions.for(account);
    const message = `station ${show(name)} rings ${show(device)}, but there is no such account${near}: add [${show(account)}] to sip.conf`;
    repeated.add(near, { ...(places.get(origin) ?? positionOf(origin)), code: "SLA-W28", message });
  }
  return repeated.diagnostics;
}

/** Accounts that get a generated secret (design §9.17). */
function noSecrets({ accounts, phones }: Site): Diagnostic[] {
  const ofPhones = new Set(phones.flatMap((phone) => phone.accounts));
  const repeated = new RepeatedFindings();
  for (const { name, secret, md5secret, host, origin } of accounts) {
    // A peer at a fixed address does not register: it needs none.
    if (secret !== undefined || md5secret !== undefined || host !== undefined) continue;
    const told = ofPhones.has(name)
      ? "one is generated and written into its phone's file"
      : "one is generated, but no phone is told: write secret = …";
    const code = positionOf(origin).file.endsWith(".conf") ? "SIP-I01" : "YAML-I01";
    repeated.add(told, say(origin, code, `account ${show(name)} has no secret: ${told}`));
  }
  return repeated.diagnostics;
}
