import { basename, extname } from "node:path";
import { inOrder, type Diagnostic } from "#domain/site/diagnostic";
import { EMPTY_SITE, type Site, type SiteReading } from "#domain/site/site";
import { checkConfig } from "#provisioner/vendors/polycom/check-config";
import { configPhone } from "#provisioner/vendors/polycom/config-phone";
import { isPolycomConfig, readPolycomConfig } from "#provisioner/vendors/polycom/read-config";
import { readSiteFile, type SiteFile } from "./site-file.ts";
import type { SiteFolder } from "./site-folder.ts";

/** Files of phones that are looked at beside a site. */
const FILES_MAX = 1000;

/** What is wrong with the files of phones (`*.cfg`) that lie beside a site's own; they are never served. Other programs' files are passed by. */
export async function checkPhoneFiles(folder: SiteFolder, site: Site): Promise<readonly Diagnostic[]> {
  const names = (await folder.names()).filter((name) => extname(name).toLowerCase() === ".cfg").sort();
  const diagnostics: Diagnostic[] = [];
  for (const name of names.slice(0, FILES_MAX))
    diagnostics.push(...(checkText(await textOf(() => folder.read(name)), name, site) ?? []));
  const more = names[FILES_MAX];
  if (more === undefined) return diagnostics;
  const message = `this file and what follows in the order of names is not looked at, the folder has ${names.length} of them: check it alone`;
  return [...diagnostics, { file: more, line: 1, column: 1, code: "CONF-I43", message }];
}

/** The file of a phone as something to check; undefined: `path` is none. */
export async function readPhoneFile(path: string): Promise<SiteReading | undefined> {
  if (![".cfg", ".xml"].includes(extname(path).toLowerCase())) return undefined;
  const diagnostics = checkText(await textOf(() => readSiteFile(path)), basename(path), EMPTY_SITE);
  return diagnostics === undefined ? undefined : { site: EMPTY_SITE, diagnostics: inOrder(diagnostics) };
}

function checkText(text: string | undefined, file: string, site: Site): readonly Diagnostic[] | undefined {
  if (text === undefined || !isPolycomConfig(text)) return undefined;
  const reading = readPolycomConfig(text, file);
  const phone = configPhone(reading, file);
  const model = site.phones.find(({ mac }) => mac === phone.mac)?.model;
  return [...reading.diagnostics, ...checkConfig(reading.parameters, phone, model)];
}

/** A file that cannot be read is none of ours: nothing of it is served. */
async function textOf(read: () => Promise<SiteFile>): Promise<string | undefined> {
  try {
    return (await read()).text;
  } catch {
    return undefined;
  }
}
