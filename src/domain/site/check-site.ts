import { checkDialplan } from "./check-dialplan.ts";
import { positionOf, type Diagnostic, type Origin } from "./diagnostic.ts";
import { accountOfDevice } from "./key-label.ts";
import { Suggestions } from "./nearest.ts";
import { show } from "./shown.ts";
import type { Site, Station } from "./site.ts";

/** What only the whole site can tell: lamps without a hint, hints without a key, phones without an account, accounts without a secret, and what the dialplan would do wrong. */
export function checkSite(site: Site): readonly Diagnostic[] {
  return [...checkKeys(site), ...checkHints(site), ...checkAccounts(site), ...noSecrets(site), ...checkDialplan(site)];
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
  return stations.flatMap((station) =>
    keyNames(station)
      .filter((name) => !watched.has(`sla:${name.toLowerCase()}`))
      .map((name) => {
        const line = `exten => ${show(name)},hint,SLA:${show(name)}`;
        return say(station.origin, "SLA-W16", `key ${show(name)} has no hint, its lamp stays dark: add ${line}`);
      }),
  );
}

/** Hints that show a key which no station has (SLA-W17). */
function checkHints({ stations, hints }: Site): Diagnostic[] {
  const names = stations.flatMap(keyNames);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const suggestions = new Suggestions(names);
  return hints.flatMap(({ devices, origin }) =>
    devices.flatMap((device) => {
      const name = /^sla:(.*)$/i.exec(device)?.[1];
      if (name === undefined || known.has(name.toLowerCase())) return [];
      const message = `${show(device)} is no key of any station${suggestions.for(name)}: write SLA:STATION_TRUNK`;
      return [say(origin, "SLA-W17", message)];
    }),
  );
}

/** Stations on an account that no phone can register with (SLA-W28); once an account. */
function checkAccounts({ stations, accounts }: Site): Diagnostic[] {
  const known = new Set(accounts.map(({ name }) => name.toLowerCase()));
  const suggestions = new Suggestions(accounts.map(({ name }) => name));
  return stations.flatMap(({ name, device, origin }) => {
    const account = accountOfDevice(device);
    if (account === undefined || known.has(account.toLowerCase())) return [];
    known.add(account.toLowerCase());
    const advice = `${suggestions.for(account)}: add [${show(account)}] to sip.conf`;
    return [say(origin, "SLA-W28", `station ${show(name)} rings ${show(device)}, but there is no such account${advice}`)];
  });
}

/** Accounts that get a generated secret (design §9.17). */
function noSecrets({ accounts, phones }: Site): Diagnostic[] {
  const ofPhones = new Set(phones.flatMap((phone) => phone.accounts));
  return accounts.flatMap(({ name, secret, md5secret, origin }) => {
    if (secret !== undefined || md5secret !== undefined) return [];
    const told = ofPhones.has(name)
      ? "one is generated and written into its phone's file"
      : "one is generated, but no phone is told: write secret = …";
    const code = positionOf(origin).file.endsWith(".conf") ? "SIP-I01" : "YAML-I01";
    return [say(origin, code, `account ${show(name)} has no secret: ${told}`)];
  });
}
