import { basename, extname } from "node:path";
import { inOrder, type Diagnostic } from "#domain/site/diagnostic";
import { EMPTY_SITE, type Site, type SiteReading } from "#domain/site/site";
import { checkConfig } from "#provisioner/vendors/polycom/check-config";
import { configPhone, type ConfigPhone } from "#provisioner/vendors/polycom/config-phone";
import { isPolycomConfig, readPolycomConfig, type ConfigReading } from "#provisioner/vendors/polycom/read-config";
import { readSiteFile, type SiteFile } from "./site-file.ts";
import type { SiteFolder } from "./site-folder.ts";

/** Files of phones that are looked at beside a site. */
const FILES_MAX = 1000;

/** A file of a phone as it is read. */
interface PhoneFile {
  readonly reading: ConfigReading;
  readonly phone: ConfigPhone;
}

/** What is wrong with the files of phones (`*.cfg`) that lie beside a site's own; they are never served. Other programs' files are passed by. */
export async function checkPhoneFiles(folder: SiteFolder, site: Site): Promise<readonly Diagnostic[]> {
  const names = await phoneFileNames(folder);
  const diagnostics: Diagnostic[] = [];
  for (const name of names.slice(0, FILES_MAX))
    diagnostics.push(...(checkText(await textOf(() => folder.read(name)), name, site) ?? []));
  const more = names[FILES_MAX];
  if (more === undefined) return diagnostics;
  const message = `this file and what follows in the order of names is not looked at, the folder has ${names.length} of them: check it alone`;
  return [...diagnostics, { file: more, line: 1, column: 1, code: "CONF-I43", message }];
}

/** The phones that such files describe; those that cannot be read describe none. */
export async function describedPhones(folder: SiteFolder): Promise<readonly ConfigPhone[]> {
  const phones: ConfigPhone[] = [];
  for (const name of (await phoneFileNames(folder)).slice(0, FILES_MAX)) {
    const file = readText(await textOf(() => folder.read(name)), name);
    if (file !== undefined) phones.push(file.phone);
  }
  return phones;
}

async function phoneFileNames(folder: SiteFolder): Promise<readonly string[]> {
  return (await folder.names()).filter((name) => extname(name).toLowerCase() === ".cfg").sort();
}

/** The file of a phone with the signs of a printed page replaced; undefined: `path` is no such file. */
export async function repairPhoneFile(path: string): Promise<Pick<ConfigReading, "repaired" | "rejected"> | undefined> {
  if (!isPhoneFile(path)) return undefined;
  return readText(await textOf(() => readSiteFile(path)), basename(path))?.reading;
}

function isPhoneFile(path: string): boolean {
  return [".cfg", ".xml"].includes(extname(path).toLowerCase());
}

/** The file of a phone as something to check; undefined: `path` is none. */
export async function readPhoneFile(path: string): Promise<SiteReading | undefined> {
  if (!isPhoneFile(path)) return undefined;
  const diagnostics = checkText(await textOf(() => readSiteFile(path)), basename(path), EMPTY_SITE);
  return diagnostics === undefined ? undefined : { site: EMPTY_SITE, diagnostics: inOrder(diagnostics) };
}

function checkText(text: string | undefined, file: string, site: Site): readonly Diagnostic[] | undefined {
  const read = readText(text, file);
  if (read === undefined) return undefined;
  const { reading, phone } = read;
  const model = site.phones.find(({ mac }) => mac === phone.mac)?.model;
  return [...reading.diagnostics, ...checkConfig(reading.parameters, phone, model)];
}

/** undefined: it is the file of another program. */
function readText(text: string | undefined, file: string): PhoneFile | undefined {
  if (text === undefined || !isPolycomConfig(text)) return undefined;
  const reading = readPolycomConfig(text, file);
  return { reading, phone: configPhone(reading, file) };
}

/** A file that cannot be read is none of ours: nothing of it is served. */
async function textOf(read: () => Promise<SiteFile>): Promise<string | undefined> {
  try {
    return (await read()).text;
  } catch {
    return undefined;
  }
}
