import type { Account } from "#domain/site/account";
import type { SiteSettings } from "#domain/site/settings";
import type { ListEntry, Site } from "#domain/site/site";
import { keyHintText, textOfHint, writtenSite } from "#domain/site/written-site";
import { CommentedDocument, type CommentsOf, type WrittenEntry } from "./commented-map.ts";
import { shortForm, type KeyPlace } from "./short-form.ts";
import { accountEntry, isOfPhone, lineEntry, phoneEntry, stationEntry, type StationsForm } from "./write-objects.ts";
import { contextEntries, extensionEntries, hintEntries, zoneEntries } from "./write-dialplan.ts";

const DEFAULT_CONTEXT = "default";

/** What is said in comments. */
export interface YamlNotes {
  /** Lines at the top of the file. */
  readonly header: readonly string[];
  readonly commentsOf: CommentsOf;
}

/**
 * A site as a site.yaml: read again it is the same site, but for the order of objects and what siteDifferences names. Lines × phones where
 * that says it, else stations one by one; what a reader makes anew is left out.
 */
export function writeYamlSite(site: Site, { header, commentsOf }: YamlNotes): string {
  const written = writtenSite(site);
  const place = keyPlaceOf(written);
  const form = shortForm(written, place);
  const document = new CommentedDocument(header, commentsOf);
  document.field("realm", site.realm);
  document.field("context", place.context === DEFAULT_CONTEXT ? undefined : place.context);
  document.field("autocontext", site.stations.length > 0 && place.keyContext === undefined ? "no" : undefined);
  writeSettings(document, site);
  writeObjects(document, written, place, form);
  const isMade = madeHints(written, place, form);
  const hints = written.hints.filter((hint) => !isMade.has(textOfHint(hint)));
  document.objects("extensions", extensionEntries(written.extensions, place.context));
  document.objects("hints", hintEntries(hints.filter(({ context }) => context === place.context)));
  document.objects(
    "lists",
    site.lists.map(({ name, members, origin }) => ({ name, value: members.map(listEntry), origin })),
  );
  document.objects(
    "contexts",
    contextEntries(
      written.dialplan.contexts,
      hints.filter(({ context }) => context !== place.context),
    ),
  );
  document.objects(
    "globals",
    written.dialplan.globals.map(({ name, value, origin }) => ({ name, value, origin })),
  );
  document.objects("tones", zoneEntries(site.indications?.zones ?? []));
  return document.toString();
}

function writeObjects(document: CommentedDocument, site: Site, place: KeyPlace, form: StationsForm): void {
  const accounts = new Map(site.accounts.map((account) => [account.name, account]));
  const ofPhones = new Set(
    site.phones.filter((phone) => isOfPhone(phone, accounts, place.context)).map(({ accounts: [first] }) => first),
  );
  document.objects(
    "lines",
    site.trunks.map((trunk) => lineEntry(trunk, form?.labels.get(trunk.name))),
  );
  document.objects(
    "phones",
    site.phones.map((phone) => phoneEntry(phone, { site, accounts, form, hasOwn: ofPhones.has(phone.accounts[0]) })),
  );
  if (form === undefined)
    document.objects(
      "stations",
      site.stations.map((station) => stationEntry(station, place.keyContext)),
    );
  document.objects(
    "accounts",
    accountEntries(
      site.accounts.filter(({ name }) => !ofPhones.has(name)),
      place.context,
    ),
  );
}

/** A bare extension is one word. */
function listEntry(entry: ListEntry): unknown {
  return "extension" in entry && entry.label === undefined ? entry.extension : entry;
}

function accountEntries(accounts: readonly Account[], context: string): readonly WrittenEntry[] {
  return accounts.map((account) => accountEntry(account, context));
}

/** The context that most keys and accounts of phones live in, and whether all keys can be dialled. */
function keyPlaceOf({ stations, accounts, hints }: Site): KeyPlace {
  const counts = new Map<string, number>();
  const keys = new Set(stations.flatMap(({ name, keys: ofStation }) => ofStation.map(({ trunk }) => `${name}_${trunk}`)));
  const contexts = [
    ...stations.flatMap(({ autocontext }) => autocontext ?? []),
    ...hints.flatMap(({ extension, context }) => (keys.has(extension) ? context : [])),
    ...accounts.map((account) => account.context),
  ];
  let context = contexts[0] ?? DEFAULT_CONTEXT;
  for (const name of contexts) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if ((counts.get(name) ?? 0) > (counts.get(context) ?? 0)) context = name;
  }
  const isDialled = stations.every(({ autocontext }) => autocontext !== undefined);
  return { context, keyContext: isDialled ? context : undefined };
}

/** Hints that a reader makes of the stations. */
function madeHints({ stations }: Site, { context }: KeyPlace, form: StationsForm): ReadonlySet<string> {
  return new Set(
    stations.flatMap(({ name, keys, autocontext }) => {
      const made = form === undefined ? autocontext : context;
      return made === undefined ? [] : keys.map(({ trunk }) => keyHintText(name, trunk, made));
    }),
  );
}

function writeSettings(document: CommentedDocument, { settings, indications }: Site): void {
  document.field("settings", {
    attemptcallerid: settings.attemptCallerId ? "yes" : "no",
    ...(settings.emergency === undefined ? {} : { emergency: settings.emergency }),
    ...(indications === undefined ? {} : { country: indications.country }),
  });
  document.field("compat", filled(compatOf(settings)));
  document.field("limits", filled(settings.limits));
  document.objects(
    "dahdi",
    settings.dahdi.map(({ channel, account, origin }) => ({ name: channel, value: { account }, origin })),
  );
  document.field("featureCodes", filled(settings.featureCodes));
  const { enabled, deviceStates, ...cc } = settings.cc;
  const states = filled(deviceStates);
  document.field(
    "callCompletion",
    filled({
      ...(enabled === undefined ? {} : { enabled: enabled ? "yes" : "no" }),
      ...cc,
      ...(states === undefined ? {} : { deviceStates: states }),
    }),
  );
}

function compatOf({ compat }: SiteSettings): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(compat).filter(([, value]) => value !== "product"));
}

function filled<T extends object>(object: T): T | undefined {
  return Object.keys(object).length === 0 ? undefined : object;
}
