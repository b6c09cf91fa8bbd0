import type { XmlElement } from "#base/xml/element";

/** What a master file names (polycom.md §2.2). */
export interface MasterFile {
  /** "" = leave the firmware alone. */
  readonly appFilePath: string;
  readonly configFiles: readonly string[];
  readonly overridesDirectory: string;
  readonly licenseDirectory: string;
  readonly contactsDirectory: string;
  readonly callListsDirectory: string;
}

/** Who reads the file: its names stand in square brackets there. */
export interface MasterReader {
  readonly mac: string;
  /** "VVX400". */
  readonly model: string;
  readonly partNumber: string;
}

/** Reads a master file. Attribute names decide, element names do not; one with the model's suffix comes before the general one (§2.3). */
export function readMasterFile(root: XmlElement, reader: MasterReader): MasterFile {
  const attributes = attributesBelow(root);
  const value = (name: string): string => {
    const text = attributes.get(`${name}_${reader.model}`) ?? attributes.get(name) ?? "";
    return substitute(text.trim(), reader);
  };
  return {
    appFilePath: value("APP_FILE_PATH"),
    configFiles: value("CONFIG_FILES")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    overridesDirectory: value("OVERRIDES_DIRECTORY"),
    licenseDirectory: value("LICENSE_DIRECTORY"),
    contactsDirectory: value("CONTACTS_DIRECTORY"),
    callListsDirectory: value("CALL_LISTS_DIRECTORY"),
  };
}

function substitute(text: string, reader: MasterReader): string {
  return text
    .replaceAll("[PHONE_MAC_ADDRESS]", reader.mac)
    .replaceAll("[MACADDRESS]", reader.mac)
    .replaceAll("[PHONE_MODEL]", reader.model)
    .replaceAll("[PHONE_PART_NUMBER]", reader.partNumber);
}

/** All attributes of a document by name; the first one of a name counts. */
export function attributesBelow(root: XmlElement): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (element: XmlElement): void => {
    for (const [name, value] of Object.entries(element.attributes ?? {})) if (!found.has(name)) found.set(name, value);
    for (const child of element.children ?? []) if (typeof child !== "string") visit(child);
  };
  visit(root);
  return found;
}
