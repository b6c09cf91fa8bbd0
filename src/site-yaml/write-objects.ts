import type { Account } from "#domain/site/account";
import type { Phone, Site, Station, StationKey, Trunk } from "#domain/site/site";
import type { WrittenEntry } from "./commented-map.ts";
import { linesField, type ShortForm } from "./short-form.ts";

/** undefined: stations are written one by one. */
export type StationsForm = ShortForm | undefined;

/** A line with what is not the default of it. */
export function lineEntry({ name, origin, ...trunk }: Trunk, label: string | undefined): WrittenEntry {
  const { device, did, context, autocontext, ringtimeout, barge, hold, appearances } = trunk;
  const value = present({
    device: unless(device, `Custom/${name}`),
    label,
    did,
    context,
    autocontext,
    ringtimeout: unless(ringtimeout, 0),
    barge: barge ? undefined : "no",
    hold: unless(hold, "open"),
    appearances,
  });
  return { name, value, origin };
}

/** A station as it is. */
export function stationEntry({ name, origin, ...station }: Station, keyContext: string | undefined): WrittenEntry {
  const { device, phone, keys, autocontext, ringdelay, ringtimeout, hold } = station;
  const value = present({
    device,
    phone,
    keys: keys.map(keyValue),
    autocontext: unless(autocontext, keyContext),
    ringdelay: unless(ringdelay, 0),
    ringtimeout: unless(ringtimeout, 0),
    hold: unless(hold, "open"),
  });
  return { name, value, origin };
}

function keyValue({ trunk, label, ringdelay, ringtimeout }: StationKey): unknown {
  const more = present({ label, ringdelay: unless(ringdelay, 0), ringtimeout: unless(ringtimeout, 0) });
  return Object.keys(more).length === 0 ? trunk : { line: trunk, ...more };
}

/** What a phone is written with. */
export interface PhoneSurroundings {
  readonly site: Site;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly form: StationsForm;
  /** Its account is not written elsewhere. */
  readonly hasOwn: boolean;
}

/** A phone, with its own account when it has one, and its lines. */
export function phoneEntry(phone: Phone, { site, accounts, form, hasOwn }: PhoneSurroundings): WrittenEntry {
  const { mac, vendor, model, label, profile, origin } = phone;
  const [first = ""] = phone.accounts;
  const isNamedAfter = isMacOf(phone) && accounts.has(first);
  const name = isNamedAfter ? first : mac;
  const own = hasOwn ? accounts.get(first) : undefined;
  const lines = form === undefined ? [] : (form.lines.get(mac) ?? []);
  const value = present({
    label: unless(label, name),
    vendor: unless(vendor, "polycom"),
    model: unless(model, "generic"),
    profile,
    secret: own?.secret,
    callerid: own?.callerid,
    accounts: isNamedAfter ? undefined : phone.accounts,
    lines: linesField(lines, site.trunks),
  });
  return { name, value, origin };
}

/** Is the account of this phone one that the phone alone tells of? */
export function isOfPhone(phone: Phone, accounts: ReadonlyMap<string, Account>, context: string): boolean {
  const account = accounts.get(phone.accounts[0] ?? "");
  if (account === undefined || !isMacOf(phone)) return false;
  const plain = ["name", "secret", "callerid", "context", "subscribeContext", "origin"];
  const hasMore = Object.keys(account).some((field) => !plain.includes(field));
  return !hasMore && account.context === context && account.subscribeContext === context;
}

function isMacOf({ mac, accounts: [first = "", ...more] }: Phone): boolean {
  return more.length === 0 && first.toLowerCase() === mac;
}

/** An account with all that is written of it. */
export function accountEntry({ name, origin, ...account }: Account, siteContext: string): WrittenEntry {
  const { context, subscribeContext, acl, registration, allowSubscribe, seesCallers, directMedia, unsolicitedMwi, ...rest } =
    account;
  const value = present({
    ...rest,
    context: unless(context, siteContext),
    subscribeContext: unless(subscribeContext, context),
    allowSubscribe: allowSubscribe === undefined ? undefined : "no",
    seesCallers: seesCallers === undefined ? undefined : "no",
    directMedia: directMedia === undefined ? undefined : "no",
    unsolicitedMwi: unsolicitedMwi === undefined ? undefined : "yes",
    acl: acl?.map(({ action, network }) => `${action} ${network}`),
    registration: registration === undefined ? undefined : present({ ...registration, origin: undefined }),
  });
  return { name, value, origin };
}

/** Without the fields that are undefined. */
export function present(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** undefined in place of what is the default. */
export function unless<T>(value: T, fallback: T): T | undefined {
  return value === fallback ? undefined : value;
}
