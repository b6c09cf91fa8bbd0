import type { Log } from "#base/log";
import { fail, ok, type Result } from "#base/result";
import type { XmlElement } from "#base/xml/element";
import { readXml, type XmlLimits } from "#base/xml/read-xml";
import type { FetchedFile } from "./fetch-file.ts";
import { readMasterFile, type MasterFile, type MasterReader } from "./master-file.ts";
import { mergeParameters, type Parameters } from "./phone-settings.ts";

/** Whoever fetches; a rejection is a server that cannot be reached. */
export type GetFile = (url: URL) => Promise<FetchedFile>;

/** What a phone has after it asked for all its files. */
export interface BootFiles {
  readonly parameters: Parameters;
  /** Every file asked for with the status of its answer, in order. */
  readonly asked: readonly { readonly name: string; readonly status: number }[];
  /** Bodies of master and parameter files, to see later whether anything changed. */
  readonly contents: string;
}

/** Vendor files of old releases hold thousands of parameters in few elements. */
const FILE_LIMITS: XmlLimits = { characters: 4 * 1024 * 1024, depth: 32, elements: 20_000, attributes: 5000 };
const FILES_MAX = 64;

/** Asks for everything a phone asks for when it starts, in its order (polycom.md §1.3, sequence B). The error says what stopped it. */
export async function fetchBootFiles(
  provisioningUrl: string,
  reader: MasterReader,
  get: GetFile,
  log: Log,
): Promise<Result<BootFiles, string>> {
  const pass = new FetchPass(provisioningUrl, get, log);
  const masterText = await fetchMaster(pass, reader.mac);
  if (masterText === undefined) return fail(`neither ${reader.mac}.cfg nor 000000000000.cfg (${pass.statuses()})`);
  const masterXml = readXml(masterText, FILE_LIMITS);
  if (!masterXml.ok) return fail(`${pass.lastName()} is no well-formed XML: ${masterXml.error}`);
  const master = readMasterFile(masterXml.value, reader);

  if (master.appFilePath !== "" && (await pass.get(`${reader.partNumber}.${master.appFilePath}`)) === undefined) {
    await pass.get(master.appFilePath);
  }
  const files: XmlElement[] = [];
  const contents = [masterText];
  const read = async (name: string): Promise<XmlElement | undefined> => {
    const text = await pass.get(name);
    if (text === undefined) return undefined;
    contents.push(text);
    const xml = readXml(text, FILE_LIMITS);
    if (!xml.ok) log.warn("a file is no well-formed XML and is left out", { file: name, error: xml.error });
    return xml.ok ? xml.value : undefined;
  };
  for (const name of master.configFiles.slice(0, FILES_MAX)) pushFound(files, await read(name));
  // A master without CONFIG_FILES may hold the parameters itself (polycom.md §2.6).
  if (master.configFiles.length === 0) files.push(masterXml.value);
  const overrides: XmlElement[] = [];
  for (const name of ["phone", "web"])
    pushFound(overrides, await read(`${within(master.overridesDirectory)}${reader.mac}-${name}.cfg`));
  await fetchRest(pass, master, reader.mac);
  return ok({ parameters: mergeParameters([...overrides, ...files]), asked: pass.asked, contents: contents.join("\0") });
}

async function fetchMaster(pass: FetchPass, mac: string): Promise<string | undefined> {
  if (pass.namedMaster !== undefined) return pass.get(pass.namedMaster);
  return (await pass.get(`${mac}.cfg`)) ?? (await pass.get("000000000000.cfg"));
}

/** Files that a phone asks for and does well without. */
async function fetchRest(pass: FetchPass, master: MasterFile, mac: string): Promise<void> {
  for (const owner of ["000000000000", mac]) await pass.get(`${within(master.licenseDirectory)}${owner}-license.cfg`);
  await pass.get(`${within(master.callListsDirectory)}${mac}-calls.xml`);
  const contacts = within(master.contactsDirectory);
  if ((await pass.get(`${contacts}${mac}-directory.xml`)) === undefined) await pass.get(`${contacts}000000000000-directory.xml`);
}

function pushFound(list: XmlElement[], element: XmlElement | undefined): void {
  if (element !== undefined) list.push(element);
}

function within(directory: string): string {
  return directory === "" || directory.endsWith("/") ? directory : `${directory}/`;
}

/** One round of requests, with its account. */
class FetchPass {
  /** Set when the server's address names the master file itself (polycom.md §2.1). */
  readonly namedMaster: string | undefined;
  readonly asked: { readonly name: string; readonly status: number }[] = [];
  readonly #base: URL;
  readonly #get: GetFile;
  readonly #log: Log;

  constructor(provisioningUrl: string, get: GetFile, log: Log) {
    const url = new URL(provisioningUrl);
    const lastName = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
    this.namedMaster = lastName.length >= 5 && lastName.toLowerCase().endsWith(".cfg") ? lastName : undefined;
    if (this.namedMaster === undefined && !url.pathname.endsWith("/")) url.pathname += "/";
    this.#base = url;
    this.#get = get;
    this.#log = log;
  }

  /** The text of a file, relative to the master or with an address of its own; undefined when the server does not give it. */
  async get(name: string): Promise<string | undefined> {
    if (!URL.canParse(name, this.#base.href)) return undefined;
    const url = new URL(name, this.#base.href);
    if (url.origin === this.#base.origin && url.username === "") {
      url.username = this.#base.username;
      url.password = this.#base.password;
    }
    const { status, body } = await this.#get(url);
    this.asked.push({ name, status });
    this.#log.debug("fetched", { file: name, status });
    return status === 200 ? body : undefined;
  }

  lastName(): string {
    return this.asked.at(-1)?.name ?? "";
  }

  statuses(): string {
    return this.asked.map(({ name, status }) => `${name}: ${status}`).join(", ");
  }
}
